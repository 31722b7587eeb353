import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";
import { le16, le32, u8 } from "../volumes/fields.ts";
import { type ByteStream, needed } from "./byte-stream.ts";
import { throughNode } from "./through-node.ts";

/** Nobody needs a larger window than zstd's own default limit. */
const maxWindowBytes = 128 * 1024 * 1024;

/** The magic number, little-endian. */
export const zstdMagic = 0xfd2fb528;

/** Node has zstd of its own from 22.15 on; before that a decoder in JavaScript does the work, more slowly. */
const nodeZstd = (zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress;

/** How many times longer than with zlib unpacking a byte takes. */
export const zstdCost = nodeZstd ? 1 : 3;

/** Unpacks the first frame of zstd data. Throws any error on damaged data. */
export async function* unzstd(stream: ByteStream): AsyncGenerator<Uint8Array> {
  if (nodeZstd) {
    yield* throughNode(firstZstdFrame(stream), nodeZstd());
    return;
  }
  const out: Uint8Array[] = [];
  const decoder = new Decompress((piece) => out.push(piece));
  for await (const piece of firstZstdFrame(stream)) {
    decoder.push(piece);
    yield* out.splice(0);
  }
}

/**
 * The first frame of zstd data (RFC 8878), header and blocks one by one. Its window is checked before a decoder may
 * allocate it, and nothing behind the frame ever reaches the decoder.
 */
async function* firstZstdFrame(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const start = await stream.peek(18);
  const descriptor = u8(start, 4);
  const single = (descriptor & 0x20) !== 0;
  const sizeField = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const idField = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const headerBytes = 5 + (single ? 0 : 1) + idField + sizeField;
  const exponent = u8(start, 5) >>> 3;
  const sizeAt = headerBytes - sizeField;
  const contentBytes =
    sizeField === 1
      ? u8(start, sizeAt)
      : sizeField === 2
        ? le16(start, sizeAt) + 256
        : sizeField === 4
          ? le32(start, sizeAt)
          : Number.POSITIVE_INFINITY;
  const windowBytes = single ? contentBytes : 2 ** (10 + exponent) * (1 + (u8(start, 5) & 7) / 8);
  if (windowBytes > maxWindowBytes) throw new Error(`a zstd window of ${windowBytes} bytes`);
  yield (await needed(stream, headerBytes)).slice();
  for (let last = false; !last; ) {
    const header = await stream.peek(3);
    const bits = u8(header, 0) | (u8(header, 1) << 8) | (u8(header, 2) << 16);
    last = (bits & 1) === 1;
    const runLength = ((bits >>> 1) & 3) === 1;
    yield (await needed(stream, 3 + (runLength ? 1 : bits >>> 3))).slice();
  }
  if ((descriptor & 4) !== 0) yield (await needed(stream, 4)).slice();
}
