import type { ClientRequest, IncomingMessage } from "node:http";
import { hiddenPath } from "@sampan/core";
import { type Channels, onChannels } from "./channels.ts";
import type { Facts } from "./debug-line.ts";
import type { Note } from "./debug-log.ts";

/** Parameters of addresses whose values say what is asked for, and are no secrets. All others are left out. */
const shownParameters = ["Action", "RegionId", "uploads", "uploadId", "partNumber", "list-type", "max-keys"];

/** Headers of answers that the cloud's support asks for, or that say why something was refused. */
const idHeaders = ["x-oss-request-id", "x-acs-request-id", "x-request-id"];

interface Exchange {
  readonly id: number;
  readonly sentMs: number;
  isAnswered: boolean;
}

/**
 * Notes each request of HTTP that this process makes, whoever makes it: Node.js tells of all of them. Never a header of a request, a body, or
 * an address's query but for {@link shownParameters}.
 */
export function noteHttp(note: Note): () => void {
  const exchanges = new WeakMap<ClientRequest, Exchange>();
  let lastId = 0;
  const area = "http";
  const begin = (request: ClientRequest): Exchange => {
    const known = exchanges.get(request);
    if (known !== undefined) return known;
    const exchange = { id: ++lastId, sentMs: performance.now(), isAnswered: false };
    exchanges.set(request, exchange);
    note({ area, message: "request", facts: { n: exchange.id, ...requestFacts(request) } });
    return exchange;
  };
  const tookMs = ({ sentMs }: Exchange) => Math.round(performance.now() - sentMs);
  const answered = (request: ClientRequest, response: IncomingMessage): void => {
    const exchange = begin(request);
    if (exchange.isAnswered) return;
    exchange.isAnswered = true;
    const facts = { n: exchange.id, ...requestFacts(request), ...answerFacts(response) };
    note({ area, message: "answer", facts: { ...facts, tookMs: tookMs(exchange) } });
    response.once("close", () => {
      if (!response.complete) {
        note({ area, message: "answer broken off", facts: { n: exchange.id, tookMs: tookMs(exchange) } });
      }
    });
  };
  const channels: Channels = {
    "http.client.request.start": ({ request }: { request: ClientRequest }) => {
      const exchange = begin(request);
      // A tunnel's answer comes to whoever asked for it alone.
      if (request.method === "CONNECT") {
        request.prependOnceListener("connect", (response) => answered(request, response));
      }
      request.once("close", () => {
        if (exchange.isAnswered) return;
        exchange.isAnswered = true;
        note({
          area,
          message: "closed without an answer",
          facts: { n: exchange.id, tookMs: tookMs(exchange) },
        });
      });
    },
    "http.client.response.finish": ({
      request,
      response,
    }: {
      request: ClientRequest;
      response: IncomingMessage;
    }) => answered(request, response),
    "http.client.request.error": ({
      request,
      error,
    }: {
      request: ClientRequest;
      error: NodeJS.ErrnoException;
    }) => {
      const exchange = begin(request);
      exchange.isAnswered = true;
      note({
        area,
        message: "request failed",
        facts: {
          n: exchange.id,
          ...requestFacts(request),
          code: error.code,
          // Of several addresses each has failed by itself.
          error:
            error instanceof AggregateError
              ? error.errors.map(String).join("; ") || error.message
              : error.message,
          tookMs: tookMs(exchange),
        },
      });
    },
  };
  return onChannels(channels);
}

function requestFacts(request: ClientRequest): Facts {
  const base = `${request.protocol}//${request.getHeader("host") ?? request.host}`;
  const isTunnel = request.method === "CONNECT";
  const isHidden = (request as { [hiddenPath]?: unknown })[hiddenPath] === true;
  const url = isTunnel || !URL.canParse(request.path, base) ? undefined : new URL(request.path, base);
  const parameters = Object.fromEntries(
    shownParameters.flatMap((name) => {
      const value = url?.searchParams.get(name);
      return value === null || value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    method: request.method,
    url:
      url === undefined ? (isTunnel ? request.path : base) : `${url.origin}${isHidden ? "/…" : url.pathname}`,
    action: textOf(request.getHeader("x-acs-action")),
    ...(isHidden ? {} : parameters),
    bodyBytes: textOf(request.getHeader("content-length")),
  };
}

function answerFacts(response: IncomingMessage): Facts {
  const { headers, statusCode } = response;
  const id = idHeaders.map((name) => headers[name]).find((value) => value !== undefined);
  return { status: statusCode, requestId: textOf(id), ec: textOf(headers["x-oss-ec"]) };
}

function textOf(value: number | string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value).slice(0, 100);
}
