import { type ErrorCode, errorCodeEntry } from "./error-codes/index.ts";
import type { Json, JsonObject } from "./json.ts";

// A registered symbol, so that errors are recognised across two copies of this package.
const brand = Symbol.for("sampan.error");

/** What a {@link SampanError} may carry besides its message. */
export interface SampanErrorOptions {
  /** What to do now. Defaults to the cure in the table of codes. */
  readonly hint?: string;
  /** Whether the same call may succeed if made again unchanged. Decided where the failure is understood. */
  readonly retryable?: boolean;
  /** How long the other side asked us to wait before trying again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Numbers and names for programs: offsets, sizes, vendor code, HTTP status, request id. Never a secret. */
  readonly details?: JsonObject;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * The only error Sampan throws on purpose.
 *
 * `message` is one line: what was being done, what was found, and where. `hint` says what to do now. `code` is stable
 * and listed in {@link errorCodes}; decide on it, never on the message.
 *
 * @example
 * ```ts
 * throw new SampanError("IMAGE_RANGE", "reading 512 bytes at 1024 of a disk of 1024 bytes", {
 *   details: { offset: 1024, length: 512, sizeBytes: 1024 },
 * });
 * ```
 */
export class SampanError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject;

  constructor(code: ErrorCode, message: string, options: SampanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorCodeEntry(code)?.cure ?? "";
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

Object.defineProperty(SampanError.prototype, "name", {
  value: "SampanError",
  configurable: true,
  writable: true,
});
Object.defineProperty(SampanError.prototype, brand, { value: true });

/** Tells whether a value is a {@link SampanError}, also one of another copy of this package. */
export function isSampanError(value: unknown, code?: ErrorCode): value is SampanError {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<symbol, unknown>)[brand] === true &&
    (code === undefined || (value as SampanError).code === code)
  );
}

/** A {@link SampanError} as plain JSON: one line of `--json` output, or a field of an event. */
export interface ErrorRecord {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly details: JsonObject;
  /** Messages of the errors underneath, outermost first. */
  readonly causes: readonly string[];
}

/** Turns anything thrown into an {@link ErrorRecord}; what is no SampanError becomes `CORE_INTERNAL`. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  const error = asSampanError(thrown);
  const causes: string[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && causes.length < 8) {
    causes.push(cause instanceof Error ? cause.message : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return {
    type: "error",
    code: error.code,
    message: error.message,
    hint: error.hint,
    retryable: error.retryable,
    details: error.details,
    causes,
  };
}

/** Makes an error again from its record, for example one read from a journal. */
export function fromErrorRecord(record: ErrorRecord): SampanError {
  return new SampanError(record.code, record.message, {
    hint: record.hint,
    retryable: record.retryable,
    details: record.details,
  });
}

/** Returns a SampanError as it is and wraps anything else in `CORE_INTERNAL`, keeping it as the cause. */
export function asSampanError(thrown: unknown): SampanError {
  if (isSampanError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const details: Record<string, Json> = {};
  if (thrown instanceof Error && typeof thrown.stack === "string") details.stack = thrown.stack;
  return new SampanError("CORE_INTERNAL", `unexpected ${message}`, { cause: thrown, details });
}
