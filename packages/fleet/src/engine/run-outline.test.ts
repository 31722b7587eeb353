import { type RunEventBody, SampanError, toErrorRecord } from "@sampan/core";
import { statusOf } from "@sampan/sdk/engine";
import { newHostPlan } from "@sampan/sdk/testing";
import type { Job, Queue } from "bullmq";
import { describe, expect, it } from "vitest";
import { rowOf } from "./journal-rows.ts";
import { RunJournal } from "./run-journal.ts";
import { keepOutline, RunOutline } from "./run-outline.ts";

const cloud = { name: "simulator", rehearsal: true, endpoint: null };
const start = (attempt: number): RunEventBody => ({
  type: "run.started",
  plan: "p",
  title: "web-01",
  stages: ["upload", "import"],
  cloud,
  folder: null,
  attempt,
});
const error = toErrorRecord(new SampanError("RUN_INTERRUPTED", "something ended it"));
const plan = newHostPlan();
const ofRun = { id: "run", generation: 1e9 };
const first = { id: "first", generation: 1e9 + 1 };
const second = { id: "second", generation: 1e9 + 2 };

// A stage that changes hands, whose first holder goes on talking; a start that fails, one that finishes, and what is told late.
const rows = [
  rowOf(ofRun, 1, start(1), 0),
  rowOf(first, 1, { type: "stage.started", stage: "upload", summary: "sending", attempt: 1 }, 1),
  rowOf(first, 2, { type: "checkpoint", stage: "upload", item: 1 }, 2),
  rowOf(second, 1, { type: "stage.started", stage: "upload", summary: "sending", attempt: 2 }, 3),
  rowOf(first, 3, { type: "stage.finished", stage: "upload", output: "late", tookMs: 1 }, 4),
  rowOf(second, 2, { type: "stage.finished", stage: "upload", output: "own", tookMs: 2 }, 5),
  rowOf(second, 2, { type: "stage.finished", stage: "upload", output: "own", tookMs: 2 }, 5),
  rowOf(ofRun, 2, { type: "run.failed", error }, 6),
  rowOf({ id: "again", generation: 2e9 }, 1, start(2), 7),
  rowOf(ofRun, 3, { type: "run.failed", error }, 8),
  rowOf(
    { id: "third", generation: 2e9 + 1 },
    1,
    { type: "stage.started", stage: "import", summary: "importing", attempt: 1 },
    9,
  ),
  rowOf(
    { id: "third", generation: 2e9 + 1 },
    2,
    { type: "stage.finished", stage: "import", output: null, tookMs: 3 },
    10,
  ),
  rowOf(
    { id: "again", generation: 2e9 },
    2,
    { type: "run.finished", result: { images: ["m-1"] }, warnings: 1 },
    11,
  ),
  "no row at all",
];

/** A job with a log of which so many rows are there, and how many of them were read. */
function jobWith(progress: unknown = 0) {
  const log = { there: rows.length, read: 0 };
  const queue = {
    getJobLogs: async (_: string, from: number, to: number) => {
      const logs = rows.slice(0, log.there).slice(from, to + 1);
      log.read += logs.length;
      return { logs, count: log.there };
    },
  } as unknown as Queue;
  const job = { id: "r1", progress };
  const updateProgress = async (value: unknown): Promise<void> => {
    job.progress = JSON.parse(JSON.stringify(value));
  };
  return { log, queue, job: Object.assign(job, { updateProgress }) as unknown as Job };
}

async function statusBy(outline: RunOutline) {
  await outline.read();
  const { record } = outline;
  return statusOf({ runId: "r1", plan, record, folder: "store", isWorkedOn: false });
}

describe("the outline of a run", () => {
  it("says what the whole journal says, after however many rows it was kept", async () => {
    const whole = jobWith();
    const journal = new RunJournal(whole.queue, "r1");
    await journal.read();
    const expected = statusOf({
      runId: "r1",
      plan,
      record: journal.record,
      folder: "store",
      isWorkedOn: false,
    });
    expect(expected).toMatchObject({ state: "finished", attempt: 2, result: { images: ["m-1"] } });
    for (let count = 0; count <= rows.length; count++) {
      const { log, queue, job } = jobWith();
      log.there = count;
      const before = new RunJournal(queue, "r1");
      await before.read();
      await keepOutline(job, before);
      log.there = rows.length;
      log.read = 0;
      const outline = new RunOutline(queue, job);
      expect(await statusBy(outline), `kept after ${count} rows`).toEqual(expected);
      expect(log.read).toBe(rows.length - count);
      expect(outline.hasEnded(2)).toBe(true);
    }
  });

  it("is kept by whoever reads the end of a run, and read no more", async () => {
    const { log, queue, job } = jobWith();
    const status = await statusBy(new RunOutline(queue, job));
    log.read = 0;
    expect(await statusBy(new RunOutline(queue, job))).toEqual(status);
    expect(log.read).toBe(0);
  });

  it("is kept anew at the end of a later start", async () => {
    const { log, queue, job } = jobWith();
    log.there = 8;
    expect((await statusBy(new RunOutline(queue, job))).state).toBe("failed");
    log.there = rows.length;
    await new RunOutline(queue, job).read();
    log.read = 0;
    expect((await statusBy(new RunOutline(queue, job))).state).toBe("finished");
    expect(log.read).toBe(0);
  });

  it.each([0, null, { v: 2 }, { v: 1, filter: {} }, "text"])(
    "is read from the journal where %j was kept",
    async (progress) => {
      const { queue, job } = jobWith(progress);
      expect((await statusBy(new RunOutline(queue, job))).state).toBe("finished");
    },
  );

  it("keeps no part of an upload and no output of a stage", async () => {
    const { queue, job } = jobWith();
    await new RunOutline(queue, job).read();
    expect(JSON.stringify(job.progress)).not.toMatch(/own|late|items/);
  });
});
