import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tools } from "./registry.ts";

const systemsOf: Readonly<Record<string, readonly string[]>> = {
  Linux: ["linux"],
  Windows: ["windows"],
  both: ["linux", "windows"],
};

it("the page of external tools has a row for each, with the systems it runs on", () => {
  const page = readFileSync(new URL("../../docs/tools.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| ([A-Za-z][^|]*) \| (Linux|Windows|both) \|/gm)].map(
    ([, title, systems = ""]) => [title, systemsOf[systems]],
  );
  expect(told).toEqual(tools.map(({ title, systems }) => [title, [...systems].sort()]));
});
