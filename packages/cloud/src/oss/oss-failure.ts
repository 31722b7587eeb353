import { isSampanError, SampanError } from "@sampan/core";
import { regionOfOssLocation } from "../regions.ts";
import {
  type FailedCall,
  invalidAnswer,
  networkReason,
  refusal,
  unreachable,
  type VendorRefusal,
} from "../vendor-failure.ts";
import type { OssAnswer, OssExchange } from "./transport.ts";

const longestDelayMs = 300_000;

/** Elements of an OSS error that are read, in its XML or in the `x-oss-err` header of an answer without a body. */
interface OssErrorBody {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  readonly ec: string | undefined;
  /** Host that serves the bucket, given when this one does not. */
  readonly endpoint: string | undefined;
}

/** Reads an OSS error; `undefined` when the answer holds none. */
export function ossErrorBody(answer: OssAnswer): OssErrorBody | undefined {
  const header = answer.headers["x-oss-err"];
  const text =
    answer.body.length > 0
      ? answer.body.subarray(0, 64 * 1024).toString("utf8")
      : typeof header === "string"
        ? Buffer.from(header, "base64").toString("utf8")
        : "";
  if (!/^\s*(<\?xml[^>]*>\s*)?<Error[\s>]/.test(text)) return undefined;
  return {
    code: element(text, "Code"),
    message: element(text, "Message"),
    requestId: element(text, "RequestId"),
    ec: element(text, "EC"),
    endpoint: element(text, "Endpoint"),
  };
}

function element(xml: string, name: string): string | undefined {
  const begin = xml.indexOf(`<${name}>`);
  const end = begin < 0 ? -1 : xml.indexOf(`</${name}>`, begin);
  if (end < 0) return undefined;
  const text = xml.slice(begin + name.length + 2, end).trim();
  const plain = text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, "&");
  return plain === "" ? undefined : plain;
}

/**
 * Turns whatever a call to ali-oss rejected with into a SampanError.
 *
 * The exchange is believed before the client: what the client throws may be a plain object, may lack the code, and may
 * have agent state glued to its message.
 */
export function ossFailure(call: FailedCall, exchange: OssExchange, thrown: unknown): SampanError {
  const { failure, answer } = exchange;
  if (failure !== undefined) {
    if (failure.kind === "cancelled" && isSampanError(failure.error)) return failure.error;
    if (failure.kind === "too-large") return invalidAnswer(call, failure.reason, { retryable: false });
    const reason = failure.kind === "timeout" ? failure.reason : networkReason(failure.code, call.endpoint);
    return unreachable(call, { code: failure.kind === "timeout" ? "ETIMEDOUT" : failure.code, reason });
  }
  if (answer !== undefined) return answerFailure(call, answer, thrown);
  const said = thrown instanceof Error ? thrown.message : describeObject(thrown);
  return new SampanError("CLOUD_FAILED", `${call.doing}: the client refused the call: ${said}`, {
    details: { action: call.action, endpoint: call.endpoint },
  });
}

function answerFailure(call: FailedCall, answer: OssAnswer, thrown: unknown): SampanError {
  const error = ossErrorBody(answer);
  const requestId = error?.requestId ?? headerText(answer, "x-oss-request-id");
  if (error === undefined) {
    if (answer.body.length === 0 && answer.status >= 400) {
      return refusal(call, {
        vendorCode: codeOfEmptyAnswer(call, answer.status),
        httpStatus: answer.status,
        requestId,
        message: undefined,
      });
    }
    const said = thrown instanceof Error ? thrown.message.split("\n")[0] : "";
    const found = `the answer with status ${answer.status} is not OSS's${answer.status < 300 && said ? `: ${said}` : ""}`;
    return invalidAnswer(call, found, {
      retryable: answer.status < 300 || answer.status >= 500,
      httpStatus: answer.status,
    });
  }
  const answered: VendorRefusal = {
    vendorCode: error.code,
    httpStatus: answer.status,
    requestId,
    message: error.message,
    retryAfterMs: delayAsked(answer),
    details: { ec: error.ec ?? null },
  };
  const elsewhere = error.endpoint === undefined ? undefined : regionOfOssLocation(error.endpoint);
  if (elsewhere !== undefined && /^[a-z0-9-]+$/.test(elsewhere) && error.code === "AccessDenied") {
    return wrongRegion(call, answered, elsewhere);
  }
  return refusal(call, answered);
}

function wrongRegion(call: FailedCall, answered: VendorRefusal, bucketRegion: string): SampanError {
  return new SampanError("CLOUD_BUCKET_REGION", `${call.doing}: the bucket lies in ${bucketRegion}`, {
    details: {
      action: call.action,
      vendorCode: answered.vendorCode ?? null,
      httpStatus: answered.httpStatus ?? null,
      requestId: answered.requestId ?? null,
      endpoint: call.endpoint,
      bucketRegion,
    },
  });
}

function codeOfEmptyAnswer(call: FailedCall, status: number): string | undefined {
  if (status === 404) return call.action === "HeadObject" ? "NoSuchKey" : undefined;
  if (status === 403) return "AccessDenied";
  return undefined;
}

/** How long a throttled caller is asked to wait: in milliseconds by OSS itself, in seconds by whatever stands before it. */
function delayAsked(answer: OssAnswer): number | undefined {
  const ownMs = Number(headerText(answer, "x-oss-qos-delay-time") ?? Number.NaN);
  const plainMs = Number(headerText(answer, "retry-after") ?? Number.NaN) * 1000;
  const askedMs = Number.isFinite(ownMs) ? ownMs : plainMs;
  return askedMs >= 0 ? Math.min(askedMs, longestDelayMs) : undefined;
}

export function headerText(answer: OssAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** ali-oss rejects a cancelled transfer with a plain object. */
function describeObject(thrown: unknown): string {
  if (typeof thrown === "object" && thrown !== null) {
    const { name, message } = thrown as { name?: unknown; message?: unknown };
    return [name, message].filter((part) => typeof part === "string").join(": ") || "no reason given";
  }
  return String(thrown);
}
