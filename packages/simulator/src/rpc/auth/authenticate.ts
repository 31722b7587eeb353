import { timingSafeEqual } from "node:crypto";
import type { AccountDirectory, Caller, KnownKey } from "../../accounts.ts";
import { RpcError } from "../errors.ts";
import { type Acs3Request, acs3Signature, acs3StringToSign, parseAcs3 } from "./acs3.ts";
import { classicSignature, classicStringToSign } from "./classic.ts";

const skewLimitMs = 15 * 60_000;

/** A request to be authenticated; `parameters` are those of query and form together. */
export interface SignedRpcRequest extends Acs3Request {
  readonly parameters: readonly (readonly [string, string])[];
}

/** What the verifier needs to know about the service. */
export interface RpcAuthenticationContext {
  readonly accounts: AccountDirectory;
  readonly nonces: NonceTable;
  /** Service time, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly unknownKeyStatus: 404 | 400;
  readonly tokenExpired: boolean;
}

/** Nonces seen lately: each may be used once by a key. */
export class NonceTable {
  readonly #seenAtMs = new Map<string, number>();

  /** Notes a nonce; tells `false` when it was used before. */
  use(accessKeyId: string, nonce: string, nowMs: number): boolean {
    for (const [key, atMs] of this.#seenAtMs) {
      // Insertion order is time order: stop at the first that is still within the limit.
      if (nowMs - atMs <= 2 * skewLimitMs) break;
      this.#seenAtMs.delete(key);
    }
    const key = `${accessKeyId} ${nonce}`;
    if (this.#seenAtMs.has(key)) return false;
    this.#seenAtMs.set(key, nowMs);
    return true;
  }
}

/** Finds out who sent a request, signed in the ACS3 or the classic way; throws the error the services answer. */
export function authenticateRpc(
  request: SignedRpcRequest,
  context: RpcAuthenticationContext,
): { readonly caller: Caller; readonly signature: "acs3" | "hmac-sha1" } {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) {
    return { caller: verifyAcs3(request, context, authorization), signature: "acs3" };
  }
  return { caller: verifyClassic(request, context), signature: "hmac-sha1" };
}

function verifyAcs3(request: SignedRpcRequest, context: RpcAuthenticationContext, header: string): Caller {
  const given = parseAcs3(header);
  if (!given) throw incomplete("The Authorization header is not a complete ACS3-HMAC-SHA256 one.");
  const { headers } = request;
  for (const name of ["host", "x-acs-action", "x-acs-version", "x-acs-date"]) {
    if (headers[name] !== undefined && !given.signedHeaders.includes(name)) {
      throw incomplete(`The header ${name} is not signed.`);
    }
  }
  const key = findKey(context, given.accessKeyId, headers["x-acs-security-token"]);
  checkDate(headers["x-acs-date"] ?? headers.date ?? "", context);
  const stringToSign = acs3StringToSign(request, given.signedHeaders);
  if (!isSame(acs3Signature(key.secret, stringToSign), given.signature)) throw mismatch(stringToSign);
  useNonce(context, given.accessKeyId, headers["x-acs-signature-nonce"]);
  return key.caller;
}

function verifyClassic(request: SignedRpcRequest, context: RpcAuthenticationContext): Caller {
  const values = new Map(request.parameters);
  const accessKeyId = values.get("AccessKeyId");
  const signature = values.get("Signature");
  if (!accessKeyId || !signature) {
    throw new RpcError(400, "MissingSignature", "The request is not signed.");
  }
  const method = values.get("SignatureMethod");
  if (method !== undefined && method.toUpperCase() !== "HMAC-SHA1") {
    throw incomplete(`The SignatureMethod ${method} is not HMAC-SHA1.`);
  }
  const key = findKey(context, accessKeyId, values.get("SecurityToken"));
  checkDate(values.get("Timestamp") ?? "", context);
  const stringToSign = classicStringToSign(request.method, request.parameters);
  if (!isSame(classicSignature(key.secret, stringToSign), signature)) throw mismatch(stringToSign);
  useNonce(context, accessKeyId, values.get("SignatureNonce"));
  return key.caller;
}

function findKey(
  context: RpcAuthenticationContext,
  accessKeyId: string,
  token: string | undefined,
): KnownKey {
  const key = context.accounts.find(accessKeyId);
  if (!key) {
    throw new RpcError(
      context.unknownKeyStatus,
      "InvalidAccessKeyId.NotFound",
      "Specified access key is not found.",
    );
  }
  if (key.isDisabled) {
    throw new RpcError(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.");
  }
  if (!key.session) {
    if (token)
      throw new RpcError(400, "InvalidSecurityToken.MismatchWithAccessKey", "The token is not this key's.");
    return key;
  }
  if (!token) throw new RpcError(400, "MissingSecurityToken", "A temporary key needs its security token.");
  if (token !== key.session.securityToken) {
    throw new RpcError(400, "InvalidSecurityToken.MismatchWithAccessKey", "The token is not this key's.");
  }
  if (context.tokenExpired || key.session.expiresAtMs <= context.nowMs) {
    throw new RpcError(400, "InvalidSecurityToken.Expired", "The security token has expired.");
  }
  return key;
}

function checkDate(text: string, context: RpcAuthenticationContext): void {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs))
    throw new RpcError(400, "InvalidTimeStamp.Format", "The date of the request is malformed.");
  if (Math.abs(atMs - context.nowMs) > skewLimitMs) {
    throw new RpcError(
      400,
      "InvalidTimeStamp.Expired",
      `The request's date ${text} is too far from the server's ${new Date(context.nowMs).toISOString()}.`,
    );
  }
}

function useNonce(context: RpcAuthenticationContext, accessKeyId: string, nonce: string | undefined): void {
  if (!nonce) throw incomplete("The request has no signature nonce.");
  if (!context.nonces.use(accessKeyId, nonce, context.nowMs)) {
    throw new RpcError(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
  }
}

function incomplete(message: string): RpcError {
  return new RpcError(400, "IncompleteSignature", message);
}

function mismatch(stringToSign: string): RpcError {
  return new RpcError(
    400,
    "SignatureDoesNotMatch",
    `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
  );
}

function isSame(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
