import type { JsonObject } from "@sampan/core";

/** What an error answer may carry besides its code and message. */
export interface RpcErrorOptions {
  /** Goes into `x-acs-retry-after`. */
  readonly retryAfterMs?: number | undefined;
  /** More fields of the answer, such as `AccessDeniedDetail`. */
  readonly details?: JsonObject;
}

/** An error to be answered as the RPC services do, in JSON. Never leaves the package. */
export class RpcError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject;

  constructor(status: number, code: string, message: string, options: RpcErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

/** `MissingParameter` naming the parameter. */
export function missingParameter(name: string): RpcError {
  return new RpcError(
    400,
    "MissingParameter",
    `The input parameter ${name} that is mandatory is not supplied.`,
  );
}
