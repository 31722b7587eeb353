import { setImmediate } from "node:timers/promises";
import { LzmaDecoder, type LzmaProperties, lzmaProperties } from "./lzma-decoder.ts";
import type { PieceReader } from "./piece-reader.ts";

/*
 * LZMA2 (XZ file format 1.2.1, section 5.3.1): chunks of at most 64 KiB packed and 2 MiB unpacked, each with a control byte that
 * says what of the decoder's state is begun anew.
 */

/** Unpacks LZMA2 chunks up to the end that they mark. */
export async function* unpackLzma2(reader: PieceReader, dictionaryBytes: number): AsyncGenerator<Uint8Array> {
  const decoder = new LzmaDecoder(dictionaryBytes);
  let needed: "dictionary" | "properties" | "nothing" = "dictionary";
  for (;;) {
    const [control = 0] = await reader.take(1);
    if (control === 0) return;
    if (control === 1 || control >= 0xe0) {
      decoder.emptyDictionary();
      needed = "properties";
    } else if (needed === "dictionary") throw reader.damaged("an LZMA2 chunk refers to nothing");
    if (control < 0x80) {
      if (control > 2) throw reader.damaged(`an LZMA2 chunk of the unknown kind ${control}`);
      const stored = await reader.take(2);
      yield* copyChunk(reader, decoder, sizeAt(stored, 0) + 1);
      continue;
    }
    const sizes = await reader.take(4);
    const unpackedBytes = ((control & 0x1f) << 16) + sizeAt(sizes, 0) + 1;
    const packedBytes = sizeAt(sizes, 2) + 1;
    if (control >= 0xc0) {
      const [properties = 0] = await reader.take(1);
      decoder.resetState(checkedProperties(reader, properties));
    } else if (needed === "properties") throw reader.damaged("an LZMA2 chunk has no properties");
    else if (control >= 0xa0) decoder.resetState();
    needed = "nothing";
    yield* unpackChunk(reader, decoder, packedBytes, unpackedBytes);
    // The decoder never waits for anything: timers, and the collection of what it leaves behind, must have their turn.
    await setImmediate();
  }
}

function checkedProperties(reader: PieceReader, byte: number): LzmaProperties {
  const properties = lzmaProperties(byte);
  if (!properties || properties.literalContextBits + properties.literalPositionBits > 4)
    throw reader.damaged("impossible LZMA2 properties");
  return properties;
}

async function* copyChunk(
  reader: PieceReader,
  decoder: LzmaDecoder,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  const stored = await reader.take(bytes);
  for (let from = 0; from < bytes; ) {
    const length = Math.min(decoder.room(), bytes - from);
    decoder.copy(stored.subarray(from, from + length));
    yield decoder.takeNew();
    from += length;
  }
}

async function* unpackChunk(
  reader: PieceReader,
  decoder: LzmaDecoder,
  packedBytes: number,
  unpackedBytes: number,
): AsyncGenerator<Uint8Array> {
  const packed = await reader.take(packedBytes);
  if (!decoder.start(packed)) throw reader.damaged("an LZMA2 chunk begins wrongly");
  for (let left = unpackedBytes; left > 0; ) {
    const length = Math.min(decoder.room(), left);
    // The last steps may need no input of their own: only a byte too many shows that something is wrong.
    const outcome = decoder.run(length, packedBytes + 1);
    if (outcome !== "full") throw reader.damaged("an LZMA2 chunk is damaged");
    left -= length;
    yield decoder.takeNew();
  }
  if (!decoder.settled || decoder.at !== packedBytes) throw reader.damaged("an LZMA2 chunk ends wrongly");
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
