import {
  asSampanError,
  type Clock,
  fromErrorRecord,
  isFinalEvent,
  type JsonObject,
  type RunEvent,
  SampanError,
} from "@sampan/core";
import { Observable, Subject } from "rxjs";
import type { Execution } from "./create-handle.ts";
import { followingDeadlineError, watchDeadline } from "./deadline.ts";

/** A run that another start works on. */
export interface AttachedRun {
  readonly runId: string;
  /** Events from the first on, until the run has ended or nobody works on it. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<RunEvent>;
  /** Asks whoever works on it to stop. */
  readonly cancel: (reason: string) => Promise<void>;
}

/**
 * Gives the events and the result of a run that another start works on, as if it had been started here. A signal that aborts cancels
 * that run; a deadline only ends the following.
 */
export function attachRun(
  run: AttachedRun,
  signal: AbortSignal,
  waiting: { readonly deadlineMs: number | undefined; readonly clock: Clock },
): Execution {
  const kept: RunEvent[] = [];
  const live = new Subject<RunEvent>();
  const onAbort = (): void => {
    const { details, message } = asSampanError(signal.reason);
    run.cancel(typeof details.reason === "string" ? details.reason : message).catch(() => undefined);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  const leaving = new AbortController();
  const stop = watchDeadline(waiting.deadlineMs, waiting.clock, (deadlineMs) =>
    leaving.abort(followingDeadlineError(run.runId, deadlineMs)),
  );
  const follow = async (): Promise<JsonObject> => {
    try {
      for await (const event of run.watch(leaving.signal)) {
        if (event.type !== "stage.progress") kept.push(event);
        live.next(event);
      }
    } catch (error) {
      // Being left ends the watching by an error of its own; what else is wrong is told.
      if (!leaving.signal.aborted) throw error;
    } finally {
      stop();
      signal.removeEventListener("abort", onAbort);
      live.complete();
    }
    const last = endOf(kept) ?? kept.at(-1);
    // A run that ended in the very moment of the deadline has ended.
    if (last === undefined || !isFinalEvent(last)) leaving.signal.throwIfAborted();
    return resultOf(run.runId, last);
  };
  const result = follow();
  result.catch(() => undefined);
  const events = new Observable<RunEvent>((subscriber) => {
    for (const event of [...kept]) subscriber.next(event);
    return live.subscribe(subscriber);
  });
  return { events, result };
}

/** How the last start of a run ended; a word may come after it. */
function endOf(events: readonly RunEvent[]): RunEvent | undefined {
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at] as RunEvent;
    if (isFinalEvent(event)) return event;
    if (event.type === "run.started") break;
  }
  return undefined;
}

/** What a run came to, by its last event. */
function resultOf(runId: string, last: RunEvent | undefined): JsonObject {
  if (last?.type === "run.finished") return last.result;
  if (last?.type === "run.failed") throw fromErrorRecord(last.error);
  if (last?.type === "run.cancelled") throw new SampanError("CORE_CANCELLED", last.reason);
  throw new SampanError("RUN_INTERRUPTED", `following run ${runId}: the process that worked on it is gone`, {
    hint: `\`sampan resume ${runId}\` goes on with it.`,
    details: { runId },
  });
}
