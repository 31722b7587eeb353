import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";
import { le16, le32, u8 } from "../volumes/fields.ts";
import type { ByteStream } from "./byte-stream.ts";

/** Unpacks what is left of a stream, which begins with the magic number of its kind. Throws any error on damaged data; the caller takes it as "cannot be told". */
type Unpacker = (stream: ByteStream) => AsyncIterable<Uint8Array>;

/** As much as all of an inspection's initramfs may unpack to together, of what is unpacked fastest. */
const limitBytes = 1024 * 1024 * 1024;

/** Bounds the time that unpacking takes, by the bytes it gives: a limit shared by all that is unpacked for one inspection. */
export class UnpackWork {
  #left = limitBytes;

  /** Passes on what is unpacked, each byte counted `cost` times; throws when nothing is left. */
  async *count(pieces: AsyncIterable<Uint8Array>, cost: number): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#left -= piece.length * cost;
      if (this.#left < 0) throw new Error("it unpacks to more than is looked through");
      yield piece;
    }
  }
}

/** No initramfs needs a larger window than zstd's own default limit. */
const maxWindowBytes = 128 * 1024 * 1024;
const maxLz4BlockBytes = 8 * 1024 * 1024;

async function* gunzip(stream: ByteStream): AsyncGenerator<Uint8Array> {
  yield* throughNode(stream.rest(), zlib.createGunzip());
}

async function* throughNode(
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

/** Node has zstd of its own from 22.15 on; before that a decoder in JavaScript does the work, more slowly. */
const nodeZstd = (zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress;

async function* unzstd(stream: ByteStream): AsyncGenerator<Uint8Array> {
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

/** The legacy framing of LZ4 that Linux uses: blocks of up to 8 MiB, each with its packed length before it. */
async function* unlz4(stream: ByteStream): AsyncGenerator<Uint8Array> {
  await needed(stream, 4);
  const out = new Uint8Array(maxLz4BlockBytes);
  for (;;) {
    const field = await stream.take(4);
    if (field === undefined) return;
    const length = le32(field, 0);
    if (length === lz4Magic) continue;
    if (length === 0 || length > maxLz4BlockBytes + 65536) return;
    yield out.slice(0, unpackLz4Block(await needed(stream, length), out));
  }
}

/** Unpacks one LZ4 block and returns how many bytes it gave. */
export function unpackLz4Block(block: Uint8Array, out: Uint8Array): number {
  let from = 0;
  let to = 0;
  const longLength = (start: number): number => {
    let length = start;
    if (start !== 15) return length;
    for (;;) {
      const more = block[from++];
      if (more === undefined) throw new Error("an lz4 block ends early");
      length += more;
      if (more !== 255) return length;
    }
  };
  while (from < block.length) {
    const token = block[from++] as number;
    const literals = longLength(token >>> 4);
    if (from + literals > block.length || to + literals > out.length)
      throw new Error("an lz4 block is too long");
    out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= block.length) break;
    const distance = le16(block, from);
    from += 2;
    const length = longLength(token & 15) + 4;
    if (distance === 0 || distance > to || to + length > out.length)
      throw new Error("an lz4 match is out of place");
    // Source and target may overlap: that repeats a pattern, so bytes are copied one by one.
    for (let i = 0; i < length; i++, to++) out[to] = out[to - distance] as number;
  }
  return to;
}

async function needed(stream: ByteStream, length: number): Promise<Uint8Array> {
  const bytes = await stream.take(length);
  if (bytes === undefined) throw new Error("the packed data ends early");
  return bytes;
}

const lz4Magic = 0x184c2102;

interface Packing {
  readonly matches: (start: Uint8Array) => boolean;
  readonly unpack: Unpacker;
  /** How many times longer than with zlib unpacking a byte takes. */
  readonly cost: number;
}

const packings: readonly Packing[] = [
  { matches: (start) => u8(start, 0) === 0x1f && u8(start, 1) === 0x8b, unpack: gunzip, cost: 1 },
  { matches: (start) => le32(start, 0) === 0xfd2fb528, unpack: unzstd, cost: nodeZstd ? 1 : 2 },
  { matches: (start) => le32(start, 0) === lz4Magic, unpack: unlz4, cost: 2 },
];

/** Unpacks what is left of a stream that begins with `start`; `undefined` when it is packed in no known way. */
export function unpackWith(
  work: UnpackWork,
  start: Uint8Array,
  stream: ByteStream,
): AsyncIterable<Uint8Array> | undefined {
  const packing = packings.find(({ matches }) => matches(start));
  return packing && work.count(packing.unpack(stream), packing.cost);
}
