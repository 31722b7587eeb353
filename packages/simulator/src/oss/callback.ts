import { request as httpRequest } from "node:http";
import type { Answer } from "../http/answer.ts";
import { encodeRfc3986 } from "../http/url.ts";
import { headerOf, invalidArgument, type OssCall, queryOf } from "./call.ts";
import { OssError } from "./errors.ts";
import type { ObjectRecord } from "./records.ts";

/** OSS waits five seconds for the application's server. */
const answerLimitMs = 5000;
const answerLimitBytes = 1024 * 1024;
const urlLimit = 5;

/** What a caller wants to be told to its server once the object is stored. */
export interface Callback {
  readonly urls: readonly URL[];
  readonly host: string | undefined;
  readonly body: string;
  readonly bodyType: "application/x-www-form-urlencoded" | "application/json";
  /** The caller's own variables, by name with `x:` in front. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Reads the callback of a call: `x-oss-callback` and `x-oss-callback-var`, or the parameters `callback` and
 * `callback-var` of a signed URL, each JSON in Base64. `InvalidArgument` when it cannot be read.
 */
export function readCallback(call: OssCall): Callback | undefined {
  const text = headerOf(call, "x-oss-callback") ?? queryOf(call, "callback");
  if (text === undefined || text === "") return undefined;
  const variables = headerOf(call, "x-oss-callback-var") ?? queryOf(call, "callback-var");
  return parseCallback(text, variables === undefined ? new Map() : parseVariables(variables));
}

/** Reads a callback from its Base64 text; `InvalidArgument` when it cannot be read. */
export function parseCallback(text: string, variables: ReadonlyMap<string, string>): Callback {
  const fields = decodeJson(text, "callback");
  const urls = (fields.get("callbackUrl") ?? "").split(";").filter((url) => url !== "");
  const body = fields.get("callbackBody") ?? "";
  const bodyType = fields.get("callbackBodyType") ?? "application/x-www-form-urlencoded";
  if (urls.length < 1 || urls.length > urlLimit || body === "") throw unreadable("callback", text);
  if (bodyType !== "application/json" && bodyType !== "application/x-www-form-urlencoded") {
    throw unreadable("callback", text);
  }
  return {
    urls: urls.map((url) => {
      const absolute = /^https?:\/\//.test(url) ? url : `http://${url}`;
      if (!URL.canParse(absolute)) throw unreadable("callback", text);
      return new URL(absolute);
    }),
    host: fields.get("callbackHost"),
    body,
    bodyType,
    variables,
  };
}

/**
 * Tells the application's server of a stored object and answers with what it says. The object stays whatever happens; when no
 * server answers 200 with JSON, the caller gets `CallbackFailed` with status 203.
 *
 * Only loopback addresses are called: a simulator does not talk to the world. The request is not signed, since only OSS has
 * the key for that. Source: vendor page "Upload callbacks", 2025-02.
 */
export async function answerCallback(
  call: OssCall,
  callback: Callback | undefined,
  object: ObjectRecord,
  answer: Answer,
): Promise<Answer> {
  if (!callback) return answer;
  const body = fillIn(callback, systemVariables(call, object));
  let failure = "";
  for (const url of callback.urls) {
    try {
      const text = await post(url, callback, body);
      return { status: 200, headers: { ...answer.headers, "Content-Type": "application/json" }, body: text };
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  throw new OssError("CallbackFailed", { status: 203, message: failure, headers: { ...answer.headers } });
}

function systemVariables(call: OssCall, object: ObjectRecord): ReadonlyMap<string, string | number> {
  return new Map<string, string | number>([
    ["bucket", object.bucket],
    ["object", object.key],
    ["etag", object.etag],
    ["size", object.content.sizeBytes],
    ["mimeType", object.headers["content-type"] ?? "application/octet-stream"],
    ["crc64", object.crc64 ?? ""],
    ["contentMd5", headerOf(call, "content-md5") ?? ""],
    ["operation", call.operation],
    ["clientIp", call.incoming.socket.remoteAddress ?? ""],
    ["reqId", call.requestId],
  ]);
}

/** Fills the variables of a body in: percent-encoded in a form, as JSON values in JSON. Unknown ones become empty. */
function fillIn(callback: Callback, system: ReadonlyMap<string, string | number>): string {
  return callback.body.replace(/\$\{([^{}]{1,256})\}/g, (_whole, name: string) => {
    const value = callback.variables.get(name) ?? system.get(name) ?? "";
    return callback.bodyType === "application/json" ? JSON.stringify(value) : encodeRfc3986(String(value));
  });
}

function post(url: URL, callback: Callback, body: string): Promise<string> {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  if (
    url.protocol !== "http:" ||
    !(name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name))
  ) {
    throw new Error(`The simulator calls back only plain HTTP on loopback addresses, not ${url.host}.`);
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: name,
        port: url.port || 80,
        path: `${url.pathname}${url.search}`,
        method: "POST",
        agent: false,
        signal: AbortSignal.timeout(answerLimitMs),
        headers: {
          Host: callback.host ?? url.host,
          "User-Agent": "aliyun-oss-callback",
          "Content-Type": callback.bodyType,
          "Content-Length": Buffer.byteLength(body),
        },
      },
      (response) => {
        const pieces: Buffer[] = [];
        let length = 0;
        response.on("data", (piece: Buffer) => {
          length += piece.length;
          if (length > answerLimitBytes) request.destroy(new Error("Response body is too large."));
          else pieces.push(piece);
        });
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(pieces).toString("utf8");
          if (response.statusCode !== 200) reject(new Error(`Error status : ${response.statusCode}.`));
          else if (!isJson(text)) reject(new Error("Response body is not valid json format."));
          else resolve(text);
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseVariables(text: string): ReadonlyMap<string, string> {
  const variables = decodeJson(text, "callback-var");
  for (const name of variables.keys()) if (!name.startsWith("x:")) throw unreadable("callback-var", text);
  return variables;
}

/** The fields of a JSON object in Base64 that are text, numbers or flags. */
function decodeJson(base64: string, name: string): ReadonlyMap<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    throw unreadable(name, base64);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreadable(name, base64);
  return new Map(
    Object.entries(value)
      .filter(([, field]) => ["string", "number", "boolean"].includes(typeof field))
      .map(([key, field]) => [key, String(field)]),
  );
}

function unreadable(name: string, value: string): Error {
  return invalidArgument(name, value.slice(0, 1024), { message: "The callback configuration is not valid." });
}
