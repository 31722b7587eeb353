import {
  type Clock,
  isSampanError,
  type Random,
  type RetryNotice,
  type RetryPolicy,
  retryDelayMs,
  type SampanError,
  throwIfCancelled,
} from "@sampan/core";
import { type FailureClass, failureClass, firstContact, usualRetries } from "./retry-classes.ts";

/** What an attempt is told of those before it. */
export interface Attempt {
  /** Counted from 1. */
  readonly number: number;
  /** How many ended without an answer in time. */
  readonly timedOut: number;
}

/** Ports and hooks of {@link callAgain}. */
export interface CallAgainOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
  /** One policy for all classes instead of {@link usualRetries}. */
  readonly policy: RetryPolicy | undefined;
  /** Whether the store has ever answered. */
  readonly reached: () => boolean;
  readonly onRetry: (notice: RetryNotice) => void;
}

/**
 * Makes a call until it succeeds, fails for good, or the attempts of the failure's class are used up; then the last error is
 * thrown as it is.
 */
export async function callAgain<T>(
  work: (attempt: Attempt) => Promise<T>,
  options: CallAgainOptions,
): Promise<T> {
  const { clock, random, signal } = options;
  const failures = new Map<FailureClass, number>();
  for (let number = 1; ; number++) {
    throwIfCancelled(signal);
    try {
      return await work({ number, timedOut: failures.get("timeout") ?? 0 });
    } catch (error) {
      throwIfCancelled(signal);
      if (!isSampanError(error) || !error.retryable) throw error;
      const failure = failureClass(error);
      const count = (failures.get(failure) ?? 0) + 1;
      failures.set(failure, count);
      const policy = options.policy ?? policyFor(failure, options.reached());
      if ((options.policy === undefined ? count : number) >= policy.attempts) throw error;
      const waitMs = retryDelayMs(policy, count, random, error.retryAfterMs);
      options.onRetry({ attempt: number, error, waitMs });
      await clock.sleep(waitMs, signal);
    }
  }
}

function policyFor(failure: FailureClass, reached: boolean): RetryPolicy {
  return failure === "unreachable" && !reached ? firstContact : usualRetries[failure];
}

/** Whether an error is an answer of the store, whatever it says. */
export function isAnswer(error: SampanError): boolean {
  return typeof error.details.httpStatus === "number";
}
