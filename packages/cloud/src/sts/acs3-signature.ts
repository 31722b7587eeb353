import { createHash, createHmac, randomBytes } from "node:crypto";
import type { CloudCredentials } from "../credentials/credentials.ts";

/** What is signed of a call. */
export interface Acs3Request {
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Type of the body, signed along with it. */
  readonly contentType?: string;
}

/**
 * The headers of a call signed as ACS3-HMAC-SHA256.
 *
 * Source: the vendor's page on signing version 3 of RPC and ROA calls, 2023 to 2026.
 */
export function acs3Headers(
  request: Acs3Request,
  credentials: CloudCredentials,
  nowMs: number,
  nonce = randomBytes(16).toString("hex"),
): Record<string, string> {
  const bodyHash = hash(request.body ?? "");
  const headers: Record<string, string> = {
    host: request.host,
    "x-acs-action": request.action,
    "x-acs-version": request.version,
    "x-acs-date": new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": nonce,
    "x-acs-content-sha256": bodyHash,
    ...(request.contentType === undefined ? {} : { "content-type": request.contentType }),
    ...(credentials.securityToken === undefined
      ? {}
      : {
          "x-acs-accesskey-id": credentials.accessKeyId,
          "x-acs-security-token": credentials.securityToken.reveal(),
        }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    "POST",
    "/",
    queryString(request.query),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    bodyHash,
  ].join("\n");
  const signature = createHmac("sha256", credentials.accessKeySecret.reveal())
    .update(`ACS3-HMAC-SHA256\n${hash(canonical)}`)
    .digest("hex");
  headers.accept = "application/json";
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return headers;
}

/** A query sorted by name and encoded as it is signed (RFC 3986). */
export function queryString(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encoded(name)}=${encoded(query[name] ?? "")}`)
    .join("&");
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
