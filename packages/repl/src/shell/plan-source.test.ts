import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Migration, planFingerprint, resolvePlan } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPlanFile } from "../plan/load-plan.ts";
import { planSource } from "./plan-source.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-save-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plans = [
  Migration.from("ssh://root@web-01:2222")
    .assess({ accept: { "GUESTOS.Platform": 'runs on "our" kernel' } })
    .prepare()
    .capture()
    .toVhd({ subformat: "fixed" })
    .upload("web-images", { createBucket: true })
    .import({ name: "web-01", tags: { "a-b": "c" } })
    .copyTo("cn-shanghai", "ap-southeast-1", { name: "copy" })
    .shareWith("1234567890123456"),
  Migration.with({ cloud: "alibaba", profile: "p" }).from("./a b/$x`.vmdk"),
  Migration.from({ kind: "ssh", host: "db", passwordFrom: { env: "DB_PASSWORD" } }).assess(),
  Migration.from("ecs://cn-hangzhou/i-bp1abc").snapshot().createImage({ name: "web-01" }),
].map((stage) => stage.plan());

describe("a plan file that the shell writes", () => {
  it("reads as a person would have written it", () => {
    expect(planSource(plans.slice(0, 1))).toBe(`import { Migration } from "sampan";

export default Migration.from("ssh://root@web-01:2222")
  .assess({ accept: { "GUESTOS.Platform": "runs on \\"our\\" kernel" } })
  .prepare()
  .capture()
  .toVhd({ subformat: "fixed" })
  .upload("web-images", { createBucket: true })
  .import({ name: "web-01", tags: { "a-b": "c" } })
  .copyTo("cn-shanghai", "ap-southeast-1", { name: "copy" })
  .shareWith("1234567890123456");
`);
  });

  it.each([0, 1, 2, 3])("gives the same plan when it is loaded (%d)", async (index) => {
    const plan = plans[index]!;
    await writeFile(join(folder, "one.migration.ts"), planSource([plan]));
    const loaded = await loadPlanFile("one.migration.ts", folder);
    expect(loaded.plans.map(planFingerprint)).toEqual([planFingerprint(resolvePlan(plan, folder))]);
  });

  it("holds several plans as a list", async () => {
    await writeFile(join(folder, "all.migration.ts"), planSource(plans));
    expect((await loadPlanFile("all.migration.ts", folder)).plans).toHaveLength(plans.length);
  });
});
