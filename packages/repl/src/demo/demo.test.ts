import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openDiskImage } from "@sampan/image";
import { sourceTitle } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPlanFile } from "../plan/load-plan.ts";
import { ensureDemoDisk, isDemoDisk } from "./demo-disk.ts";
import { demoPlan } from "./demo-plan.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-demo-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the demo", () => {
  it("has the very plan of the first example", async () => {
    const examples = resolve(import.meta.dirname, "../../../../examples");
    const file = await loadPlanFile("first-migration.migration.ts", examples);
    const plan = demoPlan().plan();
    expect(file.plans).toEqual([
      { ...plan, source: { ...plan.source, path: join(examples, sourceTitle(plan.source)) } },
    ]);
  });

  it("unpacks its disk where a plan names it, once, and nowhere else", async () => {
    const path = join(folder, ".sampan", "demo", "first-guest.qcow2");
    expect(isDemoDisk(path)).toBe(true);
    await ensureDemoDisk(path);
    const first = await readFile(path);
    await ensureDemoDisk(path);
    expect(await readFile(path)).toEqual(first);
    const image = await openDiskImage(path);
    expect(image.info.format).toBe("qcow2");
    await image.source.close();
    const other = join(folder, "first-guest.qcow2");
    await ensureDemoDisk(other);
    await expect(readFile(other)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
