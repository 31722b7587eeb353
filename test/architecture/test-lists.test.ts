import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { longTests } from "../tools/longest-first.ts";
import { thoroughTests } from "../tools/thorough-tests.ts";

const root = new URL("../../", import.meta.url);

it.each([
  ["thorough", thoroughTests],
  ["long", longTests],
])("names as %s only tests that are there, each once", (_, files) => {
  expect(files.filter((file) => !existsSync(fileURLToPath(new URL(file, root))))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
});
