/** An error to be answered as the RPC services do, in JSON. Never leaves the package. */
export class RpcError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
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
