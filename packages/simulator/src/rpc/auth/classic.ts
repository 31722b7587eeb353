import { createHmac } from "node:crypto";
import { encodeRfc3986 } from "../../http/url.ts";

/** The text of the classic signature (version 1.0): method, path, and every parameter but the signature itself. */
export function classicStringToSign(
  method: string,
  parameters: readonly (readonly [string, string])[],
): string {
  const canonical = parameters
    .filter(([name]) => name !== "Signature")
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return `${method}&%2F&${encodeRfc3986(canonical)}`;
}

/** The classic signature: HMAC-SHA1 keyed with the secret and an ampersand, in base64. */
export function classicSignature(secret: string, stringToSign: string): string {
  return createHmac("sha1", `${secret}&`).update(stringToSign, "utf8").digest("base64");
}
