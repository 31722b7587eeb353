import * as zlib from "node:zlib";
import { MiB } from "@sampan/core";
import { unlzma, unxz } from "@sampan/image";
import { type ByteStream, needed } from "../unpack/byte-stream.ts";
import { unpackLz4Block } from "../unpack/lz4.ts";
import { throughNode } from "../unpack/through-node.ts";
import { unzstd, zstdCost, zstdMagic } from "../unpack/zstd.ts";
import { hasText, le32, u8 } from "../volumes/fields.ts";
import { unlzop } from "./lzop.ts";

/** Unpacks what is left of a stream, which begins with the magic number of its kind. Throws any error on damaged data; the caller takes it as "cannot be told". */
type Unpacker = (stream: ByteStream, work: UnpackWork) => AsyncIterable<Uint8Array>;

/** As much as all of an inspection's initramfs may unpack to together, of what is unpacked fastest. */
const defaultLimitBytes = 1024 * 1024 * 1024;

/** A piece takes time however small it is. */
const pieceCostBytes = 512;

/** Bounds the time that unpacking takes, by the bytes it gives: a limit shared by all that is unpacked for one inspection. */
export class UnpackWork {
  #left: number;

  constructor(limitBytes = defaultLimitBytes) {
    this.#left = limitBytes;
  }

  /** Passes on what is packed or unpacked, each byte counted `cost` times; throws when nothing is left. */
  async *count(pieces: AsyncIterable<Uint8Array>, cost: number): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#left -= (piece.length + pieceCostBytes) * cost;
      if (this.#left < 0) throw new Error("it unpacks to more than is looked through");
      yield piece;
    }
  }
}

/** xz and LZMA: what an initramfs packed with `xz -9` needs. */
const limits = { maximumDictionaryBytes: 64 * MiB };
/** Each packed byte of theirs takes longer than all that it unpacks to. */
const lzmaInputCost = 20;
const maxLz4BlockBytes = 8 * 1024 * 1024;

async function* gunzip(stream: ByteStream): AsyncGenerator<Uint8Array> {
  yield* throughNode(stream.rest(), zlib.createGunzip());
}

/** The legacy framing of LZ4 that Linux uses: blocks of up to 8 MiB, each with its packed length before it. */
async function* unlz4(stream: ByteStream): AsyncGenerator<Uint8Array> {
  await needed(stream, 4);
  const out = new Uint8Array(maxLz4BlockBytes);
  for (;;) {
    const field = await stream.take(4);
    if (field === undefined) return;
    const length = le32(field, 0);
    if (length === lz4Magic) {
      // Counts as a piece: a damaged file may have nothing else.
      yield out.subarray(0, 0);
      continue;
    }
    if (length === 0 || length > maxLz4BlockBytes + 65536) return;
    yield out.slice(0, unpackLz4Block(await needed(stream, length), out));
  }
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
  { matches: (start) => le32(start, 0) === zstdMagic, unpack: unzstd, cost: zstdCost },
  { matches: (start) => le32(start, 0) === lz4Magic, unpack: unlz4, cost: 3 },
  {
    matches: (start) => hasText(start, 0, "\xfd7zXZ\0"),
    unpack: (stream, work) => unxz(work.count(stream.rest(), lzmaInputCost), limits),
    cost: 3,
  },
  // LZMA has no magic number: the kernel too takes these bytes as such.
  {
    matches: (start) => u8(start, 0) === 0x5d && u8(start, 1) === 0,
    unpack: (stream, work) => unlzma(work.count(stream.rest(), lzmaInputCost), limits),
    cost: 3,
  },
  { matches: (start) => hasText(start, 0, "\x89LZO\0"), unpack: unlzop, cost: 4 },
];

/** Unpacks what is left of a stream that begins with `start`; `undefined` when it is packed in no known way. */
export function unpackWith(
  work: UnpackWork,
  start: Uint8Array,
  stream: ByteStream,
): AsyncIterable<Uint8Array> | undefined {
  const packing = packings.find(({ matches }) => matches(start));
  return packing && work.count(packing.unpack(stream, work), packing.cost);
}
