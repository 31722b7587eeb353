import { createHash, createHmac } from "node:crypto";
import { encodeRfc3986 } from "../../http/url.ts";
import type { OssRequest, Reading } from "../request.ts";
import { signedText } from "./signed-text.ts";
import { isSubResource } from "./v1.ts";

/** The scope of a V4 signature: `KEYID/yyyymmdd/REGION/oss/aliyun_v4_request`. */
export interface V4Scope {
  readonly accessKeyId: string;
  /** `yyyymmdd`. */
  readonly day: string;
  readonly region: string;
}

/** Reads a credential scope; `undefined` when it is not one of OSS. Key ids may hold slashes. */
export function parseV4Scope(credential: string): V4Scope | undefined {
  const match = /^(.+)\/(\d{8})\/([a-z0-9-]+)\/oss\/aliyun_v4_request$/.exec(credential);
  const [, accessKeyId, day, region] = match ?? [];
  return accessKeyId && day && region ? { accessKeyId, day, region } : undefined;
}

/** What a V4 signature covers besides the request itself. */
export interface V4Signed {
  readonly scope: V4Scope;
  /** `yyyymmddThhmmssZ`. */
  readonly date: string;
  /** Names of further signed headers, in lower case, sorted. */
  readonly additionalHeaders: readonly string[];
}

/** A canonical request and the text to sign made of it. */
export interface V4Text {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
}

/**
 * The texts a V4 signature may cover, likeliest first.
 *
 * There is more than one when parameters have empty values: a request line does not tell an empty text (signed with `=`)
 * from no value (signed without) or from one the client left out of its signature, and ali-oss does all three.
 */
export function* v4Texts(request: OssRequest, reading: Reading, signed: V4Signed): Generator<V4Text> {
  const path = encodeRfc3986(
    reading.bucket === null ? "/" : `/${reading.bucket}/${reading.key ?? ""}`,
  ).replaceAll("%2F", "/");
  const names = new Set(signed.additionalHeaders);
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith("x-oss-") || name === "content-type" || name === "content-md5") names.add(name);
  }
  const headers = [...names]
    .sort()
    .map((name) => `${name}:${signedText(request.headers[name] ?? "")}\n`)
    .join("");
  const payload = request.headers["x-oss-content-sha256"] ?? "UNSIGNED-PAYLOAD";
  for (const query of canonicalQueries(request.query)) {
    const canonicalRequest = [
      request.method,
      path,
      query,
      headers,
      signed.additionalHeaders.join(";"),
      payload,
    ].join("\n");
    const hash = createHash("sha256").update(canonicalRequest).digest("hex");
    const { day, region } = signed.scope;
    const scope = `${day}/${region}/oss/aliyun_v4_request`;
    yield { canonicalRequest, stringToSign: ["OSS4-HMAC-SHA256", signed.date, scope, hash].join("\n") };
  }
}

/** The V4 signature of a text. */
export function v4Signature(secret: string, scope: V4Scope, stringToSign: string): string {
  let key: Buffer | string = `aliyun_v4${secret}`;
  for (const step of [scope.day, scope.region, "oss", "aliyun_v4_request"]) {
    key = createHmac("sha256", key).update(step).digest();
  }
  return createHmac("sha256", key).update(stringToSign).digest("hex");
}

function* canonicalQueries(query: OssRequest["query"]): Generator<string> {
  const pairs = query
    .filter(([name]) => name !== "x-oss-signature")
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value), isSubResource(name)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const doubtful = pairs.filter(([, value, isSub]) => value === "" && !isSub).length;
  // Each doubtful parameter has three forms; past four of them only the uniform forms are tried.
  const variants = doubtful <= 4 ? 3 ** doubtful : 3;
  for (let variant = 0; variant < variants; variant++) {
    let rest = variant;
    const parts: string[] = [];
    for (const [name, value, isSub] of pairs) {
      if (value !== "" || isSub) {
        parts.push(value === "" ? name : `${name}=${value}`);
        continue;
      }
      const form = doubtful <= 4 ? rest % 3 : variant;
      rest = Math.floor(rest / 3);
      if (form < 2) parts.push(form === 0 ? name : `${name}=`);
    }
    yield parts.join("&");
  }
}
