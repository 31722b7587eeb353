import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryFolder } from "./source-files.ts";

const page = readFileSync(join(repositoryFolder, "SECURITY.md"), "utf8");

/** Rows of tables: the last cell names a file of tests and a title in it. */
const named = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.includes("| tested by |"))
  .map((line) => /\| `([^`]+\.test\.ts)`: (.+) \|$/.exec(line)?.slice(1) ?? [line, ""]);

it("the threat model names a test for each threat, and every one of them is there", () => {
  expect(named.length).toBeGreaterThan(30);
  const missing = named.filter(([file = "", title = ""]) => {
    const path = join(repositoryFolder, file);
    return title === "" || !existsSync(path) || !readFileSync(path, "utf8").includes(title);
  });
  expect(missing).toEqual([]);
});
