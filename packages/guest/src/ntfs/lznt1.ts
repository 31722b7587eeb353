import { SampanError } from "@sampan/core";
import { le16, u8 } from "../volumes/fields.ts";

/** Bytes that are compressed for themselves. */
const chunkBytes = 4096;

/**
 * Unpacks what NTFS compressed with LZNT1 into at most `maxBytes`; what is missing at the end reads as zero.
 *
 * Refuses with `GUEST_FS_CORRUPT` what refers to bytes that are not there. After Microsoft's [MS-XCA] §2.5.
 */
export function unpackLznt1(packed: Uint8Array, maxBytes: number): Uint8Array {
  const bytes = new Uint8Array(maxBytes);
  let from = 0;
  for (let start = 0; start < maxBytes && from + 2 <= packed.length; start += chunkBytes) {
    const head = le16(packed, from);
    if (head === 0) break;
    const length = (head & 0xfff) + 1;
    const end = Math.min(start + chunkBytes, maxBytes);
    from += 2;
    if (from + length > packed.length) throw corrupt("a chunk is longer than what is stored");
    const chunk = packed.subarray(from, from + length);
    if ((head & 0x8000) === 0) bytes.set(chunk.subarray(0, end - start), start);
    else unpackChunk(chunk, bytes, start, end);
    from += length;
  }
  return bytes;
}

function unpackChunk(chunk: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  for (let from = 0; from < chunk.length; ) {
    const kinds = u8(chunk, from++);
    for (let bit = 0; bit < 8 && from < chunk.length; bit++) {
      if (at >= end) return;
      if (((kinds >>> bit) & 1) === 0) {
        bytes[at++] = u8(chunk, from++);
        continue;
      }
      const pair = le16(chunk, from);
      from += 2;
      // The further into the chunk, the more of the sixteen bits tell the distance: four up to byte 16, then one more
      // each time it doubles.
      let lengthBits = 12;
      for (let reach = at - start - 1; reach >= 16; reach >>>= 1) lengthBits--;
      const distance = (pair >>> lengthBits) + 1;
      const length = (pair & ((1 << lengthBits) - 1)) + 3;
      if (distance > at - start) throw corrupt("a chunk refers to bytes before its own");
      for (let i = 0; i < length && at < end; i++, at++) bytes[at] = bytes[at - distance] as number;
    }
  }
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `unpacking a file of NTFS: ${what}`);
}
