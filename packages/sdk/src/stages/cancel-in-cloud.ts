import { asSampanError, isSampanError } from "@sampan/core";
import type { StageContext } from "../run/stage-definition.ts";

/** How long the cloud may take to answer that it has cancelled something: whoever cancels is waiting. */
const answerLimitMs = 10_000;

/** Whether somebody cancelled the run: a journal or lock that was lost ends it too, and must cancel nothing in the cloud. */
export function wasCancelled({ signal }: StageContext): boolean {
  return signal.aborted && isSampanError(signal.reason, "CORE_CANCELLED");
}

/**
 * Cancels something that goes on in the cloud after the run itself was cancelled, with a short signal of its own, and says how
 * that went. Never throws; `false` when it could not be cancelled and goes on.
 */
export async function cancelInCloud(
  context: StageContext,
  what: string,
  cancel: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  try {
    await cancel(AbortSignal.timeout(answerLimitMs));
    context.log("info", `cancelled ${what} in the cloud`);
    return true;
  } catch (error) {
    const why = asSampanError(error).message;
    context.log("warning", `${what} could not be cancelled and goes on in the cloud: ${why}`);
    return false;
  }
}
