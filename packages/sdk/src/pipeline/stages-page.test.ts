import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

it("the page about runs names every stage of a host that runs, in the order in which they are done", () => {
  const plan = Migration.from("ssh://root@web-01")
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload("web-images")
    .import()
    .copyTo("cn-shanghai")
    .shareWith("1234567890123456")
    .launch()
    .verify()
    .plan();
  const page = readFileSync(new URL("../../docs/explanation/how-a-run-works.md", import.meta.url), "utf8");
  const [, table = ""] = /\| stage \|.*\n([\s\S]*?)\n\n/.exec(page) ?? [];
  const told = [...table.matchAll(/^\| ([a-z, ]+) \|/gm)].flatMap(([, names = ""]) => names.split(", "));
  expect(told).toEqual(migrationPipeline.keys(plan).map((key) => key.split(":")[0]));
});
