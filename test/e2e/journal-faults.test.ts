import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FastCloud, type FastRun, startFastCloud } from "../helpers/fast-run.ts";
import { lacks } from "../helpers/requires.ts";

/*
 * What can happen to the disk that holds the journal, in the middle of a migration: the run ends by name, nothing is done in the
 * cloud that is not recorded, and it goes on once the disk is mended.
 */

let cloud: FastCloud;
beforeEach(async () => {
  cloud = await startFastCloud();
});
afterEach(() => cloud.stop());

const migration = () =>
  Migration.from("guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload("fault-images", { createBucket: true, partBytes: 256 * 1024 })
    .import({ name: "web-01" })
    .copyTo("cn-shanghai", "cn-beijing");

const home = () => join(cloud.folder, ".sampan");

/** Calls `strike` once, when `isTime` says so of an event. */
async function runUntil(
  isTime: (event: RunEvent) => boolean,
  strike: (event: RunEvent) => void,
): Promise<FastRun> {
  let struck = false;
  const run = await cloud.run(migration(), {
    onEvent(event) {
      if (struck || !isTime(event)) return;
      struck = true;
      strike(event);
    },
  });
  expect(struck).toBe(true);
  return run;
}

/** The run ended by the journal's own error, told to who watches; what it then left goes on to one image a region. */
async function expectMended(run: FastRun, errno: string): Promise<void> {
  expect(run.error).toMatchObject({ code: "RUN_JOURNAL_FAILED", details: { errno } });
  expect(String(run.error?.details.path)).toContain(run.runId);
  expect(run.error?.hint).toContain("sampan resume");
  expect(run.events.at(-1)).toMatchObject({ type: "run.failed", error: { code: "RUN_JOURNAL_FAILED" } });

  const finished = run.of("stage.finished").map(({ stage }) => stage);
  const resumed = await cloud.resume(run.runId);
  expect(resumed.error, resumed.error?.message).toBeUndefined();
  const begun = resumed
    .of("stage.started")
    .slice(run.of("stage.started").length)
    .map(({ stage }) => stage);
  expect(begun.filter((stage) => finished.includes(stage))).toEqual([]);
  const { images, buckets } = await cloud.simulator.state();
  expect(images.map(({ region, name, status }) => `${region} ${name} ${status}`).sort()).toEqual([
    "cn-beijing web-01 Available",
    "cn-hangzhou web-01 Available",
    "cn-shanghai web-01 Available",
  ]);
  expect(buckets.map(({ objects, uploads }) => [objects.length, uploads.length])).toEqual([[1, 0]]);
}

describe.skipIf(lacks("root", "mount", "umount"))(
  "a disk of a run that becomes full (needs root to mount one)",
  () => {
    beforeEach(() => {
      mkdirSync(home());
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "sampan-test", home()]);
    });
    afterEach(() => execFileSync("umount", [home()]));

    const filler = () => join(home(), "filler");
    const fill = () => {
      for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
        try {
          writeFileSync(filler(), Buffer.alloc(bytes), { flag: "a" });
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
        }
      }
    };

    it.each([
      [
        "while parts are sent",
        (event: RunEvent) =>
          event.type === "checkpoint" && event.stage === "upload" && event.item !== undefined,
      ],
      [
        "while the import is waited for",
        (event: RunEvent) => event.type === "resource.created" && event.resource.kind === "task",
      ],
      [
        "while copies are made",
        (event: RunEvent) => event.type === "stage.started" && event.stage === "copy:cn-beijing",
      ],
    ])("%s", async (_when, isTime) => {
      const run = await runUntil(isTime, fill);
      const calls = () => cloud.simulator.requests.list().length;
      const before = calls();
      rmSync(filler());
      // Nothing of it works on in the cloud.
      expect(calls()).toBe(before);
      await expectMended(run, "ENOSPC");
    });

    it("before it begins, or is read-only: nothing is begun", async () => {
      fill();
      const full = await cloud.run(migration());
      expect(full.error).toMatchObject({ code: "RUN_JOURNAL_FAILED", details: { errno: "ENOSPC" } });
      rmSync(filler());
      execFileSync("mount", ["-o", "remount,ro", home()]);
      const fixed = await cloud.run(migration());
      expect(fixed.error).toMatchObject({ code: "RUN_JOURNAL_FAILED", details: { errno: "EROFS" } });
      expect(fixed.error?.hint).toContain("read-only");
      expect(cloud.simulator.requests.list()).toEqual([]);
      execFileSync("mount", ["-o", "remount,rw", home()]);
      expect((await cloud.run(migration())).error).toBeUndefined();
    });
  },
);

describe("a run's folder that vanishes", () => {
  it("ends the run; put back, it goes on", async () => {
    const folderOf = (runId: string) => join(home(), "runs", runId);
    const run = await runUntil(
      (event) => event.type === "stage.started" && event.stage === "upload",
      ({ runId }) => renameSync(folderOf(runId), join(cloud.folder, "away")),
    );
    renameSync(join(cloud.folder, "away"), folderOf(run.runId));
    // It names this process, which lives on; one that ran only this run would have ended.
    rmSync(join(folderOf(run.runId), "lock"), { force: true });
    await expectMended(run, "ENOENT");
  });
});
