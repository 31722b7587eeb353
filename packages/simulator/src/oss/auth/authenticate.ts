import { timingSafeEqual } from "node:crypto";
import type { AccountDirectory, Caller, KnownKey } from "../../accounts.ts";
import { ossError } from "../errors.ts";
import { type OssRequest, parameter, type Reading } from "../request.ts";
import { v1Signature, v1StringToSign } from "./v1.ts";
import { parseV4Scope, type V4Scope, v4Signature, v4Texts } from "./v4.ts";

const skewLimitMs = 15 * 60_000;
const presignLimitSeconds = 7 * 24 * 3600;

/** What authentication found: who, which reading of the request the signature confirms, and how it was signed. */
export interface Authenticated {
  /** `null` for a request without a signature. */
  readonly caller: Caller | null;
  readonly reading: Reading;
  readonly signature: "v1" | "v4" | "v1-url" | "v4-url" | "anonymous";
  /** Region of a V4 scope; `null` otherwise. */
  readonly signedRegion: string | null;
}

/** What the verifier needs to know about the service. */
export interface AuthenticationContext {
  readonly accounts: AccountDirectory;
  /** Service time, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly acceptV1: boolean;
  /** Treats any security token as expired: a fault. */
  readonly tokenExpired: boolean;
}

/** Finds out who sent a request, in whichever of the four forms it is signed, and throws the error OSS answers. */
export function authenticate(request: OssRequest, context: AuthenticationContext): Authenticated {
  const authorization = request.headers.authorization;
  if (authorization?.startsWith("OSS4-HMAC-SHA256 ")) return v4Header(request, context, authorization);
  if (authorization?.startsWith("OSS ")) return v1Header(request, context, authorization);
  if (authorization !== undefined) {
    throw ossError("InvalidArgument", { message: "The Authorization header is of no known form." });
  }
  if (parameter(request, "x-oss-signature-version") !== undefined) return v4Url(request, context);
  if (parameter(request, "OSSAccessKeyId") !== undefined) return v1Url(request, context);
  const [reading] = request.readings;
  if (!reading) throw ossError("InternalError");
  return { caller: null, reading, signature: "anonymous", signedRegion: null };
}

function v1Header(request: OssRequest, context: AuthenticationContext, authorization: string): Authenticated {
  const colon = authorization.lastIndexOf(":");
  if (colon < 5) throw ossError("InvalidArgument", { message: "The Authorization header has no signature." });
  refuseV1(context);
  const date = request.headers["x-oss-date"] ?? request.headers.date ?? "";
  const key = requireKey(context, authorization.slice(4, colon), request.headers["x-oss-security-token"]);
  checkDate(Date.parse(date), context);
  return checkV1(request, key, date, authorization.slice(colon + 1), "v1");
}

function v1Url(request: OssRequest, context: AuthenticationContext): Authenticated {
  refuseV1(context);
  const expires = parameter(request, "Expires") ?? "";
  const token = parameter(request, "security-token") ?? request.headers["x-oss-security-token"];
  const key = requireKey(context, parameter(request, "OSSAccessKeyId") ?? "", token);
  if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 < context.nowMs) {
    throw ossError("AccessDenied", { message: "Request has expired.", elements: { Expires: expires } });
  }
  return checkV1(request, key, expires, parameter(request, "Signature") ?? "", "v1-url");
}

function checkV1(
  request: OssRequest,
  key: KnownKey,
  dateSlot: string,
  given: string,
  signature: "v1" | "v1-url",
): Authenticated {
  for (const reading of request.readings) {
    const expected = v1Signature(key.secret, v1StringToSign(request, reading, dateSlot));
    if (isSame(expected, given)) return { caller: key.caller, reading, signature, signedRegion: null };
  }
  const [first] = request.readings;
  const text = first ? v1StringToSign(request, first, dateSlot) : "";
  throw ossError("SignatureDoesNotMatch", {
    elements: { OSSAccessKeyId: key.caller.accessKeyId, SignatureProvided: given, StringToSign: text },
  });
}

function v4Header(request: OssRequest, context: AuthenticationContext, authorization: string): Authenticated {
  const fields = new Map<string, string>();
  for (const field of authorization.slice("OSS4-HMAC-SHA256 ".length).split(",")) {
    const equals = field.indexOf("=");
    if (equals > 0) fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim());
  }
  const scope = parseV4Scope(fields.get("Credential") ?? "");
  if (!scope) throw ossError("InvalidArgument", { message: "The credential of the signature is malformed." });
  const key = requireKey(context, scope.accessKeyId, request.headers["x-oss-security-token"]);
  const date = request.headers["x-oss-date"] ?? "";
  checkDate(parseBasicDate(date), context);
  const additional = splitNames(fields.get("AdditionalHeaders"));
  return checkV4(request, key, scope, date, additional, fields.get("Signature") ?? "", "v4");
}

function v4Url(request: OssRequest, context: AuthenticationContext): Authenticated {
  const scope = parseV4Scope(parameter(request, "x-oss-credential") ?? "");
  const date = parameter(request, "x-oss-date") ?? "";
  const seconds = Number(parameter(request, "x-oss-expires"));
  const signedAtMs = parseBasicDate(date);
  if (
    !scope ||
    parameter(request, "x-oss-signature-version") !== "OSS4-HMAC-SHA256" ||
    !Number.isInteger(seconds) ||
    seconds < 1 ||
    seconds > presignLimitSeconds ||
    Number.isNaN(signedAtMs)
  ) {
    throw ossError("InvalidArgument", { message: "The parameters of the signed URL are malformed." });
  }
  const token = parameter(request, "x-oss-security-token") ?? request.headers["x-oss-security-token"];
  const key = requireKey(context, scope.accessKeyId, token);
  if (signedAtMs - skewLimitMs > context.nowMs) throw ossError("RequestTimeTooSkewed");
  if (signedAtMs + seconds * 1000 < context.nowMs) {
    throw ossError("AccessDenied", { message: "Request has expired." });
  }
  const additional = splitNames(parameter(request, "x-oss-additional-headers"));
  const given = parameter(request, "x-oss-signature") ?? "";
  return checkV4(request, key, scope, date, additional, given, "v4-url");
}

function checkV4(
  request: OssRequest,
  key: KnownKey,
  scope: V4Scope,
  date: string,
  additionalHeaders: readonly string[],
  given: string,
  signature: "v4" | "v4-url",
): Authenticated {
  if (!date.startsWith(scope.day)) {
    throw ossError("InvalidArgument", {
      message: "The date of the request is not the day of its credential.",
    });
  }
  let first: { canonicalRequest: string; stringToSign: string } | undefined;
  for (const reading of request.readings) {
    for (const text of v4Texts(request, reading, { scope, date, additionalHeaders })) {
      first ??= text;
      if (isSame(v4Signature(key.secret, scope, text.stringToSign), given)) {
        return { caller: key.caller, reading, signature, signedRegion: scope.region };
      }
    }
  }
  throw ossError("SignatureDoesNotMatch", {
    elements: {
      OSSAccessKeyId: key.caller.accessKeyId,
      SignatureProvided: given,
      StringToSign: first?.stringToSign ?? "",
      CanonicalRequest: first?.canonicalRequest ?? "",
    },
  });
}

/** `AccessDenied` where V1 signatures are not accepted. */
export function refuseV1(context: AuthenticationContext): void {
  if (context.acceptV1) return;
  throw ossError("AccessDenied", { message: "V1 signatures are not accepted; sign with OSS4-HMAC-SHA256." });
}

/** Finds a key with the token that must come along; throws what OSS answers when either is wrong. */
export function requireKey(
  context: AuthenticationContext,
  accessKeyId: string,
  token: string | undefined,
): KnownKey {
  const key = context.accounts.find(accessKeyId);
  if (!key) throw ossError("InvalidAccessKeyId", { elements: { OSSAccessKeyId: accessKeyId } });
  if (key.isDisabled) {
    throw ossError("InvalidAccessKeyId", {
      message: "The access key id is disabled.",
      elements: { OSSAccessKeyId: accessKeyId },
    });
  }
  if (!key.session) {
    if (token !== undefined) throw ossError("InvalidSecurityToken");
    return key;
  }
  if (token === undefined) {
    throw ossError("InvalidAccessKeyId", { message: "A temporary key needs its security token." });
  }
  if (token !== key.session.securityToken) throw ossError("AccessKeyIdAndSecurityTokenNotMatch");
  if (context.tokenExpired || key.session.expiresAtMs <= context.nowMs)
    throw ossError("SecurityTokenExpired");
  return key;
}

function checkDate(atMs: number, context: AuthenticationContext): void {
  if (Number.isNaN(atMs)) throw ossError("AccessDenied", { message: "The request has no valid date." });
  if (Math.abs(atMs - context.nowMs) > skewLimitMs) {
    throw ossError("RequestTimeTooSkewed", {
      elements: {
        MaxAllowedSkewMilliseconds: String(skewLimitMs),
        RequestTime: new Date(atMs).toISOString(),
        ServerTime: new Date(context.nowMs).toISOString(),
      },
    });
  }
}

/** `20261122T133144Z` in milliseconds since 1970; NaN when it is not of that form. */
function parseBasicDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return match ? Date.parse(`${match.slice(1, 4).join("-")}T${match.slice(4).join(":")}Z`) : Number.NaN;
}

function splitNames(text: string | undefined): readonly string[] {
  return (text ?? "")
    .toLowerCase()
    .split(";")
    .filter((name) => name !== "")
    .sort();
}

/** Compares signatures in constant time. */
export function isSame(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
