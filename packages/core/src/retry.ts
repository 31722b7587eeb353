import { throwIfCancelled } from "./cancel.ts";
import { type Clock, type Random, systemClock } from "./clock.ts";
import { isSampanError } from "./errors.ts";

/** How often and how patiently a call is made again. */
export interface RetryPolicy {
  /** Attempts in all, the first included; at least 1. */
  readonly attempts: number;
  /** Upper bound of the first wait, in milliseconds; it doubles each time. */
  readonly baseMs: number;
  /** Upper bound of any wait, in milliseconds. */
  readonly capMs: number;
}

/** Eight attempts over about a minute and a half. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 8, baseMs: 500, capMs: 20_000 };

/** What a retry listener is told before each wait. */
export interface RetryNotice {
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly error: unknown;
  readonly waitMs: number;
}

/** Ports and hooks of {@link retry}. */
export interface RetryOptions {
  readonly policy?: RetryPolicy;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly signal?: AbortSignal;
  /** Decides whether an error is worth another attempt. Defaults to the error's own `retryable`. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly onRetry?: (notice: RetryNotice) => void;
}

/**
 * Wait before the attempt after `attempt`, in milliseconds: full jitter between 0 and the doubling bound, but never less
 * than the other side asked for.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: Random, retryAfterMs = 0): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(retryAfterMs, Math.round(bound * random()));
}

/**
 * Calls `work` until it succeeds, fails for good, or the attempts are used up; then the last error is thrown as it is.
 *
 * The waits use full jitter, so that many clients do not come back together. Cancelling ends a wait at once.
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { policy = defaultRetryPolicy, clock = systemClock, random = Math.random, signal } = options;
  const isRetryable = options.isRetryable ?? ((error) => isSampanError(error) && error.retryable);
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await work(attempt);
    } catch (error) {
      throwIfCancelled(signal);
      if (attempt >= policy.attempts || !isRetryable(error)) throw error;
      const asked = isSampanError(error) ? error.retryAfterMs : undefined;
      const waitMs = retryDelayMs(policy, attempt, random, asked);
      options.onRetry?.({ attempt, error, waitMs });
      await clock.sleep(waitMs, signal);
    }
  }
}
