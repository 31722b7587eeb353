import {
  decodeBit,
  decodeEvenBits,
  decodeMatchedLiteral,
  decodeReverseTree,
  decodeTree,
  evenOdds,
  type RangeDecoder,
  settle,
} from "./range-decoder.ts";

/*
 * LZMA as 7-Zip's "LZMA specification" (Igor Pavlov, 2015) describes it: literals, matches and repeated matches, each told by bits of
 * a range coder whose probabilities adapt. What is unpacked goes to a ring that is also the dictionary.
 */

/** Where the probabilities of each kind begin. */
const isMatch = 0;
const isRepeat = isMatch + 12 * 16;
const isRepeat0 = isRepeat + 12;
const isRepeat1 = isRepeat0 + 12;
const isRepeat2 = isRepeat1 + 12;
const isLongRepeat0 = isRepeat2 + 12;
const slots = isLongRepeat0 + 12 * 16;
const special = slots + 4 * 64;
const aligned = special + 115;
const matchLength = aligned + 16;
const lengthTables = 2 + 16 * 8 * 2 + 256;
const repeatLength = matchLength + lengthTables;
const literals = repeatLength + lengthTables;
const literalTable = 0x300;

const minimumMatch = 2;

/** How a stream's probabilities are chosen: bits of the last literal, of the position for literals, of the position. */
export interface LzmaProperties {
  readonly literalContextBits: number;
  readonly literalPositionBits: number;
  readonly positionBits: number;
}

/** The properties that a byte stands for; `undefined` when it stands for none. */
export function lzmaProperties(byte: number): LzmaProperties | undefined {
  if (byte >= 9 * 5 * 5) return undefined;
  return {
    literalContextBits: byte % 9,
    literalPositionBits: Math.floor(byte / 9) % 5,
    positionBits: Math.floor(byte / 45),
  };
}

/** What ended a run: all bytes asked for are there, the input is used up, the stream has ended, or makes no sense. */
export type RunEnd = "full" | "hungry" | "ended" | "damaged";

/**
 * Unpacks LZMA data into a ring of `dictionaryBytes`; the system gives memory to as much of it as is ever filled.
 *
 * Bytes are given out by {@link LzmaDecoder.takeNew}; until then they must not be written over, so a run is asked for no more than
 * {@link LzmaDecoder.room}.
 */
export class LzmaDecoder {
  readonly #ring: Uint8Array;
  #coder: RangeDecoder = newCoder(0);
  #properties: LzmaProperties = { literalContextBits: 0, literalPositionBits: 0, positionBits: 0 };
  /** Where in the ring the next byte goes, and from where on bytes have not been given out. */
  #next = 0;
  #given = 0;
  /** Bytes since the dictionary was emptied, and how many of them can be reached. */
  #position = 0;
  #reach = 0;
  #state = 0;
  #distances: [number, number, number, number] = [0, 0, 0, 0];
  /** Bytes of a match for which the last run had no room. */
  #pending = 0;

  constructor(dictionaryBytes: number) {
    this.#ring = new Uint8Array(dictionaryBytes);
  }

  /** Where in the input the next byte stands. */
  get at(): number {
    return this.#coder.at;
  }

  /** Whether the range coder stands where a stream may end. */
  get settled(): boolean {
    return this.#coder.code === 0 && this.#pending === 0;
  }

  /** Forgets what was unpacked. */
  emptyDictionary(): void {
    this.takeNew();
    this.#next = 0;
    this.#given = 0;
    this.#position = 0;
    this.#reach = 0;
  }

  /** Starts with even odds, by new properties or those of before. */
  resetState(properties: LzmaProperties = this.#properties): void {
    const tables = 1 << (properties.literalContextBits + properties.literalPositionBits);
    const size = literals + literalTable * tables;
    if (this.#coder.probabilities.length !== size) this.#coder = newCoder(size);
    this.#properties = properties;
    this.#coder.probabilities.fill(evenOdds);
    this.#state = 0;
    this.#distances = [0, 0, 0, 0];
    this.#pending = 0;
  }

  /** Goes on with other input, which begins with the byte at which the last run stopped. */
  feed(input: Uint8Array): void {
    this.#coder.input = input;
    this.#coder.at = 0;
  }

  /** Starts the range coder by the first five bytes of `input`; false when they cannot begin a stream. */
  start(input: Uint8Array): boolean {
    const coder = this.#coder;
    coder.input = input;
    coder.range = -1;
    coder.code = 0;
    for (coder.at = 1; coder.at < 5; coder.at++) coder.code = (coder.code << 8) | (input[coder.at] as number);
    return input[0] === 0;
  }

  /** How many bytes can be unpacked before what is there must be taken. */
  room(): number {
    if (this.#next === this.#ring.length) {
      this.#next = 0;
      this.#given = 0;
    }
    return this.#ring.length - this.#next;
  }

  /** The bytes that were unpacked since the last call, in memory of their own. */
  takeNew(): Uint8Array {
    const bytes = this.#ring.slice(this.#given, this.#next);
    this.#given = this.#next;
    return bytes;
  }

  /** Takes bytes that were stored as they are; no more than {@link LzmaDecoder.room}. */
  copy(bytes: Uint8Array): void {
    this.#ring.set(bytes, this.#next);
    this.#moved(this.#next + bytes.length);
  }

  /**
   * Unpacks `bytes` bytes, no more than {@link LzmaDecoder.room}, while the input has not come to `inputEnd`. A step takes at most
   * 20 bytes of input.
   */
  run(bytes: number, inputEnd: number): RunEnd {
    const ring = this.#ring;
    const coder = this.#coder;
    const { literalContextBits, literalPositionBits, positionBits } = this.#properties;
    const positionMask = (1 << positionBits) - 1;
    const literalMask = (1 << literalPositionBits) - 1;
    const end = this.#next + bytes;
    const start = this.#next;
    const position = this.#position - start;
    const reach = this.#reach - start;
    let [distance0, distance1, distance2, distance3] = this.#distances;
    let next = start;
    let state = this.#state;
    let pending = this.#pending;
    let outcome: RunEnd = "full";
    for (;;) {
      if (pending > 0) {
        const stop = Math.min(end, next + pending);
        pending -= stop - next;
        next = repeat(ring, next, distance0, stop);
      }
      if (next >= end) break;
      if (coder.at >= inputEnd) {
        outcome = "hungry";
        break;
      }
      const place = (position + next) & positionMask;
      if (decodeBit(coder, isMatch + (state << 4) + place) === 0) {
        const last =
          next > 0 ? (ring[next - 1] as number) : reach > 0 ? (ring[ring.length - 1] as number) : 0;
        const table =
          (((position + next) & literalMask) << literalContextBits) + (last >> (8 - literalContextBits));
        const base = literals + literalTable * table;
        if (state < 7) {
          ring[next++] = decodeTree(coder, base, 8);
          state = state < 4 ? 0 : state - 3;
        } else {
          const from = next - distance0 - 1;
          const matched = ring[from < 0 ? from + ring.length : from] as number;
          ring[next++] = decodeMatchedLiteral(coder, base, matched);
          state = state < 10 ? state - 3 : state - 6;
        }
        continue;
      }
      if (decodeBit(coder, isRepeat + state) === 0) {
        distance3 = distance2;
        distance2 = distance1;
        distance1 = distance0;
        pending = decodeLength(coder, matchLength, place);
        state = state < 7 ? 7 : 10;
        distance0 = decodeDistance(coder, pending);
        if (distance0 === -1) {
          pending = 0;
          outcome = "ended";
          break;
        }
      } else {
        let single = false;
        if (decodeBit(coder, isRepeat0 + state) === 0) {
          single = decodeBit(coder, isLongRepeat0 + (state << 4) + place) === 0;
        } else {
          let distance = distance1;
          if (decodeBit(coder, isRepeat1 + state) === 1) {
            if (decodeBit(coder, isRepeat2 + state) === 0) distance = distance2;
            else {
              distance = distance3;
              distance3 = distance2;
            }
            distance2 = distance1;
          }
          distance1 = distance0;
          distance0 = distance;
        }
        pending = single ? 1 : decodeLength(coder, repeatLength, place);
        if (single) state = state < 7 ? 9 : 11;
        else state = state < 7 ? 8 : 11;
      }
      if (distance0 >>> 0 >= Math.min(reach + next, ring.length)) {
        pending = 0;
        outcome = "damaged";
        break;
      }
    }
    settle(coder);
    this.#state = state;
    this.#pending = pending;
    this.#distances = [distance0, distance1, distance2, distance3];
    this.#moved(next);
    return outcome;
  }

  #moved(next: number): void {
    this.#position += next - this.#next;
    this.#reach = Math.min(this.#reach + next - this.#next, this.#ring.length);
    this.#next = next;
  }
}

function newCoder(size: number): RangeDecoder {
  return { input: new Uint8Array(0), at: 0, range: -1, code: 0, probabilities: new Uint16Array(size) };
}

/** Repeats what stands `distance` + 1 bytes before `next` up to `stop`; gives `stop`. */
function repeat(ring: Uint8Array, next: number, distance: number, stop: number): number {
  let from = next - distance - 1;
  let to = next;
  if (from < 0) {
    from += ring.length;
    while (to < stop && from < ring.length) ring[to++] = ring[from++] as number;
    from = 0;
  }
  // Source and target may overlap: that repeats a pattern, so bytes are copied one by one.
  if (distance === 0) ring.fill(ring[from] as number, to, stop);
  else while (to < stop) ring[to++] = ring[from++] as number;
  return stop;
}

function decodeLength(coder: RangeDecoder, base: number, place: number): number {
  if (decodeBit(coder, base) === 0) return minimumMatch + decodeTree(coder, base + 2 + place * 8, 3);
  if (decodeBit(coder, base + 1) === 0)
    return minimumMatch + 8 + decodeTree(coder, base + 2 + 128 + place * 8, 3);
  return minimumMatch + 16 + decodeTree(coder, base + 2 + 256, 8);
}

/** The distance of a match less one, as a signed number of 32 bits: -1 ends the stream. */
function decodeDistance(coder: RangeDecoder, length: number): number {
  const slot = decodeTree(coder, slots + Math.min(length - minimumMatch, 3) * 64, 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const high = (2 | (slot & 1)) << bits;
  if (slot < 14) return high + decodeReverseTree(coder, special + high - slot, bits);
  return (high + (decodeEvenBits(coder, bits - 4) << 4) + decodeReverseTree(coder, aligned, 4)) | 0;
}
