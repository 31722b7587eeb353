import { eventVersion, type RunEvent, type RunEventBody, systemClock } from "@sampan/core";
import { expect, it } from "vitest";
import { attachRun } from "./attach-run.ts";

const runId = "20261126-094205-k3f8p";

function events(...bodies: readonly object[]): readonly RunEvent[] {
  const at = new Date(0).toISOString();
  return bodies.map((body, index) => ({ v: eventVersion, at, runId, seq: index + 1, ...body }) as RunEvent);
}

const started = (attempt: number) => ({ type: "run.started", attempt });
const finished = { type: "run.finished", result: { images: ["m-1"] }, warnings: 0 } satisfies RunEventBody;
const failed = {
  type: "run.failed",
  error: {
    ...{ type: "error", code: "CLOUD_QUOTA", message: "too many images", hint: "Remove some." },
    ...{ retryable: false, details: {}, causes: [] },
  },
};
const late = { type: "log", stage: null, level: "info", message: "told late" };

/** What following a run gives that told so, and then no more. */
function followed(told: readonly RunEvent[]) {
  const watch = async function* () {
    yield* told;
  };
  const run = { runId, watch, cancel: async () => undefined };
  return attachRun(run, new AbortController().signal, { deadlineMs: undefined, clock: systemClock }).result;
}

it("gives what the run came to, also where a word of a worker comes after its end", async () => {
  expect(await followed(events(started(1), finished))).toEqual(finished.result);
  expect(await followed(events(started(1), finished, late, late))).toEqual(finished.result);
  await expect(followed(events(started(1), failed, late))).rejects.toMatchObject({
    code: "CLOUD_QUOTA",
    hint: "Remove some.",
  });
});

it("takes the end of an earlier start for none", async () => {
  const lost = { code: "RUN_INTERRUPTED", details: { runId } };
  await expect(followed(events(started(1), failed, started(2), late))).rejects.toMatchObject(lost);
  await expect(followed(events(started(1), finished, started(2)))).rejects.toMatchObject(lost);
  expect(await followed(events(started(1), failed, started(2), finished, late))).toEqual(finished.result);
});

it("says that nobody works on a run that told no end, or nothing", async () => {
  await expect(followed(events(started(1), late))).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
  await expect(followed([])).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
});

it("has a run that ended in the moment its deadline was over end so, and one that had not end by it", async () => {
  const follow = (told: readonly RunEvent[]) => {
    const watch = async function* (signal: AbortSignal) {
      yield* told;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      throw signal.reason;
    };
    const run = { runId, watch, cancel: async () => undefined };
    return attachRun(run, new AbortController().signal, { deadlineMs: 1, clock: systemClock }).result;
  };
  expect(await follow(events(started(1), finished, late))).toEqual(finished.result);
  await expect(follow(events(started(1), late))).rejects.toMatchObject({ code: "RUN_DEADLINE" });
});
