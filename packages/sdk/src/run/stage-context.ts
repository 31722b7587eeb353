import { type Json, type RunEventBody, toErrorRecord } from "@sampan/core";
import type { EventLog } from "./event-log.ts";
import { checkpointOf, type StageRecord } from "./fold-run.ts";
import { RateMeter } from "./rate-meter.ts";
import type { Services, StageContext } from "./stage-definition.ts";

const progressEveryMs = 250;

/** What {@link createStageContext} is made from. */
export interface StageContextParts {
  readonly runId: string;
  readonly stage: string;
  readonly attempt: number;
  readonly record: StageRecord;
  readonly log: EventLog;
  readonly signal: AbortSignal;
  readonly services: Services;
}

/** Makes the context of one attempt at a stage over the run's event log. */
export function createStageContext(parts: StageContextParts): StageContext {
  const { runId, stage, attempt, record, log, signal, services } = parts;
  const meter = new RateMeter();
  let lastProgressMs = Number.NEGATIVE_INFINITY;

  const emit = (body: RunEventBody): Promise<void> => log.emit(body);
  // For what nobody waits for: the failure has ended the run already.
  const tell = (body: RunEventBody): void => void emit(body).catch(() => undefined);

  return {
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
    progress({ doneBytes, totalBytes, note }) {
      const now = services.clock.monotonic();
      const rate = meter.add(now, doneBytes);
      const last = doneBytes === totalBytes;
      if (!last && now - lastProgressMs < progressEveryMs) return;
      lastProgressMs = now;
      tell({ type: "stage.progress", stage, doneBytes, totalBytes, ratePerSecond: rate, note: note ?? null });
    },
    finding: (finding) => emit({ type: "finding", stage, finding }),
    patch: (patch) => emit({ type: "patch", stage, patch }),
    resource: (resource) => emit({ type: "resource.created", stage, resource }),
    resourceGone: (id) => emit({ type: "resource.removed", stage, id }),
    stalled: (sinceMs, note) => tell({ type: "stage.stalled", stage, sinceMs, note }),
    retrying: (notice) =>
      tell({
        type: "stage.retrying",
        stage,
        attempt: notice.attempt,
        waitMs: notice.waitMs,
        error: toErrorRecord(notice.error),
      }),
    log: (level, message) => tell({ type: "log", stage, level, message }),
  };
}
