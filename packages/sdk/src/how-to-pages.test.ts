import { readFileSync } from "node:fs";
import { exitCodes } from "@sampan/core";
import { expect, it } from "vitest";

it("the page about CI names every exit code there is", () => {
  const page = readFileSync(new URL("../docs/how-to/run-in-ci.md", import.meta.url), "utf8");
  const [, cell = ""] = /^\| exit codes \| (.*) \|$/m.exec(page) ?? [];
  const told = cell.split(" · ").map((one) => Number(one.split(" ")[0]));
  expect(told).toEqual(Object.keys(exitCodes).map(Number));
});
