import { le16, u8 } from "../volumes/fields.ts";

/**
 * Unpacks one block of LZO1X, as far as the packed bytes or `out` reach, and returns how many bytes it gave. Throws any
 * error on damaged data. Linux, Documentation/staging/lzo.rst.
 */
export function unpackLzoBlock(block: Uint8Array, out: Uint8Array): number {
  let from = 0;
  let to = 0;
  const literals = (count: number): void => {
    if (from + count > block.length || to + count > out.length) throw new Error("an lzo block is too long");
    out.set(block.subarray(from, from + count), to);
    from += count;
    to += count;
  };
  const match = (distance: number, length: number): void => {
    if (distance > to || to + length > out.length) throw new Error("an lzo match is out of place");
    // Source and target may overlap: that repeats a pattern, so bytes are copied one by one.
    for (let i = 0; i < length; i++, to++) out[to] = out[to - distance] as number;
  };
  /** A length that did not fit its bits, which are then zero, goes on in further bytes. */
  const long = (bits: number, most: number): number => {
    if (bits !== 0) return bits;
    let length = most;
    for (; from < block.length; from++) {
      const more = u8(block, from);
      if (more !== 0) {
        from++;
        return length + more;
      }
      length += 255;
    }
    throw new Error("an lzo block ends early");
  };
  // How many literals the last instruction ended with: decides what small instructions mean; 4 stands for a run of them.
  let state = 0;
  if (u8(block, 0) > 17) {
    const count = u8(block, from++) - 17;
    literals(count);
    state = Math.min(count, 4);
  }
  for (;;) {
    if (from >= block.length) throw new Error("an lzo block ends early");
    const code = u8(block, from++);
    if (code < 16 && state === 0) {
      literals(long(code, 15) + 3);
      state = 4;
      continue;
    }
    let tail = code & 3;
    if (code < 16) {
      const distance = (u8(block, from++) << 2) + (code >>> 2);
      if (state === 4) match(distance + 2049, 3);
      else match(distance + 1, 2);
    } else if (code < 64) {
      const far = code < 32;
      const length = far ? long(code & 7, 7) + 2 : long(code & 31, 31) + 2;
      const word = le16(block, from);
      from += 2;
      tail = word & 3;
      if (!far) match((word >>> 2) + 1, length);
      else {
        const distance = ((code & 8) << 11) + (word >>> 2);
        // What would lead nowhere marks the end.
        if (distance === 0) return to;
        match(distance + 16384, length);
      }
    } else {
      const distance = (u8(block, from++) << 3) + ((code >>> 2) & 7) + 1;
      match(distance, code < 128 ? ((code >>> 5) & 1) + 3 : ((code >>> 5) & 3) + 5);
    }
    literals(tail);
    state = tail;
  }
}
