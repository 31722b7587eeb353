import { formatBytes, type Json, type RunEventBody, toErrorRecord } from "@sampan/core";

import { checkpointOf, type StageRecord } from "./fold-run.ts";
import type { StageLog } from "./perform-stage.ts";
import type { Services, StageContext } from "./stage-definition.ts";
import { StallWatch } from "./stall-watch.ts";
import { type Expectation, TimeLeftMeter } from "./time-left.ts";

const progressEveryMs = 250;
const lookEveryMs = 1000;
/** A minute without a byte: longer than a line needs to be found broken and made again. */
const byteStallMs = 60_000;
/** What waits for the cloud tells after ten minutes itself, and why; this is for what has nobody to tell. */
const cloudStallMs = 660_000;

/** What {@link createStageContext} is made from. */
export interface StageContextParts {
  readonly runId: string;
  readonly stage: string;
  readonly attempt: number;
  readonly record: StageRecord;
  readonly log: StageLog;
  readonly signal: AbortSignal;
  readonly services: Services;
  /** Whether it waits for the cloud, and moves no bytes itself. */
  readonly waits: boolean;
  /** What earlier runs took for it. */
  readonly expected: Expectation | undefined;
}

/** The context of an attempt that is under way. */
export interface OpenStageContext {
  readonly context: StageContext;
  /** The attempt is over: nobody watches whether it moves any more. */
  close(): void;
}

/** Makes the context of one attempt at a stage over the run's event log. */
export function createStageContext(parts: StageContextParts): OpenStageContext {
  const { runId, stage, attempt, record, log, signal, services } = parts;
  const { clock } = services;
  const meter = new TimeLeftMeter(clock.monotonic(), parts.expected);
  const watch = new StallWatch(parts.waits ? cloudStallMs : byteStallMs, clock.monotonic());
  let standing = "nothing was heard of it since it began";
  let lastProgressMs = Number.NEGATIVE_INFINITY;

  const emit = (body: RunEventBody): Promise<void> => log.emit(body);
  // For what nobody waits for: the failure has ended the run already.
  const tell = (body: RunEventBody): void => void emit(body).catch(() => undefined);

  const timer = setInterval(() => {
    const sinceMs = watch.look(clock.monotonic());
    if (sinceMs !== null)
      tell({ type: "stage.stalled", stage, sinceMs: Math.round(sinceMs), note: standing });
  }, lookEveryMs);
  timer.unref();

  const context: StageContext = {
    runId,
    // Stage names of copies hold a colon and a region, well below 64 characters together with a run id.
    key: `${runId}/${stage}`.slice(0, 64),
    attempt,
    signal,
    checkpoint: checkpointOf(record),
    services,
    async save(state: Json) {
      await emit({ type: "checkpoint", stage, state });
      record.checkpoint.state = state;
    },
    async record(item: Json) {
      await emit({ type: "checkpoint", stage, item });
      record.checkpoint.items.push(item);
    },
    progress({ doneBytes, totalBytes, note, travel }) {
      const now = clock.monotonic();
      watch.heard(`${doneBytes} ${note ?? ""}`, now);
      standing = doneBytes > 0 ? `no byte since ${formatBytes(doneBytes)}` : (note ?? "no byte moved yet");
      const left = meter.add(now, doneBytes, totalBytes);
      const last = doneBytes === totalBytes;
      if (!last && now - lastProgressMs < progressEveryMs) return;
      lastProgressMs = now;
      tell({ type: "stage.progress", stage, doneBytes, totalBytes, note: note ?? null, ...left, ...travel });
    },
    alive: () => watch.moved(clock.monotonic()),
    finding: (finding) => emit({ type: "finding", stage, finding }),
    patch: (patch) => emit({ type: "patch", stage, patch }),
    resource: (resource) => emit({ type: "resource.created", stage, resource }),
    resourceGone: (id) => emit({ type: "resource.removed", stage, id }),
    stalled(sinceMs, note) {
      // A waiter knows better what it waits for: what it told is not told once more.
      watch.moved(clock.monotonic());
      tell({ type: "stage.stalled", stage, sinceMs: Math.round(sinceMs), note });
    },
    retrying(notice) {
      watch.moved(clock.monotonic());
      tell({
        type: "stage.retrying",
        stage,
        attempt: notice.attempt,
        waitMs: notice.waitMs,
        error: toErrorRecord(notice.error),
      });
    },
    log: (level, message) => tell({ type: "log", stage, level, message }),
  };
  return { context, close: () => clearInterval(timer) };
}
