/** A binary range decoder over bytes in memory, and the adaptive probabilities it follows. */
export interface RangeDecoder {
  input: Uint8Array;
  /** Where in `input` the next byte stands. It runs past the end of damaged data, where every byte counts as zero. */
  at: number;
  range: number;
  code: number;
  readonly probabilities: Uint16Array;
}

/** A bit that is as likely 0 as 1. */
export const evenOdds = 1024;
const wholeBits = 11;
const whole = 1 << wholeBits;
const adaption = 5;
const topBits = 0xff000000 | 0;
const sign = 0x80000000 | 0;

/*
 * `range` and `code` are unsigned and 32 bits wide, kept as signed numbers, which V8 holds in registers; to compare them, their
 * signs are turned. What is below differs only in which probability follows which: it is written out, since a call for each
 * bit halves the speed.
 */

/** Takes the byte that the next bit would need anyway: a stream may only end where that was done. */
export function settle(coder: RangeDecoder): void {
  if ((coder.range & topBits) !== 0) return;
  coder.range <<= 8;
  coder.code = (coder.code << 8) | (coder.input[coder.at++] as number);
}

/** Decodes one bit by the probability at `index`. */
export function decodeBit(coder: RangeDecoder, index: number): number {
  const { probabilities } = coder;
  let { range, code } = coder;
  if ((range & topBits) === 0) {
    range <<= 8;
    code = (code << 8) | (coder.input[coder.at++] as number);
  }
  const odds = probabilities[index] as number;
  const bound = Math.imul(range >>> wholeBits, odds);
  if ((code ^ sign) < (bound ^ sign)) {
    probabilities[index] = odds + ((whole - odds) >>> adaption);
    coder.range = bound;
    coder.code = code;
    return 0;
  }
  probabilities[index] = odds - (odds >>> adaption);
  coder.range = (range - bound) | 0;
  coder.code = (code - bound) | 0;
  return 1;
}

/** Decodes `count` bits, the highest first, by a tree of probabilities that begins at `base`. */
export function decodeTree(coder: RangeDecoder, base: number, count: number): number {
  const { probabilities, input } = coder;
  let { range, code, at } = coder;
  let node = 1;
  for (let left = count; left > 0; left--) {
    if ((range & topBits) === 0) {
      range <<= 8;
      code = (code << 8) | (input[at++] as number);
    }
    const index = base + node;
    const odds = probabilities[index] as number;
    const bound = Math.imul(range >>> wholeBits, odds);
    if ((code ^ sign) < (bound ^ sign)) {
      probabilities[index] = odds + ((whole - odds) >>> adaption);
      range = bound;
      node <<= 1;
    } else {
      probabilities[index] = odds - (odds >>> adaption);
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      node = (node << 1) | 1;
    }
  }
  coder.range = range;
  coder.code = code;
  coder.at = at;
  return node - (1 << count);
}

/** Decodes `count` bits, the lowest first, by a tree of probabilities that begins at `base`. */
export function decodeReverseTree(coder: RangeDecoder, base: number, count: number): number {
  let node = 1;
  let value = 0;
  for (let place = 0; place < count; place++) {
    const bit = decodeBit(coder, base + node);
    node = (node << 1) | bit;
    value |= bit << place;
  }
  return value;
}

/** Decodes `count` bits, the highest first, that are as likely 0 as 1. */
export function decodeEvenBits(coder: RangeDecoder, count: number): number {
  const { input } = coder;
  let { range, code, at } = coder;
  let value = 0;
  for (let left = count; left > 0; left--) {
    if ((range & topBits) === 0) {
      range <<= 8;
      code = (code << 8) | (input[at++] as number);
    }
    range >>>= 1;
    if ((code ^ sign) < (range ^ sign)) value <<= 1;
    else {
      code = (code - range) | 0;
      value = (value << 1) | 1;
    }
  }
  coder.range = range;
  coder.code = code;
  coder.at = at;
  return value;
}

/**
 * Decodes a literal that follows a match: its bits are tied to those of the byte the match would have gone on with, up to the first
 * that differs.
 */
export function decodeMatchedLiteral(coder: RangeDecoder, base: number, matched: number): number {
  let node = 1;
  let byte = matched;
  let offset = 0x100;
  while (node < 0x100) {
    byte <<= 1;
    const expected = byte & offset;
    if (decodeBit(coder, base + offset + expected + node) === 0) {
      node <<= 1;
      offset &= ~byte;
    } else {
      node = (node << 1) | 1;
      offset &= byte;
    }
  }
  return node & 0xff;
}
