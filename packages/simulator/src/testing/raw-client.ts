import { createHash, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { encodeRfc3986 } from "../http/url.ts";
import { v4Signature, v4Texts } from "../oss/auth/v4.ts";
import { acs3Signature, acs3StringToSign } from "../rpc/auth/acs3.ts";
import type { Simulator } from "../simulator.ts";

/** An answer with its body in memory. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The code of an OSS error; empty otherwise. */
  readonly code: string;
}

/** Who signs a request: an account or user, or with a token, a session. */
export interface RawCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** A request to OSS, path style. */
export interface RawRequest {
  readonly method: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly region?: string;
  /** Absent: the first account. */
  readonly as?: RawCredentials;
}

/** Sends a request to OSS signed by V4. For tests of what the published client does not do. */
export async function sendOss(simulator: Simulator, raw: RawRequest): Promise<RawAnswer> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const { accessKeyId, accessKeySecret, securityToken } = signerOf(simulator, raw.as);
  const scope = { accessKeyId, day: date.slice(0, 8), region: raw.region ?? "cn-hangzhou" };
  const query = Object.entries(raw.query ?? {});
  const headers: Record<string, string> = {
    ...raw.headers,
    "x-oss-date": date,
    "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
    ...(securityToken === undefined ? {} : { "x-oss-security-token": securityToken }),
  };
  const reading = { bucket: raw.bucket ?? null, key: raw.key ?? null, style: "path" } as const;
  const path = raw.bucket === undefined ? "/" : `/${raw.bucket}/${raw.key ?? ""}`;
  const unsigned = { method: raw.method, headers, host: "", path, query, readings: [reading] };
  const signed = { ...unsigned, hostRegion: null, isPublicCloudName: false, isPathStyleOnCloudName: false };
  const [text] = v4Texts(signed, reading, { scope, date, additionalHeaders: [] });
  const signature = v4Signature(accessKeySecret, scope, text?.stringToSign ?? "");
  headers.authorization = `OSS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.day}/${scope.region}/oss/aliyun_v4_request, Signature=${signature}`;
  const target = query.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join("&");
  const url = encodeRfc3986(path).replaceAll("%2F", "/") + (target ? `?${target}` : "");
  return send(simulator.port, raw.method, url, headers, raw.body);
}

/** Calls an RPC action signed by ACS3, as the first account unless told otherwise; throws away nothing of the JSON answered. */
export async function callRpc(
  simulator: Simulator,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
  options: { readonly version?: string; readonly nonce?: string; readonly as?: RawCredentials } = {},
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const { accessKeyId, accessKeySecret, securityToken } = signerOf(simulator, options.as);
  const query = Object.entries(parameters);
  const headers: Record<string, string> = {
    host: `localhost:${simulator.port}`,
    "x-acs-action": action,
    "x-acs-version": options.version ?? "2014-05-26",
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": options.nonce ?? randomUUID(),
    "x-acs-content-sha256": createHash("sha256").update("").digest("hex"),
    ...(securityToken === undefined ? {} : { "x-acs-security-token": securityToken }),
  };
  const names = Object.keys(headers).sort();
  const request = { method: "POST", path: "/", query, headers, body: new Uint8Array(0) };
  const signature = acs3Signature(accessKeySecret, acs3StringToSign(request, names));
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  const target = query.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join("&");
  const answer = await send(simulator.port, "POST", `/?${target}`, headers);
  return { status: answer.status, json: JSON.parse(answer.body.toString("utf8")) as Record<string, unknown> };
}

function signerOf(simulator: Simulator, given: RawCredentials | undefined): RawCredentials {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  return given ?? { accessKeyId, accessKeySecret };
}

/** Sends a request as it is. */
export function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = "",
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "localhost", port, method, path, headers, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const whole = Buffer.concat(pieces);
          const flat = Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          );
          const code = /<Code>([^<]*)<\/Code>/.exec(whole.subarray(0, 65_536).toString("utf8"))?.[1] ?? "";
          resolve({ status: response.statusCode ?? 0, headers: flat, body: whole, code });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
