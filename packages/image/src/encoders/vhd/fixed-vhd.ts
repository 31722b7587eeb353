import { assertRangeWithin, type ByteRange, throwIfCancelled } from "@sampan/core";
import type { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import { isDirect, markDirect } from "../../copy/deferred-reads.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import type { Extent } from "../../extent.ts";
import { type FooterInput, footerBytes, makeFooter } from "../../formats/vhd/footer.ts";
import { copyShared } from "../../io/buffers.ts";
import { planMappedRead } from "../../io/mapped-read.ts";
import { runTasks, type Task } from "../../io/parallel.ts";
import { mapAsFile } from "../file-extents.ts";

/** A fixed VHD: the disk as it is, zeros up to a whole MiB, and a footer. */
export class FixedVhd implements EncodedImage {
  readonly format = "vhd";
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
  readonly dataBytes: number;
  readonly #source: BlockSource;
  readonly #map: AllocationMap;
  readonly #footer: Uint8Array;

  constructor(source: BlockSource, map: AllocationMap, footer: FooterInput) {
    this.virtualSizeBytes = footer.sizeBytes;
    this.sizeBytes = footer.sizeBytes + footerBytes;
    this.dataBytes = map.dataBytes;
    this.#source = source;
    if (isDirect(source)) markDirect(this);
    this.#map = map;
    this.#footer = makeFooter(footer);
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    const diskBytes = Math.max(0, Math.min(range.length, this.virtualSizeBytes - range.offset));
    if (diskBytes > 0) {
      const disk = { offset: range.offset, length: diskBytes };
      planMappedRead(tasks, this.#source, this.#map, disk, into.subarray(0, diskBytes), signal);
    }
    copyShared(this.#footer, this.virtualSizeBytes, range.offset, into);
    await runTasks(tasks);
  }

  extents(range?: ByteRange): Iterable<Extent> {
    return mapAsFile(
      this.#map,
      [{ offset: this.virtualSizeBytes, length: footerBytes }],
      this.sizeBytes,
      range,
    );
  }
}
