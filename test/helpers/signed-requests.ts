import { createHash, createHmac, randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";

/*
 * Requests to OSS (V4) and to ECS (ACS3), signed here and sent bare: for tests that must know exactly what was sent and
 * answered, and that count what a client would repeat by itself.
 */

/** Where to send, and as whom. */
export interface Endpoint {
  readonly port: number;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true });
const region = "cn-hangzhou";
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Sends a request to OSS; `path` is `/bucket/key` with nothing in it that needs escaping. */
export function askOss(
  endpoint: Endpoint,
  method: string,
  path: string,
  options: {
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer | string;
  } = {},
): Promise<Reply> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const own: Record<string, string> = {
    ...options.headers,
    "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
    "x-oss-date": date,
  };
  const signed = Object.keys(own)
    .filter((name) => name.startsWith("x-oss-") || name === "content-type" || name === "content-md5")
    .sort()
    .map((name) => `${name}:${own[name]}\n`);
  const query = Object.entries(options.query ?? {})
    .map(([name, value]) => (value === "" ? name : `${name}=${encodeURIComponent(value)}`))
    .sort()
    .join("&");
  const canonical = [method, path, query, signed.join(""), "", "UNSIGNED-PAYLOAD"].join("\n");
  const words = [date.slice(0, 8), region, "oss", "aliyun_v4_request"];
  const key = words.reduce<string | Buffer>(hmac, `aliyun_v4${endpoint.accessKeySecret}`);
  const text = ["OSS4-HMAC-SHA256", date, words.join("/"), sha256(canonical)].join("\n");
  own.authorization = `OSS4-HMAC-SHA256 Credential=${endpoint.accessKeyId}/${words.join("/")},Signature=${hmac(key, text).toString("hex")}`;
  return send(endpoint.port, method, query === "" ? path : `${path}?${query}`, own, options.body);
}

/** Calls an action of ECS and reads its JSON. */
export async function askEcs(
  endpoint: Endpoint,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const headers: Record<string, string> = {
    host: `localhost:${endpoint.port}`,
    "x-acs-action": action,
    "x-acs-version": "2014-05-26",
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-content-sha256": sha256(""),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = ["POST", "/", query, lines, names.join(";"), sha256("")].join("\n");
  const signature = hmac(endpoint.accessKeySecret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString("hex");
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${endpoint.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  const { status, body } = await send(endpoint.port, "POST", `/?${query}`, headers);
  return { status, json: JSON.parse(body.toString("utf8")) as Record<string, unknown> };
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string = "",
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, agent };
    const request = httpRequest(options, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        if (!response.complete) return reject(new Error("the answer was cut off"));
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
