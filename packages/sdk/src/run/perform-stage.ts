import {
  asSampanError,
  type Clock,
  isSampanError,
  type Json,
  type Random,
  type RunEventBody,
  retry,
  throwIfCancelled,
  toErrorRecord,
} from "@sampan/core";
import type { StageRecord } from "./fold-run.ts";
import { tellError } from "./run-channels.ts";
import { createStageContext } from "./stage-context.ts";
import type { Services, StageDefinition } from "./stage-definition.ts";
import { expectedTime, type StageSample } from "./stage-history.ts";

/** Where the events of a stage go, whoever runs it. */
export interface StageLog {
  /** Records an event; it is durable when the promise resolves. Progress may be dropped. */
  emit(body: RunEventBody): Promise<void>;
}

/** What a stage is performed with. */
export interface StageWork {
  readonly runId: string;
  /** Key of the stage. */
  readonly stage: string;
  /** What is recorded of it; brought up to date when it has finished. */
  readonly record: StageRecord;
  readonly log: StageLog;
  readonly signal: AbortSignal;
  readonly services: Services;
  readonly clock: Clock;
  readonly random: Random;
  /** What stages took in earlier runs; asked of a stage that waits for the cloud. */
  readonly earlierRuns: () => readonly StageSample[];
}

/**
 * Runs a stage until it succeeds or its attempts are used up, over whatever log its runner keeps. What it gives is recorded when the
 * promise resolves.
 *
 * @throws the signal's reason once it has aborted, of which no event is made; otherwise the error of the last attempt, recorded as
 * `stage.failed`.
 */
export async function performStage<I, O>(
  work: StageWork,
  definition: StageDefinition<I, O>,
  input: I,
): Promise<O> {
  const { stage, record, log, signal, clock, random } = work;
  const attempts = definition.retry?.attempts ?? 1;
  const baseMs = definition.retry?.backoffMs ?? 0;
  const wait = definition.waitsFor?.(input);
  return retry(
    async () => {
      const attempt = ++record.attempts;
      const startedMs = clock.monotonic();
      let close = (): void => undefined;
      let output: O;
      try {
        await log.emit({ type: "stage.started", stage, summary: definition.summary(input), attempt });
        throwIfCancelled(signal);
        const opened = createStageContext({
          runId: work.runId,
          stage,
          attempt,
          record,
          log,
          signal,
          services: work.services,
          waits: wait !== undefined,
          expected: wait && expectedTime(work.earlierRuns(), stage, wait),
        });
        close = opened.close;
        output = await definition.run(input, opened.context);
      } catch (thrown) {
        throwIfCancelled(signal);
        tellError({ run: work.runId, stage, attempt }, thrown);
        const error = asSampanError(thrown);
        if (!isSampanError(error, "CORE_CANCELLED"))
          await log.emit({ type: "stage.failed", stage, error: toErrorRecord(error) });
        throw error;
      } finally {
        close();
      }
      const tookMs = Math.round(clock.monotonic() - startedMs);
      await log.emit({ type: "stage.finished", stage, output: output as Json, tookMs });
      record.state = "finished";
      record.output = output as Json;
      return output;
    },
    {
      policy: { attempts, baseMs, capMs: baseMs * 8 },
      clock,
      random,
      signal,
      onRetry: ({ attempt, waitMs, error }) =>
        void log
          .emit({ type: "stage.retrying", stage, attempt, waitMs, error: toErrorRecord(error) })
          .catch(() => undefined),
    },
  );
}
