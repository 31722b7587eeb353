import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { markHandedOver, unmarkHandedOver } from "@sampan/sdk/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { homesAround } from "./home-folders.ts";
import { cloudFlag, findRun, listRuns } from "./homes.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sampan-homes-"));
  await addRun(join(root, ".sampan"), "20261101-000000-aaaaa");
  await addRun(join(root, "plans", ".sampan"), "20261102-000000-bbbbb");
  await addRun(join(root, "plans", ".sampan"), "20261102-000000-ccccc");
  await addRun(join(root, ".sampan", "demo", "home"), "20261103-000000-ddddd");
  await mkdir(join(root, "plans", "deep", "deeper"), { recursive: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function addRun(home: string, runId: string): Promise<void> {
  const folder = join(home, "runs", runId);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "plan.json"), JSON.stringify(Migration.from("/web.vmdk").plan()));
}

describe("the cloud of a run", () => {
  it("is the one it began in, and not told of one that began in none", async () => {
    const began = (name: string) => cloudFlag({ cloud: { name, rehearsal: true, endpoint: null } });
    expect(["alibaba", "simulator", "unknown"].map(began)).toEqual(["alibaba", "simulator", undefined]);
  });
});

describe("the homes of runs", () => {
  it("are found in the working folder, above it, and one level below", () => {
    const own = join(root, ".sampan");
    const plans = join(root, "plans", ".sampan");
    const demo = join(own, "demo", "home");
    expect(homesAround({ env: {}, cwd: root })).toEqual([own, demo, plans]);
    expect(homesAround({ env: {}, cwd: join(root, "plans", "deep", "deeper") })).toEqual([plans, own, demo]);
  });

  it("are only the one that is named", () => {
    const plans = join(root, "plans", ".sampan");
    expect(homesAround({ flag: "plans/.sampan", env: {}, cwd: root })).toEqual([plans]);
    expect(homesAround({ env: { SAMPAN_HOME: plans }, cwd: "/" })).toEqual([plans]);
    expect(homesAround({ flag: "nowhere", env: {}, cwd: root })).toEqual([]);
  });

  it("give their runs newest first", async () => {
    const runs = await listRuns({ env: {}, cwd: root });
    expect(runs.map((run) => run.status.runId.slice(-5))).toEqual(["ddddd", "ccccc", "bbbbb", "aaaaa"]);
  });

  it("give a run by its id, its beginning, or the newest that has not finished", async () => {
    const question = { env: {}, cwd: root };
    expect((await findRun(question, "20261102-000000-bbbbb")).home).toBe(join(root, "plans", ".sampan"));
    expect((await findRun(question, "20261101")).status.runId).toBe("20261101-000000-aaaaa");
    expect((await findRun(question, undefined)).status.runId).toBe("20261103-000000-ddddd");
    await expect(findRun(question, "20261102")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    await expect(findRun(question, "2025")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  });

  it("do not offer a run that a fleet goes on with when none is named", async () => {
    const question = { env: {}, cwd: root };
    const newest = { home: join(root, ".sampan", "demo", "home"), runId: "20261103-000000-ddddd" };
    markHandedOver(newest.home, newest.runId, { to: "redis://h:6379", at: "2026-11-03T00:00:00.000Z" });
    expect((await findRun(question, undefined)).status.runId).toBe("20261102-000000-ccccc");
    expect((await findRun(question, newest.runId)).home).toBe(newest.home);
    unmarkHandedOver(newest.home, newest.runId);
    expect((await findRun(question, undefined)).status.runId).toBe(newest.runId);
  });
});
