import { assertRangeWithin, type ByteRange, rangeEnd } from "@sampan/core";
import { appendExtent, type BlockSource, type Extent, type Overlay, offsetBy } from "@sampan/image";
import type { Volume, VolumeSegment } from "./layout.ts";

/** A volume that can be written to. */
export interface WritableVolume extends BlockSource {
  /** As the overlay's own `write`, in the volume's bytes. */
  write(range: ByteRange, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
}

/** A piece of a volume that lies in one run on the disk. */
interface Piece {
  /** Place in the volume. */
  readonly offset: number;
  readonly length: number;
  readonly diskOffset: number;
}

/**
 * Shows a volume of a disk as a source of its own, wherever its bytes lie: byte 0 is the volume's first.
 *
 * `volume` must come from the layout of this disk. Closing it does not close the disk.
 *
 * @example
 * ```ts
 * const layout = await readDiskLayout(source);
 * const root = layout.volumes.find((volume) => volume.logicalVolume?.name === "root");
 * if (root) await volumeSource(source, root).read({ offset: 0, length: 512 }, sector);
 * ```
 */
export function volumeSource(source: BlockSource, volume: Volume): BlockSource {
  const view =
    volume.logicalVolume === null
      ? offsetBy(source, volume.range)
      : new MappedVolume(source, volume.range.length, volume.logicalVolume.segments);
  return {
    sizeBytes: view.sizeBytes,
    features: view.features,
    read: (range, into, signal) => view.read(range, into, signal),
    extents: (range, signal) => view.extents(range, signal),
    async close() {},
  };
}

/** As {@link volumeSource}, over an overlay, and what is written to it lands on the overlay. */
export function writableVolume(overlay: Overlay, volume: Volume): WritableVolume {
  const view = volumeSource(overlay, volume);
  return {
    ...view,
    async write(range, bytes, signal) {
      assertRangeWithin(range, view.sizeBytes, bytes.length);
      for (const piece of piecesOf(volume, range)) {
        const part = bytes.subarray(piece.offset - range.offset, piece.offset - range.offset + piece.length);
        await overlay.write({ offset: piece.diskOffset, length: piece.length }, part, signal);
      }
    },
  };
}

/**
 * Where the bytes of a range of a volume lie on the disk: few ranges, in no order.
 *
 * A long range of a striped segment covers its stripes in one run each, so this stays short where the order of bytes
 * would change disk places at every stripe.
 */
export function diskRanges(volume: Volume, range: ByteRange): readonly ByteRange[] {
  if (volume.logicalVolume === null) {
    return [{ offset: volume.range.offset + range.offset, length: range.length }];
  }
  const found: ByteRange[] = [];
  for (const segment of segmentsWithin(volume.logicalVolume.segments, range)) {
    const from = Math.max(range.offset, segment.offset);
    const to = Math.min(rangeEnd(range), rangeEnd(segment));
    const { stripeBytes, stripes } = segment;
    const rowBytes = (stripeBytes ?? 0) * stripes.length;
    const firstRow = Math.ceil((from - segment.offset) / rowBytes);
    const lastRow = Math.floor((to - segment.offset) / rowBytes);
    if (stripeBytes === null || lastRow <= firstRow) {
      for (const { diskOffset, length } of segmentPieces(segment, from, to))
        found.push({ offset: diskOffset, length });
      continue;
    }
    const whole = { from: segment.offset + firstRow * rowBytes, to: segment.offset + lastRow * rowBytes };
    for (const start of stripes) {
      found.push({ offset: start + firstRow * stripeBytes, length: (lastRow - firstRow) * stripeBytes });
    }
    for (const [a, b] of [
      [from, whole.from],
      [whole.to, to],
    ] as const) {
      for (const { diskOffset, length } of segmentPieces(segment, a, b))
        found.push({ offset: diskOffset, length });
    }
  }
  return found;
}

class MappedVolume {
  readonly sizeBytes: number;
  readonly #source: BlockSource;
  readonly #segments: readonly VolumeSegment[];

  constructor(source: BlockSource, sizeBytes: number, segments: readonly VolumeSegment[]) {
    this.#source = source;
    this.sizeBytes = sizeBytes;
    this.#segments = segments;
  }

  get features(): BlockSource["features"] {
    return this.#source.features;
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    for (const { offset, length, diskOffset } of pieces(this.#segments, range)) {
      const part = into.subarray(offset - range.offset, offset - range.offset + length);
      await this.#source.read({ offset: diskOffset, length }, part, signal);
    }
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    const joined: Extent[] = [];
    for (const piece of pieces(this.#segments, range)) {
      const place = { offset: piece.diskOffset, length: piece.length };
      for await (const { offset, length, kind } of this.#source.extents(place, signal)) {
        appendExtent(joined, { offset: offset - piece.diskOffset + piece.offset, length, kind });
        // All but the last are final: the next piece can only grow that one.
        while (joined.length > 1) yield joined.shift() as Extent;
      }
    }
    yield* joined;
  }
}

function piecesOf(volume: Volume, range: ByteRange): Iterable<Piece> {
  return volume.logicalVolume === null
    ? [{ ...range, diskOffset: volume.range.offset + range.offset }]
    : pieces(volume.logicalVolume.segments, range);
}

/** The pieces of a range in the order of its bytes. */
function* pieces(segments: readonly VolumeSegment[], range: ByteRange): Generator<Piece> {
  for (const segment of segmentsWithin(segments, range)) {
    const from = Math.max(range.offset, segment.offset);
    yield* segmentPieces(segment, from, Math.min(rangeEnd(range), rangeEnd(segment)));
  }
}

function* segmentPieces(segment: VolumeSegment, from: number, to: number): Generator<Piece> {
  const { stripes, stripeBytes } = segment;
  for (let offset = from; offset < to; ) {
    const inside = offset - segment.offset;
    if (stripeBytes === null) {
      yield { offset, length: to - offset, diskOffset: (stripes[0] as number) + inside };
      return;
    }
    const piece = Math.floor(inside / stripeBytes);
    const within = inside % stripeBytes;
    const length = Math.min(stripeBytes - within, to - offset);
    const start = stripes[piece % stripes.length] as number;
    yield { offset, length, diskOffset: start + Math.floor(piece / stripes.length) * stripeBytes + within };
    offset += length;
  }
}

/** The segments a range touches, found by halving: a volume may have many. */
function* segmentsWithin(segments: readonly VolumeSegment[], range: ByteRange): Generator<VolumeSegment> {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rangeEnd(segments[middle] as VolumeSegment) <= range.offset) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < segments.length; i++) {
    const segment = segments[i] as VolumeSegment;
    if (segment.offset >= rangeEnd(range)) return;
    yield segment;
  }
}
