import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

const page = readFileSync(new URL("../../docs/explanation/how-a-run-works.md", import.meta.url), "utf8");
const [, table = ""] = /\| stage \|.*\n([\s\S]*?)\n\n/.exec(page) ?? [];
const told = [...table.matchAll(/^\| ([a-z, ]+) \|/gm)].flatMap(([, names = ""]) => names.split(", "));

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
  expect(told).toEqual(migrationPipeline.keys(plan).map((key) => key.split(":")[0]));
});

it.each([
  ["winrm://admin@web-01", { tool: "disk2vhd", acceptLicence: true }],
  ["ssh://root@web-01", { tool: "dd" }],
] as const)(
  "the page about runs says what stands for hold and release where %s is captured by a tool",
  (host, tool) => {
    const share = { onHost: tool.tool === "dd" ? "/mnt/store" : "\\\\nas\\images", here: "/mnt/store" };
    const plan = Migration.from(host)
      .assess()
      .capture({ ...tool, share })
      .toVhd()
      .upload("web-images")
      .plan();
    const own = `capture:${tool.tool}`;
    const others = told
      .slice(0, told.indexOf("import"))
      .filter((name) => !["hold", "prepare", "release"].includes(name));
    expect(migrationPipeline.keys(plan)).toEqual(
      others.flatMap((name) => (name === "capture" ? [own, name] : [name])),
    );
    expect(page).toContain(`\`${own}\``);
  },
);
