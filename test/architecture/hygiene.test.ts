import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { repositoryFolder } from "./source-files.ts";

// Written so that this file does not match itself.
const foreign: readonly RegExp[] = [
  /registry\.npm\w+\.\w+/,
  /(deb|security|snapshot)\.debian\.org/,
  /deb\.nodesource\.com/,
  /(^|[\s"'`(=])\/(work|farm|home\/\w+)\/[\w.]/m,
  /\/root\/\.(cache|npm|pyenv|config)\b/,
  /\.library\//,
];

const isText = (path: string) => !/\.(gz|zst|xz|png|wasm|qcow2|vhd|vmdk|raw|img)$/.test(path);

it.skipIf(lacks("git"))(
  "names no package registry and no path of somebody's machine in any tracked file",
  async () => {
    const { stdout } = await execa("git", ["ls-files", "-z"], { cwd: repositoryFolder });
    const paths = stdout.split("\0").filter((path) => path !== "" && isText(path));
    const found = paths.flatMap((path) => {
      let text: string;
      try {
        text = readFileSync(join(repositoryFolder, path), "utf8");
      } catch {
        return []; // removed, and not committed yet
      }
      return foreign.flatMap((pattern) => {
        const match = pattern.exec(text);
        return match === null ? [] : [`${path}: ${match[0].trim()}`];
      });
    });
    expect(found).toEqual([]);
  },
);

it.skipIf(lacks("git"))("tracks no large file", async () => {
  const { stdout } = await execa("git", ["ls-tree", "-r", "--long", "-z", "HEAD"], { cwd: repositoryFolder });
  const large = stdout
    .split("\0")
    .map((line) => /^\d+ blob \w+ +(\d+)\t(.+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ bytes: Number(match[1]), path: match[2] ?? "" }))
    .filter(({ bytes, path }) => path !== "package-lock.json" && bytes > 64 * 1024);
  expect(large).toEqual([]);
});

it("locks the optional packages of every platform, without which `npm ci` refuses to start", () => {
  const lock = JSON.parse(readFileSync(join(repositoryFolder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const gaps = Object.values(lock.packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => !Object.keys(lock.packages).some((place) => place.endsWith(`node_modules/${name}`)));
  expect(gaps, "run: node test/tools/complete-lockfile.mjs").toEqual([]);
});
