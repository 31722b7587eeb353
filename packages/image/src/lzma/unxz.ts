import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { MiB } from "@sampan/core";
import { viewOf } from "../io/buffers.ts";
import { checkBytes, startCheck } from "./integrity-check.ts";
import { unpackLzma2 } from "./lzma2.ts";
import { PieceReader } from "./piece-reader.ts";
import { readBlockHeader, readNumber, readStreamFooter, readStreamHeader } from "./xz-headers.ts";

/** Limits for {@link unxz} and {@link unlzma}. */
export interface UnpackLimits {
  /** Largest dictionary, which is memory that unpacking may take, in bytes. Default 128 MiB; `xz -9` needs 64 MiB. */
  readonly maximumDictionaryBytes?: number;
}

/**
 * Unpacks an xz file (XZ file format 1.2.1) that is given piece by piece: all its streams and blocks, one after the other. CRC-32, CRC-64 and
 * SHA-256 of the blocks are checked, and the index.
 *
 * Holds a dictionary of as many bytes as it fills, at most what the limits allow, and some 3 MiB. No piece it gives is kept or used
 * again. How much it may give is for the caller to bound: 1 MiB may unpack to 7 GiB of zeros.
 *
 * @throws `IMAGE_CORRUPT`, `IMAGE_TRUNCATED`; `IMAGE_FORMAT_UNSUPPORTED` for filters other than LZMA2 and a dictionary beyond the
 * limits; what `pieces` throws.
 */
export async function* unxz(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: UnpackLimits = {},
): AsyncGenerator<Uint8Array> {
  const reader = new PieceReader(pieces, "xz data");
  try {
    do yield* unpackStream(reader, limits);
    while (await skipPadding(reader));
  } finally {
    await reader.close();
  }
}

async function* unpackStream(reader: PieceReader, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const checkId = await readStreamHeader(reader);
  const blocks = new BlockList();
  while ((await reader.peek(1))[0] !== 0) {
    const header = await readBlockHeader(reader);
    assertDictionary(reader, header.dictionaryBytes, limits);
    const check = startCheck(checkId);
    const start = reader.at;
    let unpackedBytes = 0;
    for await (const piece of unpackLzma2(reader, header.dictionaryBytes)) {
      check?.update(piece);
      unpackedBytes += piece.length;
      yield piece;
    }
    const packedBytes = reader.at - start;
    await skipZeros(reader, -packedBytes & 3);
    const stored = await reader.take(checkBytes[checkId] as number);
    if (check?.digest().some((byte, at) => byte !== stored[at]))
      throw reader.damaged("a block whose checksum is wrong");
    const { headerBytes } = header;
    if (
      (header.packedBytes ?? packedBytes) !== packedBytes ||
      (header.unpackedBytes ?? unpackedBytes) !== unpackedBytes
    )
      throw reader.damaged("a block that is not as long as its header says");
    blocks.add(headerBytes + packedBytes + stored.length, unpackedBytes);
  }
  const indexBytes = await readIndex(reader, blocks);
  await readStreamFooter(reader, checkId, indexBytes);
}

/** Reads the index of a stream, holds it against the blocks there were, and gives its length. */
async function readIndex(reader: PieceReader, blocks: BlockList): Promise<number> {
  const start = reader.at;
  let sum = crc32(await reader.take(1));
  const number = () =>
    readNumber(reader, (byte) => {
      sum = crc32(byte, sum);
    });
  const listed = new BlockList();
  const count = await number();
  if (count !== blocks.count)
    throw reader.damaged(`an index of ${count} blocks behind ${blocks.count} of them`);
  while (listed.count < count) listed.add(await number(), await number());
  sum = crc32(await skipZeros(reader, (start - reader.at) & 3), sum);
  const stored = viewOf(await reader.take(4)).getUint32(0, true);
  if (stored !== sum || listed.digest() !== blocks.digest())
    throw reader.damaged("an index that contradicts its blocks");
  return reader.at - start;
}

/** The blocks of a stream as its index lists them; only a digest is kept. */
class BlockList {
  readonly #hash = createHash("sha256");
  count = 0;

  /** @param storedBytes the length of the block without its padding. */
  add(storedBytes: number, unpackedBytes: number): void {
    this.#hash.update(`${storedBytes} ${unpackedBytes}\n`);
    this.count++;
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

async function skipZeros(reader: PieceReader, count: number): Promise<Uint8Array> {
  const bytes = await reader.take(count);
  if (bytes.some((byte) => byte !== 0)) throw reader.damaged("padding that is not zero");
  return bytes;
}

/** Passes over the zeros behind a stream; false at the end of the file. */
async function skipPadding(reader: PieceReader): Promise<boolean> {
  for (;;) {
    const next = await reader.peek(4);
    if (next.length === 0) return false;
    if (next[0] !== 0) return true;
    await skipZeros(reader, next.length);
  }
}

/** Refuses a dictionary beyond the limits before anything is allocated. */
export function assertDictionary(reader: PieceReader, dictionaryBytes: number, limits: UnpackLimits): void {
  const { maximumDictionaryBytes = 128 * MiB } = limits;
  if (dictionaryBytes <= maximumDictionaryBytes) return;
  throw reader.unsupported(`a dictionary of ${dictionaryBytes} bytes`, {
    dictionaryBytes,
    maximumDictionaryBytes,
  });
}
