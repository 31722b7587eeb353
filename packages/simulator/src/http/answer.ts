import type { ServerResponse } from "node:http";

/** What a handler answers, before it is put on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as UTF-8; a stream must yield exactly `contentLength` bytes. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Length of the body; needed for streams, and for HEAD, which announces a length and sends nothing. */
  readonly contentLength?: number;
}

/** How an answer is spoilt on purpose. */
export interface AnswerSpoiling {
  /** Sends this many bytes of the body, then resets the connection. */
  readonly cutAfterBytes?: number;
  /** Asks the client to close the connection after this answer. */
  readonly close?: boolean;
}

/** Writes an answer and returns the number of body bytes sent. Ends quietly when the client has gone. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
  spoiling: AnswerSpoiling = {},
): Promise<number> {
  const { body } = answer;
  const text = typeof body === "string" ? Buffer.from(body) : undefined;
  const contentLength = text?.length ?? answer.contentLength ?? 0;
  const all: Record<string, string> = { ...headers, ...answer.headers };
  // 204 and 304 have no body by definition, and no length.
  if (answer.status !== 204 && answer.status !== 304) all["Content-Length"] = String(contentLength);
  if (spoiling.close) all.Connection = "close";
  response.writeHead(answer.status, all);
  if (response.req.method === "HEAD" || answer.status === 304) {
    response.end();
    return 0;
  }
  const pieces = text ? [text] : typeof body === "object" ? body : [];
  let sent = 0;
  for await (const piece of pieces) {
    const limit = (spoiling.cutAfterBytes ?? Number.POSITIVE_INFINITY) - sent;
    if (piece.length > limit) {
      response.write(piece.subarray(0, limit), () => response.destroy());
      return sent + limit;
    }
    sent += piece.length;
    if (response.destroyed) return sent;
    if (!response.write(piece)) await roomOrEnd(response);
  }
  response.end();
  return sent;
}

/** Resolves when more may be written, or when nobody listens any more. */
function roomOrEnd(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}
