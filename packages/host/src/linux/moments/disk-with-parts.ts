import { assertRangeWithin, type ByteRange, rangeEnd, SampanError } from "@sampan/core";
import type { VolumeSegment } from "@sampan/guest";
import { appendExtent, type BlockSource, type Extent } from "@sampan/image";

/** Where the bytes of a part come from. */
export type PartOrigin =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Nothing of worth: reads as zeros. */
  | { readonly kind: "nothing" }
  /** One stripe of a segment of a logical volume, whose bytes a source holds. */
  | {
      readonly kind: "volume";
      readonly source: BlockSource;
      readonly segment: VolumeSegment;
      readonly stripe: number;
    };

/** A range of a disk whose bytes are taken from elsewhere. */
export interface DiskPart extends ByteRange {
  readonly origin: PartOrigin;
}

/** The parts of a disk on which a logical volume lies, served by a source of the volume's bytes. */
export function volumeParts(segments: readonly VolumeSegment[], source: BlockSource): readonly DiskPart[] {
  return segments.flatMap((segment) =>
    segment.stripes.map((offset, stripe) => ({
      offset,
      length: segment.length / segment.stripes.length,
      origin: { kind: "volume" as const, source, segment, stripe },
    })),
  );
}

/** Reads of pieces of one striped range that are under way at a time. */
const readsAtOnce = 8;

/** Something to be read for a range. */
type Step = (signal?: AbortSignal) => Promise<void>;

/**
 * Shows a disk with some of its ranges taken from elsewhere. Parts may come in any order; the rest is the disk's. Closing it
 * closes the disk, not the sources of the parts.
 *
 * @throws `CORE_ARGUMENT` when parts overlap or lie outside the disk.
 */
export function diskWithParts(disk: BlockSource, parts: readonly DiskPart[], stable: boolean): BlockSource {
  const { sizeBytes } = disk;
  const sorted = parts.filter(({ length }) => length > 0).sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const part of sorted) {
    if (part.offset < end || rangeEnd(part) > sizeBytes) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `putting parts on a disk: ${part.length} bytes at ${part.offset} have no place`,
      );
    }
    end = rangeEnd(part);
  }

  /** The pieces of a range in order; without a part they are the disk's. */
  function* pieces(
    range: ByteRange,
  ): Generator<{ offset: number; length: number; part: DiskPart | undefined }> {
    let position = range.offset;
    for (let index = firstReaching(sorted, range.offset); position < rangeEnd(range); index++) {
      const part = sorted[index];
      const until = Math.min(part?.offset ?? sizeBytes, rangeEnd(range));
      if (until > position) yield { offset: position, length: until - position, part: undefined };
      if (part === undefined || until === rangeEnd(range)) return;
      position = Math.max(position, part.offset);
      const stop = Math.min(rangeEnd(part), rangeEnd(range));
      yield { offset: position, length: stop - position, part };
      position = stop;
    }
  }

  return {
    sizeBytes,
    features: {
      extents: disk.features.extents === "none" && sorted.length === 0 ? "none" : "coarse",
      stable,
    },
    async read(range, into, signal) {
      assertRangeWithin(range, sizeBytes, into.length);
      const steps: Step[] = [];
      for (const { offset, length, part } of pieces(range)) {
        const target = into.subarray(offset - range.offset, offset - range.offset + length);
        if (part === undefined) steps.push((given) => disk.read({ offset, length }, target, given));
        else steps.push(...stepsOf(part, offset - part.offset, target));
      }
      await allOf(steps, signal);
    },
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      const joined: Extent[] = [];
      for (const { offset, length, part } of pieces(range)) {
        if (part !== undefined)
          appendExtent(joined, { offset, length, kind: part.origin.kind === "nothing" ? "hole" : "data" });
        else
          for await (const extent of disk.extents({ offset, length }, signal)) appendExtent(joined, extent);
        // All but the last are final: the next can only grow that one.
        while (joined.length > 1) yield joined.shift() as Extent;
      }
      yield* joined;
    },
    close: () => disk.close(),
  };
}

/** The first part that ends after an offset, found by halving. */
function firstReaching(sorted: readonly DiskPart[], offset: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rangeEnd(sorted[middle] as DiskPart) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function stepsOf({ origin }: DiskPart, inside: number, target: Uint8Array): readonly Step[] {
  if (origin.kind === "nothing") {
    target.fill(0);
    return [];
  }
  if (origin.kind === "bytes") {
    target.set(origin.bytes.subarray(inside, inside + target.length));
    return [];
  }
  const { source, segment, stripe } = origin;
  const { stripeBytes, stripes } = segment;
  if (stripeBytes === null) {
    const range = { offset: segment.offset + inside, length: target.length };
    return [(signal) => source.read(range, target, signal)];
  }
  const steps: Step[] = [];
  for (let done = 0; done < target.length; ) {
    const at = inside + done;
    const row = Math.floor(at / stripeBytes);
    const within = at % stripeBytes;
    const length = Math.min(stripeBytes - within, target.length - done);
    const offset = segment.offset + (row * stripes.length + stripe) * stripeBytes + within;
    const piece = target.subarray(done, done + length);
    steps.push((signal) => source.read({ offset, length }, piece, signal));
    done += length;
  }
  return steps;
}

/** Does the steps, some at a time; when one fails, waits for those under way, since they write into the caller's buffer. */
async function allOf(steps: readonly Step[], signal: AbortSignal | undefined): Promise<void> {
  let next = 0;
  let failure: { error: unknown } | undefined;
  const work = async () => {
    while (failure === undefined && next < steps.length) {
      const step = steps[next++] as Step;
      try {
        await step(signal);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(readsAtOnce, steps.length) }, work));
  if (failure !== undefined) throw failure.error;
}
