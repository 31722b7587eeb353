import { Readable, type Transform } from "node:stream";
import { setImmediate } from "node:timers/promises";
import * as zlib from "node:zlib";
import { SampanError } from "@sampan/core";

/** Blocks between two turns of the event loop. */
const turnBlocks = 64;

/** Node has zstd of its own from 22.15 on; before that fzstd does the work, more slowly and without a look at checksums. */
const nodeZstd = (zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress;

/**
 * Unpacks one frame that is given piece by piece: the header, each block, the checksum, nothing behind them. No piece it gives
 * is kept or used again.
 *
 * @throws `IMAGE_CORRUPT` for damaged data.
 */
export async function* unzstdFrame(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  at: number,
): AsyncGenerator<Uint8Array> {
  try {
    if (nodeZstd) {
      yield* throughTransform(pieces, nodeZstd());
      return;
    }
    const { Decompress } = await import("fzstd");
    const out: Uint8Array[] = [];
    const decoder = new Decompress((piece) => out.push(piece));
    // A block unpacks to 128 KiB at most, so no more than that is ever waiting.
    let count = 0;
    for await (const piece of pieces) {
      decoder.push(piece);
      yield* out.splice(0);
      // The decoder never waits for anything: timers and the collection of what it leaves behind must have their turn.
      if (++count % turnBlocks === 0) await setImmediate();
    }
  } catch (error) {
    if (error instanceof SampanError) throw error;
    throw new SampanError("IMAGE_CORRUPT", `unpacking the zstd frame at ${at}, which is damaged`, {
      cause: error,
      details: { offset: at },
    });
  }
}

/** What a transform of Node makes of some bytes; ends both when the reader stops early. */
export async function* throughTransform(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(pieces, { objectMode: false });
  input.on("error", (error) => transform.destroy(error));
  try {
    yield* input.pipe(transform) as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
    transform.destroy();
  }
}
