import type { ByteRange } from "@sampan/core";

/** A small deterministic random generator (mulberry32), so that a failing cut can be had again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cuts `[0, sizeBytes)` at random places and shuffles the pieces. */
export function shuffledCuts(sizeBytes: number, pieces: number, seed: number): ByteRange[] {
  const random = seededRandom(seed);
  const places = Array.from({ length: pieces - 1 }, () => Math.floor(random() * (sizeBytes + 1)));
  const edges = [0, ...places.sort((a, b) => a - b), sizeBytes];
  const ranges = edges.slice(1).map((end, index) => ({
    offset: edges[index] as number,
    length: end - (edges[index] as number),
  }));
  for (let index = ranges.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [ranges[index], ranges[other]] = [ranges[other] as ByteRange, ranges[index] as ByteRange];
  }
  return ranges;
}

/** Reads everything, by one read. */
export async function readAll(source: {
  readonly sizeBytes: number;
  read(range: ByteRange, into: Uint8Array): Promise<void>;
}): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.sizeBytes);
  // Not zero, so that bytes a read forgets are seen.
  bytes.fill(0xa5);
  await source.read({ offset: 0, length: bytes.length }, bytes);
  return bytes;
}

/** Where two buffers first differ; -1 when they are equal. Quick where `toEqual` would walk millions of numbers. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return -1;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return index;
  return length;
}
