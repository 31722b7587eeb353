import { le16 } from "../volumes/fields.ts";

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
