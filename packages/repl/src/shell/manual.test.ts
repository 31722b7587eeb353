import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { commandTable } from "../command-table.ts";
import { colonCommands } from "./commands/index.ts";
import { actionOf } from "./line-editor/keys.ts";
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

it("and one for each option", () => {
  const [, table = ""] = /\| option \| does \|\n([\s\S]*?)\n\n/.exec(manual) ?? [];
  const told = [...table.matchAll(/^\| (.*?) \| /gm)].flatMap(
    ([, cell = ""]) => cell.match(/--[a-z][a-z-]*/g) ?? [],
  );
  const entry = commandTable.find(({ name }) => name === "shell");
  const there = entry?.options.map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0]);
  expect(told.sort()).toEqual(there?.sort());
});

it("and no key that does nothing", () => {
  const [, table = ""] = /\| key \| does \|\n([\s\S]*?)\n\n/.exec(manual) ?? [];
  const cells = [...table.matchAll(/^\| ([A-Z].*?) \| /gm)].map(([, cell = ""]) => cell);
  const pressed = cells.flatMap((cell) => {
    let held = "";
    return cell.split(", ").map((key) => {
      const [, modifier, plain = ""] = /^(?:(Ctrl|Alt)\+)?`?([^`]+)`?$/.exec(key) ?? [];
      // `Ctrl+A, E` is Ctrl with either.
      if (modifier !== undefined) held = modifier;
      return { name: plain.toLowerCase(), ctrl: held === "Ctrl", meta: held === "Alt" };
    });
  });
  expect(pressed.length).toBeGreaterThan(20);
  expect(pressed.filter((key) => actionOf(key) === null)).toEqual([]);
});
