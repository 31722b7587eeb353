import { setImmediate } from "node:timers/promises";
import { KiB, MiB } from "@sampan/core";
import { viewOf } from "../io/buffers.ts";
import { LzmaDecoder, lzmaProperties } from "./lzma-decoder.ts";
import { PieceReader } from "./piece-reader.ts";
import { assertDictionary, type UnpackLimits } from "./unxz.ts";

/** More than any step of the decoder takes. */
const stepLimitBytes = 20;
const inputBytes = 64 * KiB;
/** A little input may unpack to very much. */
const outputBytes = MiB;
const smallestDictionaryBytes = 4 * KiB;

/**
 * Unpacks a `.lzma` file (LZMA alone, the form from before xz) that is given piece by piece. It has no checksum, and no mark of its
 * own by which it could be told from other files.
 *
 * Holds a dictionary of as many bytes as it fills, at most what the limits allow, and 1 MiB. Bytes behind the end are ignored.
 *
 * @throws `IMAGE_CORRUPT`, `IMAGE_TRUNCATED`; `IMAGE_FORMAT_UNSUPPORTED` for a dictionary beyond the limits; what `pieces` throws.
 */
export async function* unlzma(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: UnpackLimits = {},
): AsyncGenerator<Uint8Array> {
  const reader = new PieceReader(pieces, "LZMA data");
  try {
    const header = viewOf(await reader.take(13));
    const properties = lzmaProperties(header.getUint8(0));
    if (!properties) throw reader.damaged("impossible properties");
    const dictionaryBytes = Math.max(header.getUint32(1, true), smallestDictionaryBytes);
    assertDictionary(reader, dictionaryBytes, limits);
    const sizeField = header.getBigUint64(5, true);
    // All ones: it ends where a mark says so.
    let left = sizeField === 0xffff_ffff_ffff_ffffn ? Number.POSITIVE_INFINITY : Number(sizeField);
    const decoder = new LzmaDecoder(dictionaryBytes);
    decoder.resetState(properties);
    if (!decoder.start(await reader.take(5))) throw reader.damaged("data that begins wrongly");
    while (left > 0) {
      const input = await reader.peek(inputBytes);
      const last = input.length < inputBytes;
      decoder.feed(input);
      const outcome = decoder.run(
        Math.min(decoder.room(), left, outputBytes),
        last ? input.length + 1 : inputBytes - stepLimitBytes,
      );
      // What runs past the end is cut short, which the reader says.
      await reader.take(decoder.at);
      const unpacked = decoder.takeNew();
      left -= unpacked.length;
      yield unpacked;
      if (outcome === "ended" && (left === 0 || left === Number.POSITIVE_INFINITY)) return;
      if (outcome === "ended" || outcome === "damaged") throw reader.damaged("data that makes no sense");
      await setImmediate();
    }
  } finally {
    await reader.close();
  }
}
