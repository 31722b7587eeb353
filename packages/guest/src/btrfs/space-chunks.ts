import { le16, le64 } from "../volumes/fields.ts";
import { type StrictSuperblock, unsupportedBtrfs } from "./strict-superblock.ts";
import { corruptBtrfs } from "./superblock.ts";

/** A stretch of logical addresses and where on the device it lies; with DUP in two places, both with the same bytes. */
export interface Chunk {
  readonly start: number;
  readonly length: number;
  /** What it holds and how it is spread, as block groups repeat it. */
  readonly flags: number;
  readonly places: readonly number[];
}

/** More are not read: they have 256 MiB or more on all but small devices. */
export const maximumChunks = 65_536;
const headBytes = 48;
const stripeBytes = 32;
/** Every way to spread bytes over stripes; DUP keeps two copies, and the others are refused where they have more than one stripe. */
const profiles = { all: 0x7f8, duplicate: 0x20, striped: 0x8 } as const;

/** Reads a chunk item: Linux, `struct btrfs_chunk`. Returns it with its length in bytes. */
export function parseChunk(
  item: Uint8Array,
  start: number,
  superblock: Pick<StrictSuperblock, "device" | "deviceBytes" | "sectorBytes">,
): { readonly chunk: Chunk; readonly itemBytes: number } {
  const stripes = le16(item, 44);
  const itemBytes = headBytes + stripes * stripeBytes;
  const length = le64(item, 0);
  const flags = le64(item, 24);
  const profile = flags & profiles.all;
  const copies = profile === profiles.duplicate ? 2 : 1;
  if (
    flags > 0x7ff ||
    (profile !== 0 && profile !== profiles.duplicate && profile !== profiles.striped) ||
    stripes !== copies
  )
    throw unsupportedBtrfs(`${stripes} stripes in a chunk of kind ${flags.toString(16)}`);
  if (
    item.length < itemBytes ||
    length === 0 ||
    start % superblock.sectorBytes !== 0 ||
    length % superblock.sectorBytes !== 0 ||
    !Number.isSafeInteger(start + length)
  )
    throw corruptBtrfs(`the chunk at ${start} makes no sense`);
  const places = Array.from({ length: stripes }, (_, index) => {
    const at = headBytes + index * stripeBytes;
    if (le64(item, at) !== superblock.device) throw unsupportedBtrfs("a chunk on another device");
    return le64(item, at + 8);
  });
  if (places.some((place) => place + length > superblock.deviceBytes))
    throw corruptBtrfs(`the chunk at ${start} reaches past its device`);
  return { chunk: { start, length, flags, places }, itemBytes };
}

/** The chunks of a file system, by their logical place. */
export class SpaceChunks {
  readonly chunks: readonly Chunk[];

  /** @param chunks in the order of their logical places. */
  constructor(chunks: readonly Chunk[]) {
    for (const [index, { start }] of chunks.entries()) {
      const before = chunks[index - 1];
      if (before && before.start + before.length > start)
        throw corruptBtrfs(`the chunk at ${start} overlaps another`);
    }
    this.chunks = chunks;
  }

  /** The chunk that holds all of a range. */
  chunkOf(start: number, length: number): Chunk {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.chunks[middle] as Chunk).start <= start) low = middle;
      else high = middle - 1;
    }
    const chunk = this.chunks[low];
    if (!chunk || start < chunk.start || start + length > chunk.start + chunk.length)
      throw corruptBtrfs(`${length} bytes at ${start} lie in no chunk`);
    return chunk;
  }

  /** Where on the device the first copy of a range lies. */
  placeOf(start: number, length: number): number {
    const { places, start: first } = this.chunkOf(start, length);
    return (places[0] as number) + start - first;
  }
}
