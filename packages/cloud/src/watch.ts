import {
  type Clock,
  cancelledError,
  isSampanError,
  type Random,
  type RetryNotice,
  retryDelayMs,
  type SampanError,
  systemClock,
  throwIfCancelled,
} from "@sampan/core";

/** What one look at something in the cloud found: the end of the waiting, or how far it is. */
export type Look<T> =
  | { readonly done: T }
  /** `seen` changes when there is progress; `tell` is then called. */
  | { readonly seen: string; readonly tell?: () => void };

/** What was seen before a look; `seen` is empty before the first. */
export interface SeenBefore {
  readonly seen: string;
  /** Milliseconds since it last changed. */
  readonly sinceMs: number;
  /** Milliseconds since the waiting began. */
  readonly waitedMs: number;
}

/** How something is watched. */
export interface WatchOptions {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** First wait between two looks. */
  readonly pollMs: number;
  /** How many times longer the wait becomes while nothing changes. */
  readonly slowestFactor: number;
  /** Without a change for this long, and again each time it passes, `onStall` is called. Never when absent. */
  readonly stallMs?: number | undefined;
  readonly onStall?: ((stall: { readonly sinceMs: number; readonly note: string }) => void) | undefined;
  /** Ends the waiting, this long after the call, with what `late` makes of what was seen last. Never when absent. */
  readonly deadlineMs?: number | undefined;
  readonly late: (lastSeen: string, waitedMs: number) => SampanError;
}

/**
 * Looks at something again and again until it is done, more seldom while it does not change.
 *
 * A look that fails in a way that may pass (a broken line, throttling) is told through `onRetry` and does not end the waiting;
 * any other error does. Silence is told through `onStall`.
 *
 * @throws what a look throws and no repetition mends; what `late` gives; `CORE_CANCELLED`.
 */
export async function watch<T>(
  look: (before: SeenBefore) => Promise<Look<T>>,
  options: WatchOptions,
): Promise<T> {
  const { clock = systemClock, random = Math.random, signal, pollMs, slowestFactor } = options;
  const { stallMs = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const startedAt = clock.monotonic();
  let lastSeen = "";
  let changedAt = startedAt;
  let stallsTold = 0;
  let quiet = 0;
  let failedLooks = 0;

  for (;;) {
    throwIfCancelled(signal);
    let waitMs = Math.min(pollMs * 2 ** Math.min(quiet, 8), pollMs * slowestFactor);
    try {
      const at = clock.monotonic();
      const found = await look({ seen: lastSeen, sinceMs: at - changedAt, waitedMs: at - startedAt });
      failedLooks = 0;
      if ("done" in found) return found.done;
      if (found.seen === lastSeen) {
        quiet++;
      } else {
        lastSeen = found.seen;
        changedAt = clock.monotonic();
        stallsTold = 0;
        quiet = 0;
        waitMs = pollMs;
        found.tell?.();
      }
    } catch (error) {
      if (signal?.aborted) throw cancelledError(signal.reason);
      if (!isSampanError(error) || !error.retryable) throw error;
      failedLooks++;
      const policy = { attempts: 1, baseMs: pollMs, capMs: pollMs * slowestFactor };
      waitMs = Math.max(pollMs, retryDelayMs(policy, failedLooks, random, error.retryAfterMs));
      options.onRetry?.({ attempt: failedLooks, error, waitMs });
    }
    const now = clock.monotonic();
    const sinceMs = now - changedAt;
    if (sinceMs >= stallMs * (stallsTold + 1)) {
      stallsTold = Math.floor(sinceMs / stallMs);
      options.onStall?.({ sinceMs, note: stallNote(lastSeen, failedLooks) });
    }
    const leftMs = startedAt + deadlineMs - now;
    if (leftMs <= 0) throw options.late(lastSeen, deadlineMs);
    await clock.sleep(Math.min(waitMs, leftMs), signal);
  }
}

function stallNote(lastSeen: string, failedLooks: number): string {
  if (failedLooks > 0) return `the cloud could not be asked ${failedLooks} times in a row`;
  return lastSeen === "" ? "nothing is known yet" : `no change since: ${lastSeen.replace(/ null$/, "")}`;
}
