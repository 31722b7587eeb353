import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { colonCommands } from "./commands/index.ts";
import { queryNames } from "./queries/query-table.ts";

const manual = readFileSync(new URL("../../docs/shell.md", import.meta.url), "utf8");
const firstCells = (pattern: RegExp) => [...manual.matchAll(pattern)].map(([, cell = ""]) => cell);

it("the manual of the shell has a row for each of its commands, with what stands behind it", () => {
  const told = firstCells(/^\| `:(.+?)` \| /gm).map((cell) => cell.replaceAll("\\|", "|"));
  const there = colonCommands.map(({ name, usage }) => `${name} ${usage}`.trim());
  expect(told.sort()).toEqual([...there].sort());
});

it("and a row for each query", () => {
  expect(firstCells(/^\| `(\w+)\(.*\)` \| /gm)).toEqual(queryNames);
});
