import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { giveBack } from "./give-back.ts";

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

/** Bytes that wait at most for whoever works on the body, per request; the client is held back then. */
const waitingLimitBytes = 512 * 1024;

/** The body of a request in pieces, as it arrives; the client is held back while a piece is being used. */
export async function* bodyPieces(
  request: IncomingMessage,
  spoiling: BodySpoiling = {},
): AsyncGenerator<Buffer> {
  for await (const batch of bodyBatches(request, spoiling)) yield* batch;
}

/**
 * The body of a request as lists of what has arrived meanwhile: no bytes are copied to join pieces, and large bodies
 * take fewer turns.
 */
async function* bodyBatches(
  request: IncomingMessage,
  spoiling: BodySpoiling = {},
): AsyncGenerator<readonly Buffer[]> {
  const { resetAfterBytes = Number.POSITIVE_INFINITY, bytesPerSecond } = spoiling;
  if (resetAfterBytes <= 0) reset(request);
  if (request.readableEnded) return;
  // A connection lost before anybody listened does not close a second time.
  if (request.destroyed) throw new ConnectionLostError("the client went away before its body was read");
  let received = 0;
  const inbox = new Inbox(request);
  try {
    for (;;) {
      const batch = await inbox.next();
      if (!batch) break;
      const length = batch.reduce((sum, piece) => sum + piece.length, 0);
      received += length;
      if (received >= resetAfterBytes) reset(request);
      if (bytesPerSecond) await wait((length / bytesPerSecond) * 1000);
      yield batch;
    }
  } finally {
    inbox.close();
  }
  if (!request.complete) throw new ConnectionLostError("the client went away while sending its body");
}

/** As {@link bodyBatches}, for large bodies of which nothing is kept: a batch is gone when the next is asked for. */
export async function* passingBatches(
  request: IncomingMessage,
  spoiling: BodySpoiling = {},
): AsyncGenerator<readonly Buffer[]> {
  for await (const batch of bodyBatches(request, spoiling)) {
    yield batch;
    giveBack(batch);
  }
}

/** Collects what arrives of a body until somebody takes it. */
class Inbox {
  readonly #request: IncomingMessage;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on("data", this.#take);
    for (const event of ["end", "close", "error"]) request.on(event, this.#end);
  }

  /** What has arrived since the last call, at least one piece; `undefined` at the end, whole or not. */
  async next(): Promise<readonly Buffer[] | undefined> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      this.#request.resume();
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    if (this.#waiting.length === 0) return undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    // Listening goes on while the batch is being worked on.
    this.#request.resume();
    return batch;
  }

  close(): void {
    this.#request.pause();
    this.#request.off("data", this.#take);
    for (const event of ["end", "close"]) this.#request.off(event, this.#end);
    // A connection that breaks later must not end the process: the listener for errors stays.
  }

  readonly #take = (piece: Buffer): void => {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= waitingLimitBytes) this.#request.pause();
    this.#wake?.();
  };

  readonly #end = (): void => {
    this.#isOver = true;
    this.#wake?.();
  };
}

/** Reads and drops what is left of a body, so that the answer reaches a client that is still sending. */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((done) => {
    for (const event of ["end", "close", "error"]) request.once(event, () => done());
    request.resume();
  });
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
