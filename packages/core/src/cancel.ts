import { isSampanError, SampanError } from "./errors.ts";

/** Makes the error that ends cancelled work; `reason` completes the sentence "cancelled: …". */
export function cancelledError(reason?: unknown): SampanError {
  if (isSampanError(reason)) return reason;
  const why = typeof reason === "string" ? reason : "on request";
  return new SampanError("CORE_CANCELLED", `cancelled ${why}`, { details: { reason: why } });
}

/**
 * Throws if the signal has aborted.
 *
 * A reason that is a SampanError is thrown as it is (a lost lock, a deadline); any other reason becomes `CORE_CANCELLED`.
 */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError(signal.reason);
}
