import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** How the reading of a request is spoilt on purpose. */
export interface BodySpoiling {
  /** Reads this many bytes, then resets the connection. */
  readonly resetAfterBytes?: number;
  /** Reads no faster than this. */
  readonly bytesPerSecond?: number;
}

/** Thrown when the client went away, or was cut off by a fault, before its body was complete. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** Thrown when a body that must fit in memory is larger than allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** The body of a request in pieces, as it arrives; the client is held back while a piece is being used. */
export async function* bodyPieces(
  request: IncomingMessage,
  spoiling: BodySpoiling = {},
): AsyncGenerator<Buffer> {
  const { resetAfterBytes = Number.POSITIVE_INFINITY, bytesPerSecond } = spoiling;
  let received = 0;
  if (resetAfterBytes <= 0) reset(request);
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      received += piece.length;
      if (received >= resetAfterBytes) reset(request);
      if (bytesPerSecond) await wait((piece.length / bytesPerSecond) * 1000);
      yield piece;
    }
  } catch (error) {
    if (request.complete || error instanceof ConnectionLostError) throw error;
    throw new ConnectionLostError("the client went away while sending its body", { cause: error });
  }
  if (!request.complete) throw new ConnectionLostError("the client went away while sending its body");
}

/** Reads and drops what is left of a body, so that the answer reaches a client that is still sending. */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  try {
    for await (const _ of request.iterator({ destroyOnReturn: false })) {
      // Dropped.
    }
  } catch {
    // A client that has gone needs no answer.
  }
}

/** Reads a body that must be small. */
export async function readWholeBody(
  request: IncomingMessage,
  limitBytes: number,
  spoiling?: BodySpoiling,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bodyPieces(request, spoiling)) {
    length += piece.length;
    if (length > limitBytes) throw new BodyTooLargeError(`the body is larger than ${limitBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function reset(request: IncomingMessage): never {
  request.socket.resetAndDestroy();
  throw new ConnectionLostError("the connection was reset by a fault");
}
