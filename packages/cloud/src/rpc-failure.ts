import { isSampanError, type Json, type SampanError } from "@sampan/core";
import { type FailedCall, invalidAnswer, networkReason, refusal, unreachable } from "./vendor-failure.ts";

/** Fields the vendor's RPC clients put on what they throw, any of which may be missing. */
interface RpcError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly requestId?: unknown;
  readonly retryAfter?: unknown;
  readonly accessDeniedDetail?: unknown;
  readonly data?: unknown;
  readonly message?: unknown;
}

/**
 * Turns whatever a call to one of the vendor's RPC clients (ECS, RAM) threw into a SampanError.
 *
 * An answer that is not JSON (a proxy's page, an empty body) arrives as a bare SyntaxError without a code; a refusal has its
 * code and, in milliseconds, how long to wait; time-outs have only a name. As measured with openapi-core 1.0.8.
 */
export function rpcFailure(call: FailedCall, thrown: unknown): SampanError {
  if (isSampanError(thrown)) return thrown;
  const error: RpcError =
    typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  if (error.name === "SyntaxError") {
    return invalidAnswer(call, "the answer is not JSON", { retryable: true });
  }
  if (error.name === "RequestTimeoutError") {
    return unreachable(call, { code: "ETIMEDOUT", reason: `no answer in time from ${call.endpoint}` });
  }
  const code = typeof error.code === "string" && error.code !== "" ? error.code : undefined;
  const status = typeof error.statusCode === "number" ? error.statusCode : undefined;
  if (
    status === undefined &&
    code !== undefined &&
    /^(E[A-Z_]+|ERR_[A-Z_]+|HPE_[A-Z_]+|CERT_[A-Z_]+|UNABLE_[A-Z_]+|SELF_[A-Z_]+|DEPTH_[A-Z_]+)$/.test(code)
  ) {
    return unreachable(call, { code, reason: networkReason(code, call.endpoint) });
  }
  if (code === undefined && status === undefined) {
    const said = typeof error.message === "string" ? error.message : "";
    if (/socket hang up|aborted/.test(said)) {
      return unreachable(call, { code: "ECONNRESET", reason: networkReason("ECONNRESET", call.endpoint) });
    }
    return invalidAnswer(call, `the answer does not have the promised shape: ${said}`, { retryable: false });
  }
  const body = fieldsOf(error.data);
  const denied = fieldsOf(error.accessDeniedDetail);
  const details: Record<string, Json> = {};
  if (typeof denied.AuthAction === "string") details.deniedAction = denied.AuthAction;
  if (typeof denied.NoPermissionType === "string") details.denial = denied.NoPermissionType;
  return refusal(call, {
    vendorCode: code,
    httpStatus: status,
    requestId: typeof error.requestId === "string" ? error.requestId : undefined,
    message: typeof body.Message === "string" ? body.Message : undefined,
    retryAfterMs: waitOf(error.retryAfter),
    details,
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function waitOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0
    ? Math.min(value, 300_000)
    : undefined;
}
