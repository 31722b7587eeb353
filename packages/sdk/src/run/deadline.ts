import { type Clock, SampanError } from "@sampan/core";

const lookEveryMs = 200;

/**
 * Calls `onLate` once, when so much time has passed; gives what ends the watching. A clock that is set ahead or back does not count,
 * time during which the process was stopped does.
 */
export function watchDeadline(
  deadlineMs: number | undefined,
  clock: Clock,
  onLate: (deadlineMs: number) => void,
): () => void {
  if (deadlineMs === undefined) return () => undefined;
  const endsAtMs = clock.monotonic() + deadlineMs;
  const timer = setInterval(() => {
    if (clock.monotonic() < endsAtMs) return;
    clearInterval(timer);
    onLate(deadlineMs);
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Refuses a deadline that is no time. */
export function assertDeadline(deadlineMs: number | undefined): void {
  if (deadlineMs === undefined || (Number.isFinite(deadlineMs) && deadlineMs > 0)) return;
  throw new SampanError("CORE_ARGUMENT", `starting a run with a deadline of ${deadlineMs} ms`, {
    hint: "`deadlineMs` is how long to wait, in milliseconds, and more than 0.",
  });
}

/** What ends a run whose time is over. */
export function deadlineError(runId: string, title: string, deadlineMs: number): SampanError {
  return new SampanError(
    "RUN_DEADLINE",
    `stopped waiting for ${title} after ${spoken(deadlineMs)}: what the cloud was asked to do goes on there`,
    {
      hint: `\`sampan resume ${runId}\` goes on with it.`,
      details: { runId, deadlineMs },
    },
  );
}

/** What ends following a run that somebody else works on, when the time is over: that run goes on. */
export function followingDeadlineError(runId: string, deadlineMs: number): SampanError {
  return new SampanError(
    "RUN_DEADLINE",
    `stopped following run ${runId} after ${spoken(deadlineMs)}: it has not ended, and goes on`,
    {
      hint: `\`sampan attach ${runId}\` follows it again.`,
      details: { runId, deadlineMs },
    },
  );
}

/** What ends following such a run when somebody wants to leave it. */
export function leftError(runId: string): SampanError {
  return new SampanError("CORE_CANCELLED", `stopped following run ${runId}, which goes on`, {
    hint: `\`sampan attach ${runId}\` follows it again, \`sampan cancel ${runId}\` stops it.`,
    details: { left: runId },
  });
}

function spoken(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) return `${Number(seconds.toFixed(1))} s`;
  const minutes = ms / 60_000;
  return minutes < 90 ? `${Number(minutes.toFixed(1))} min` : `${Number((minutes / 60).toFixed(1))} h`;
}
