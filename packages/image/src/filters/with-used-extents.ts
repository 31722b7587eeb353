import { assertRangeWithin, type ByteRange, SampanError, throwIfCancelled } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";
import { isDirect, markDirect } from "../copy/deferred-reads.ts";
import type { Extent } from "../extent.ts";
import { joinExtents } from "../io/join-extents.ts";
import { planMappedRead } from "../io/mapped-read.ts";
import { runTasks, type Task } from "../io/parallel.ts";

/**
 * Leaves out what a map does not call data: those bytes are never read from the source, read as zero, and are listed as holes.
 *
 * This is how free space of file systems is dropped. Where the map has data the source's own extents stand. Closing it closes
 * the source.
 *
 * @throws `CORE_ARGUMENT` when the map is not of the source's size.
 */
export function withUsedExtents(source: BlockSource, map: AllocationMap): BlockSource {
  const { sizeBytes } = source;
  if (map.sizeBytes !== sizeBytes) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `a map of ${map.sizeBytes} bytes does not fit a disk of ${sizeBytes}`,
    );
  }
  async function* cut(range: ByteRange, signal: AbortSignal | undefined): AsyncGenerator<Extent> {
    for (const extent of map.within(range)) {
      if (extent.kind === "data")
        yield* source.extents({ offset: extent.offset, length: extent.length }, signal);
      else yield { offset: extent.offset, length: extent.length, kind: "hole" };
    }
  }
  const used: BlockSource = {
    sizeBytes,
    features: {
      extents: source.features.extents === "none" ? "coarse" : source.features.extents,
      stable: source.features.stable,
    },
    async read(range, into, signal) {
      assertRangeWithin(range, sizeBytes, into.length);
      throwIfCancelled(signal);
      const tasks: Task[] = [];
      planMappedRead(tasks, source, map, range, into, signal);
      await runTasks(tasks);
    },
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      throwIfCancelled(signal);
      yield* joinExtents(cut(range, signal));
    },
    close: () => source.close(),
  };
  if (isDirect(source)) markDirect(used);
  return used;
}
