import { emptyRecord } from "@sampan/sdk/engine";
import { expect, it } from "vitest";
import { standingOf } from "./run-job.ts";
import type { StoredRun } from "./stored-runs.ts";

/** How a run stands whose job was read with a start of that number, and whose journal was read after it. */
function standing(
  job: { readonly epoch: number; readonly hasEnded: boolean },
  journal: { readonly attempt: number; readonly hasEnded: boolean },
) {
  const record = emptyRecord();
  if (journal.attempt > 0)
    record.started = { type: "run.started", attempt: journal.attempt } as typeof record.started;
  record.end = journal.hasEnded ? "failed" : null;
  return standingOf(
    {
      job: { finishedOn: job.hasEnded ? 1 : undefined } as StoredRun["job"],
      data: { epoch: job.epoch } as StoredRun["data"],
    },
    {
      record,
      hasEnded: (epoch) => record.started?.attempt === epoch && record.end !== null,
    },
  );
}

it("tells runs that go on, have ended and were given up apart by their job and journal", () => {
  const waits = { epoch: 2, hasEnded: false };
  expect(standing({ epoch: 1, hasEnded: false }, { attempt: 0, hasEnded: false })).toBe("goes on");
  expect(standing(waits, { attempt: 2, hasEnded: false })).toBe("goes on");
  // Started again, and taken up by nobody yet.
  expect(standing(waits, { attempt: 1, hasEnded: true })).toBe("goes on");
  // Its end is recorded a moment before its job ends.
  expect(standing(waits, { attempt: 2, hasEnded: true })).toBe("ended");
  const over = { epoch: 2, hasEnded: true };
  expect(standing(over, { attempt: 2, hasEnded: true })).toBe("ended");
  expect(standing(over, { attempt: 2, hasEnded: false })).toBe("given up");
  expect(standing(over, { attempt: 1, hasEnded: true })).toBe("given up");
});

it("takes no run for given up that was started again between the reading of its job and of its journal", () => {
  const before = { epoch: 1, hasEnded: true };
  expect(standing(before, { attempt: 2, hasEnded: false })).toBe("goes on");
  expect(standing(before, { attempt: 2, hasEnded: true })).toBe("ended");
});
