import { createHash, createHmac } from "node:crypto";
import { encodeRfc3986 } from "../../http/url.ts";

/** A request as an ACS3 signature covers it. */
export interface Acs3Request {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The parts of an `ACS3-HMAC-SHA256` header. */
export interface Acs3Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads an Authorization header; `undefined` when it is not complete. */
export function parseAcs3(header: string): Acs3Authorization | undefined {
  const match =
    /^ACS3-HMAC-SHA256\s+Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header.trim(),
    );
  const [, accessKeyId, names, signature] = match ?? [];
  if (!accessKeyId || !names || !signature) return undefined;
  return { accessKeyId, signedHeaders: names.split(";"), signature };
}

/** The text an ACS3 signature covers. The body counts by its own hash, not by the header that claims one. */
export function acs3StringToSign(request: Acs3Request, signedHeaders: readonly string[]): string {
  const query = request.query
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`).join("");
  const canonical = [
    request.method,
    encodeRfc3986(request.path).replaceAll("%2F", "/"),
    query,
    headers,
    signedHeaders.join(";"),
    sha256Hex(request.body),
  ].join("\n");
  return `ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`;
}

/** The ACS3 signature of a text. */
export function acs3Signature(secret: string, stringToSign: string): string {
  return createHmac("sha256", secret).update(stringToSign).digest("hex");
}

function sha256Hex(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}
