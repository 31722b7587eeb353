import http from "node:http";
import https from "node:https";
import { hiddenPath, SampanError } from "@sampan/core";
import type { Agents } from "./agents.ts";

/** One request whose answer fits into memory. */
export interface SmallRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  /** Taken as it is, so that what is sent is what was signed; `host` too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query as they were signed; those of the URL when absent. */
  readonly path?: string;
  readonly body?: string;
  /** Bounds the time until there is a connection, in milliseconds. */
  readonly connectMs: number;
  /** Bounds the time from then to the end of the answer, in milliseconds. */
  readonly answerMs: number;
  readonly maxAnswerBytes: number;
  /** True where the path may be a secret: then no log for debugging shows it. */
  readonly hidePath?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SmallAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends a request and gives the whole answer, whatever its status; redirects are not followed, since they would carry signatures
 * and tokens along.
 *
 * Rejects with Node's own errors, whose `code` says why (`ETIMEDOUT` for both bounds of time), or `CLOUD_ANSWER_INVALID` for an answer that
 * is too long.
 */
export function exchangeSmall(request: SmallRequest, agents: Agents): Promise<SmallAnswer> {
  const { method, url, headers, body = "", connectMs, answerMs, signal, hidePath = false } = request;
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http).request({
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      ...(url.port === "" ? {} : { port: url.port }),
      path: request.path ?? `${url.pathname}${url.search}`,
      method,
      agent: secure ? agents.https : agents.http,
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      ...(signal === undefined ? {} : { signal }),
    });
    if (hidePath) Object.assign(outgoing, { [hiddenPath]: true });
    const late = () => outgoing.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    let timer = setTimeout(late, connectMs);
    const connected = () => {
      clearTimeout(timer);
      timer = setTimeout(late, answerMs);
    };
    const settle = (work: () => void) => {
      clearTimeout(timer);
      work();
    };
    outgoing.once("socket", (socket) => {
      if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
      else connected();
    });
    outgoing.on("error", (error) => settle(() => reject(error)));
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > request.maxAnswerBytes) outgoing.destroy(tooLong(url));
        else chunks.push(chunk);
      });
      incoming.on("error", (error) => settle(() => reject(error)));
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        settle(() => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
      });
    });
    outgoing.end(body);
  });
}

function tooLong(url: URL): SampanError {
  return new SampanError("CLOUD_ANSWER_INVALID", `reading the answer of ${url.host}: it is too long`, {
    details: { endpoint: url.host },
  });
}
