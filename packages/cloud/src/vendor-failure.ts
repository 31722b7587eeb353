import { type ErrorCode, isSampanError, type Json, SampanError, type Secret } from "@sampan/core";
import { errorCodeIn, type VendorService, vendorErrorEntry } from "./vendor-errors/index.ts";

/** Which call failed, in the words of its message. */
export interface FailedCall {
  readonly service: VendorService;
  /** As the vendor names it: `ImportImage`, `UploadPart`. */
  readonly action: string;
  /** What was being done, as the beginning of a sentence: `importing web-01 in cn-hangzhou`. */
  readonly doing: string;
  /** Host that was called. */
  readonly endpoint: string | null;
  /** Values that must never show. */
  readonly secrets: readonly Secret[];
}

/** What the vendor answered. */
export interface VendorRefusal {
  readonly vendorCode: string | undefined;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly message: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly details?: Readonly<Record<string, Json>>;
}

const longestMessage = 300;

/** Makes foreign text fit for a message: one line, bounded, every known secret masked. */
export function cleanText(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value.length >= 4) clean = clean.split(value).join("******");
  }
  clean = clean.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return clean.length > longestMessage ? `${clean.slice(0, longestMessage)}…` : clean;
}

/**
 * Turns the vendor's refusal into a SampanError by the catalogue; a code that is not in it is shown raw as `CLOUD_FAILED`.
 *
 * The vendor's own sentence is left out where it repeats the request, which it does for a wrong signature. The client's
 * error object is not kept as the cause: it carries the signed request.
 */
export function refusal(call: FailedCall, answer: VendorRefusal): SampanError {
  const { vendorCode, httpStatus } = answer;
  const entry = vendorCode === undefined ? undefined : vendorErrorEntry(vendorCode, call.service);
  const code = entry === undefined ? codeOfStatus(httpStatus, vendorCode) : errorCodeIn(entry, call.action);
  const echoes = code === "CLOUD_CREDENTIALS_REFUSED";
  const said = answer.message === undefined || echoes ? "" : cleanText(answer.message, call.secrets);
  const named = cleanText(vendorCode ?? `HTTP status ${httpStatus ?? "unknown"}`, call.secrets);
  const sentence =
    entry === undefined
      ? said
      : [entry.meaning.replace(/\.$/, ""), said && `(${said})`].filter(Boolean).join(" ");
  const reported = sentence === "" ? named : `${named}: ${sentence}`;
  return new SampanError(code, `${call.doing}: ${reported}`, {
    ...(entry?.hint === undefined ? {} : { hint: entry.hint }),
    retryable: entry?.retryable ?? isPassing(httpStatus),
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
    details: {
      ...answer.details,
      action: call.action,
      vendorCode: vendorCode ?? null,
      httpStatus: httpStatus ?? null,
      requestId: answer.requestId ?? null,
      endpoint: call.endpoint,
    },
  });
}

function codeOfStatus(status: number | undefined, vendorCode: string | undefined): ErrorCode {
  if (vendorCode !== undefined && /throttling/i.test(vendorCode)) return "CLOUD_THROTTLED";
  if (vendorCode !== undefined) return "CLOUD_FAILED";
  if (status === 429 || status === 503) return "CLOUD_THROTTLED";
  return "CLOUD_FAILED";
}

function isPassing(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429 || status === 408);
}

/** An answer that is not the vendor's protocol: HTML of a proxy, an empty body, a missing field. */
export function invalidAnswer(
  call: FailedCall,
  found: string,
  options: { readonly retryable: boolean; readonly httpStatus?: number },
): SampanError {
  return new SampanError("CLOUD_ANSWER_INVALID", `${call.doing}: ${cleanText(found, call.secrets)}`, {
    retryable: options.retryable,
    details: { action: call.action, endpoint: call.endpoint, httpStatus: options.httpStatus ?? null },
  });
}

/** Errors of certificates and of a proxy's password stay until someone mends them; all other network errors may pass. */
const lasting =
  /^(ERR_TLS_|ERR_PROXY_AUTHENTICATION|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_INVALID_|ERR_SSL)/;

/** A failure below the protocol: no name, no connection, a reset, a time-out. */
export function unreachable(
  call: FailedCall,
  found: { readonly code?: string | undefined; readonly reason: string },
): SampanError {
  return new SampanError("CLOUD_UNREACHABLE", `${call.doing}: ${cleanText(found.reason, call.secrets)}`, {
    retryable: !lasting.test(found.code ?? ""),
    details: { action: call.action, endpoint: call.endpoint, networkCode: found.code ?? null },
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNRESET: "the connection was reset",
  ECONNREFUSED: "the connection was refused",
  EPIPE: "the connection was closed while sending",
  ETIMEDOUT: "the connection timed out",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the name server did not answer",
  ENETUNREACH: "the network cannot be reached",
  EHOSTUNREACH: "the host cannot be reached",
  ERR_PROXY_UNREACHABLE: "the proxy could not be reached or closed the connection",
  ERR_PROXY_AUTHENTICATION: "the proxy asks for a user and password, or refused those given",
  ERR_PROXY_REFUSED: "the proxy refused to open a tunnel",
  HPE_INVALID_CONSTANT: "the answer is not HTTP",
};

/** Says in words what a code of Node's network layer means. */
export function networkReason(code: string | undefined, endpoint: string | null): string {
  const reason =
    (code === undefined ? undefined : reasons[code]) ?? `the connection failed (${code ?? "unknown"})`;
  return endpoint === null ? reason : `${reason} at ${endpoint}`;
}

/** The vendor's code in a SampanError; `undefined` for anything else. */
export function vendorCodeOf(error: unknown): string | undefined {
  const code = isSampanError(error) ? error.details.vendorCode : undefined;
  return typeof code === "string" ? code : undefined;
}
