import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { unzip } from "../helpers/unzip.ts";
import { workbenchHome } from "./editor/workbench.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const home = workbenchHome();

let folder: string;
let vsix: string;
let paths: readonly string[];
beforeAll(async () => {
  if (home === null) return;
  folder = await makeFolder();
  // Packed from a copy, as the licence has to lie beside the manifest.
  const sources = join(folder, "sources");
  cpSync(join(repository, "extension"), sources, { recursive: true });
  copyFileSync(join(repository, "LICENSE"), join(sources, "LICENSE"));
  vsix = join(folder, "sampan.vsix");
  const vsce = join(home, "node_modules/@vscode/vsce/vsce");
  execFileSync(process.execPath, [vsce, "package", "--no-dependencies", "-o", vsix], {
    cwd: sources,
    stdio: "pipe",
  });
  paths = unzip(vsix, join(folder, "installed"));
});
afterAll(() => rm(folder ?? "", { recursive: true, force: true }));

/** The program of the extension, as the editor starts it: in a folder where nothing is installed, with nothing on the PATH. */
async function program(cwd: string, ...args: readonly string[]) {
  const script = join(folder, "installed/extension/dist/program/bin/sampan.mjs");
  return execa(process.execPath, [script, ...args], {
    cwd,
    env: { ELECTRON_RUN_AS_NODE: "1", HOME: cwd },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
}

const plan = "first-migration.migration.ts";

/** A folder that holds the first example and nothing else. */
function workspace(name: string): string {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  copyFileSync(join(repository, "examples", plan), join(cwd, plan));
  return cwd;
}

describe.skipIf(home === null)("the packed extension", () => {
  it("is smaller than 5 MB, program and all", () => {
    expect(statSync(vsix).size).toBeLessThan(5_000_000);
  });

  it("holds no sources, no tests, no source maps, and names no path of this machine", () => {
    expect(paths.filter((path) => /\.(ts|map|test\.\w+)$|\/src\/|metafile/.test(path))).toEqual([]);
    const telling = paths.filter((path) =>
      readFileSync(join(folder, "installed", path)).includes(repository),
    );
    expect(telling).toEqual([]);
  });

  it("shows pictures of the repository in its page, which people see before anything is installed", () => {
    const page = readFileSync(join(folder, "installed/extension/readme.md"), "utf8");
    const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const places = pictures.map(
      (link) => /^https:\/\/github\.com\/[^/]+\/[^/]+\/raw\/HEAD\/(.+)$/.exec(link)?.[1],
    );
    expect(places).toEqual(["extension/docs/pictures/run.webp"]);
    for (const place of places) expect(existsSync(join(repository, place ?? ""))).toBe(true);
  });

  it("names the licence of each package that is in it", () => {
    const notices = readFileSync(join(folder, "installed/extension/dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of [
      "ali-oss",
      "typescript",
      "zod",
      "commander",
      "jiti",
      "ext2fs",
      "vscode-languageclient",
    ]) {
      expect(notices).toMatch(new RegExp(`^${name}@\\d+\\.\\S+: [A-Z]`, "m"));
    }
    expect(notices).not.toContain("sampan");
  });

  it("runs the first example against the simulator, mends its guest and finds its demo's disk", async () => {
    const cwd = workspace("run");
    expect((await program(cwd, "--version")).stdout).toMatch(/^\d+\.\d+\.\d+$/);
    const checked = await program(cwd, "check", plan);
    expect(checked.exitCode, checked.stderr).toBe(0);

    const run = await program(cwd, "run", plan, "--json");
    expect(run.exitCode, run.stderr).toBe(0);
    const events = run.stdout.split("\n").map((line) => JSON.parse(line) as { type: string });
    expect(events.at(-1)?.type).toBe("run.finished");
    expect(events.map(({ type }) => type)).toContain("patch");

    const inspected = await program(cwd, "inspect", ".sampan/demo/first-guest.qcow2", "--json");
    expect(JSON.parse(inspected.stdout)).toMatchObject({ guest: { family: "debian" } });
  });

  it("lets runs go on without the editor, by the runner beside it", async () => {
    const cwd = workspace("detached");
    const asked = await program(cwd, "run", plan, "--detach", "--json");
    expect(asked.exitCode, asked.stdout).toBe(0);
    const { runId } = JSON.parse(asked.stdout) as { runId: string };
    const followed = await program(cwd, "attach", runId, "--json");
    expect(followed.exitCode, followed.stdout).toBe(0);
    const last = JSON.parse(followed.stdout.split("\n").at(-1) ?? "") as { type: string };
    expect(last.type).toBe("run.finished");
  });
});
