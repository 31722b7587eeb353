import { type ErrorRecord, isSampanError, type JsonObject, type RunEvent, toErrorRecord } from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import type { RunEnd } from "./schedule.ts";

/** How a run ended. */
export interface RunEnding {
  readonly outcome: RunEnd;
  /** `null` unless it failed. */
  readonly error: ErrorRecord | null;
}

/** Gives the events of a run one after the other, and, after the last of them, how it ended. Never rejects. */
export async function followRun(
  handle: RunHandle<JsonObject>,
  onEvent: (event: RunEvent) => void,
): Promise<RunEnding> {
  let warnings = 0;
  const told = new Promise<void>((resolve) => {
    handle.events.subscribe({
      next(event) {
        if (event.type === "run.finished") warnings = event.warnings;
        onEvent(event);
      },
      // What is wrong with watching a run is no end of it: the result tells that.
      error: () => resolve(),
      complete: resolve,
    });
  });
  const ending = await handle.result.then(
    () => undefined,
    (error: unknown) => endingOf(error),
  );
  await told;
  return ending ?? { outcome: warnings > 0 ? "warnings" : "done", error: null };
}

/** How a run ended that threw this. */
export function endingOf(error: unknown): RunEnding {
  return isSampanError(error, "CORE_CANCELLED")
    ? { outcome: "cancelled", error: null }
    : { outcome: "failed", error: toErrorRecord(error) };
}
