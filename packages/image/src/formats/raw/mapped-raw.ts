import { assertRangeWithin, type ByteRange, throwIfCancelled } from "@sampan/core";
import { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource, BlockSourceFeatures } from "../../block-source.ts";
import { isDirect, markDirect } from "../../copy/deferred-reads.ts";
import type { Extent } from "../../extent.ts";
import { planMappedRead } from "../../io/mapped-read.ts";
import { runTasks, type Task } from "../../io/parallel.ts";

/**
 * The first bytes of a container as they are, with the container's holes where they are known: holes are then not read but
 * filled with zeros. Raw disks, and fixed disks with something behind them.
 */
export class MappedRaw implements BlockSource {
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  readonly #container: BlockSource;
  readonly #map: AllocationMap;

  constructor(container: BlockSource, sizeBytes: number, holes: AllocationMap | undefined) {
    this.#container = container;
    if (isDirect(container)) markDirect(this);
    this.sizeBytes = sizeBytes;
    this.features = {
      extents: holes ? "exact" : container.features.extents,
      stable: container.features.stable,
    };
    this.#map = holes
      ? AllocationMap.of(sizeBytes, holes.within({ offset: 0, length: sizeBytes }))
      : AllocationMap.whole(sizeBytes, "data");
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    planMappedRead(tasks, this.#container, this.#map, range, into, signal);
    await runTasks(tasks);
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    for (const extent of this.#map.within(range)) {
      throwIfCancelled(signal);
      yield extent;
    }
  }

  close(): Promise<void> {
    return this.#container.close();
  }
}
