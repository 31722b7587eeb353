import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { cancelledError, throwIfCancelled } from "@sampan/core";
import { type Agents, makeAgents } from "../connecting/agents.ts";
import type { ConnectionOptions } from "../connection-options.ts";

/** One call to OSS: what it may take, and what came of it. */
export interface OssExchange {
  readonly signal: AbortSignal | undefined;
  /** Bounds the whole call, sending included. */
  readonly timeoutMs: number;
  /** Bounds the time in which not one byte moves. */
  readonly idleMs: number;
  readonly maxAnswerBytes: number;
  /** The last answer, whatever its status. */
  answer?: OssAnswer;
  /** Why no answer came. */
  failure?: TransportFailure;
}

export interface OssAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why a call brought no answer; cancelling is told apart by the signal. */
export interface TransportFailure {
  readonly kind: "network" | "timeout" | "too-large" | "cancelled";
  readonly code?: string;
  readonly reason: string;
  readonly error?: Error;
}

/** What ali-oss hands to its HTTP client, as far as Sampan's calls use it. */
interface ClientRequest {
  readonly method: string;
  readonly headers: Record<string, string | number>;
  readonly content?: string | Buffer;
  readonly stream?: Readable | null;
}

const connectMs = 10_000;

/**
 * The HTTP client under ali-oss, given to it as its option `urllib`.
 *
 * The client ali-oss brings along cannot cancel a request, runs its answer timer while the body is still being sent,
 * writes agent state and headers into messages, prints to the console when a stream fails, and its global agent can end
 * the process with an unhandled EPIPE (all measured with 6.23.0). This one does none of it: signing, addressing and XML stay
 * with ali-oss, bytes and sockets are handled here. The limits of a call travel in an {@link OssExchange} through async
 * context, since ali-oss has no way to pass them on.
 */
export class OssTransport {
  readonly #agents: Agents;
  readonly #current = new AsyncLocalStorage<OssExchange>();

  constructor(connection?: ConnectionOptions) {
    this.#agents = makeAgents(connection);
  }

  /** Runs a call of the client under the limits of `exchange`, which afterwards holds the answer or the failure. */
  run<T>(exchange: OssExchange, call: () => Promise<T>): Promise<T> {
    throwIfCancelled(exchange.signal);
    return this.#current.run(exchange, call);
  }

  /** Called by ali-oss: sends one request and gives the whole answer. */
  async request(url: string, request: ClientRequest) {
    const exchange = this.#current.getStore();
    if (exchange === undefined) throw new Error("a request outside of any exchange");
    try {
      const answer = await this.#exchange(url, request, exchange);
      exchange.answer = answer;
      const { status, headers, body } = answer;
      return { data: body, status, headers, res: { status, statusCode: status, headers, size: body.length } };
    } catch (thrown) {
      request.stream?.destroy();
      exchange.failure = failureOf(thrown);
      // ali-oss rewrites what is thrown here; the caller reads `exchange.failure` instead.
      throw Object.assign(new Error("no answer"), { status: -1 });
    }
  }

  /** Closes every connection; calls going on break off. */
  close(): void {
    this.#agents.destroy();
  }

  #exchange(url: string, request: ClientRequest, exchange: OssExchange): Promise<OssAnswer> {
    return new Promise((resolve, reject) => {
      const { protocol, hostname, port } = new URL(url);
      const secure = protocol === "https:";
      // The path is taken as it was signed: a parser would resolve `.` and `..` in a key.
      const path = url.slice(url.indexOf("/", protocol.length + 2));
      const outgoing = (secure ? https : http).request({
        hostname: hostname.replace(/^\[|\]$/g, ""),
        ...(port === "" ? {} : { port }),
        path,
        method: request.method,
        headers: request.headers,
        agent: secure ? this.#agents.https : this.#agents.http,
      });

      const stop = (failure: TransportFailure) => {
        settle();
        reject(failure);
        outgoing.destroy();
      };
      const onAbort = () =>
        stop({ kind: "cancelled", reason: "cancelled", error: cancelledError(exchange.signal?.reason) });
      const whole = setTimeout(
        () => stop({ kind: "timeout", reason: `no answer after ${Math.round(exchange.timeoutMs / 1000)} s` }),
        exchange.timeoutMs,
      );
      const connecting = setTimeout(
        () => stop({ kind: "timeout", reason: `no connection after ${connectMs / 1000} s` }),
        connectMs,
      );
      const settle = () => {
        clearTimeout(whole);
        clearTimeout(connecting);
        exchange.signal?.removeEventListener("abort", onAbort);
      };

      exchange.signal?.addEventListener("abort", onAbort, { once: true });
      outgoing.once("socket", (socket) => {
        const connected = () => clearTimeout(connecting);
        if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
        else connected();
      });
      outgoing.setTimeout(exchange.idleMs, () =>
        stop({ kind: "timeout", reason: `no byte moved for ${Math.round(exchange.idleMs / 1000)} s` }),
      );
      // Stays attached for good: a late EPIPE after an early answer must find a listener.
      let answering = false;
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        if (answering) return;
        settle();
        reject(networkFailure(error));
      });
      outgoing.once("response", (incoming) => {
        answering = true;
        readAnswer(incoming, exchange.maxAnswerBytes).then(
          (answer) => {
            settle();
            resolve(answer);
            // An answer before the body was sent: the connection cannot be used again.
            if (!outgoing.writableFinished) outgoing.destroy();
          },
          (error) => {
            settle();
            reject(error);
            outgoing.destroy();
          },
        );
      });

      if (request.stream) pipeline(request.stream, outgoing, () => {});
      else outgoing.end(request.content);
    });
  }
}

async function readAnswer(incoming: http.IncomingMessage, maxBytes: number): Promise<OssAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw {
        kind: "too-large",
        reason: `the answer is longer than ${maxBytes} bytes`,
      } satisfies TransportFailure;
    }
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

function networkFailure(error: NodeJS.ErrnoException): TransportFailure {
  return {
    kind: "network",
    ...(error.code === undefined ? {} : { code: error.code }),
    reason: error.message,
    error,
  };
}

function failureOf(thrown: unknown): TransportFailure {
  if (typeof thrown === "object" && thrown !== null && "kind" in thrown && "reason" in thrown) {
    return thrown as TransportFailure;
  }
  return networkFailure(thrown instanceof Error ? thrown : new Error(String(thrown)));
}
