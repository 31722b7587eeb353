import { Readable, type Transform } from "node:stream";

/** Unpacks through a stream of Node's own. Throws any error on damaged data, and what `packed` throws. */
export async function* throughNode(
  packed: AsyncIterable<Uint8Array>,
  unpack: Transform,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(packed, { objectMode: false });
  input.on("error", (error) => unpack.destroy(error));
  try {
    yield* input.pipe(unpack) as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
    unpack.destroy();
  }
}
