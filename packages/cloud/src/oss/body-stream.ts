import { Readable } from "node:stream";

const chunkBytes = 64 * 1024;

/** How the bytes of a part leave. */
export interface BodyHooks {
  /** Awaited before each chunk: holds a limit of bandwidth. */
  readonly pace?: ((bytes: number) => Promise<void>) | undefined;
  /** Told after each chunk was handed to the connection. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** A stream over `body` in chunks of 64 KiB, without copying. */
export function bodyStream(body: Uint8Array, hooks: BodyHooks): Readable {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Readable.from(chunks(bytes, hooks), { objectMode: false, highWaterMark: chunkBytes });
}

async function* chunks(bytes: Buffer, { pace, onSent }: BodyHooks): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    const chunk = bytes.subarray(offset, offset + chunkBytes);
    await pace?.(chunk.length);
    yield chunk;
    onSent?.(chunk.length);
  }
}
