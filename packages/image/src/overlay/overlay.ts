import { assertRangeWithin, type ByteRange, rangeEnd, roundDown, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { OverlaidSource, overlayBlockBytes } from "./dirty-blocks.ts";
import { parseOverlay, serialiseOverlay } from "./overlay-format.ts";

/** A disk that can be written to while its base stays as it is. */
export interface Overlay extends BlockSource {
  /**
   * Writes bytes at a place; `bytes.length` must equal `range.length`, and the range must lie within the disk.
   *
   * Blocks that are changed only in part are first read from the base. Writes take effect one after the other, in the order
   * they were called; a read that begins after a write has resolved sees it. `bytes` may be reused once it has resolved.
   */
  write(range: ByteRange, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Memory the changes take: 4 KiB for each block touched. */
  readonly dirtyBytes: number;
  /** The changes alone, in the form {@link openOverlay} takes; equal changes give equal bytes. */
  save(): Uint8Array;
}

/**
 * Lays a writable disk over a base, copy-on-write in blocks of 4 KiB held in memory. The base is never written to.
 *
 * Changed blocks count as `data`; elsewhere the base's extents stand. Closing it closes the base.
 *
 * @example
 * ```ts
 * const overlay = createOverlay(image.source);
 * await overlay.write({ offset: 440, length: 4 }, new Uint8Array([1, 2, 3, 4]));
 * const saved = overlay.save();                    // a few KiB
 * const again = openOverlay(image.source, saved);  // the same disk, read-only
 * ```
 */
export function createOverlay(base: BlockSource): Overlay {
  return new WritableOverlay(base, new Map());
}

/**
 * Opens a base with changes that were saved before, read-only.
 *
 * @throws `IMAGE_CORRUPT` when the saved bytes are damaged (a SHA-256 guards them) or were made over a base of another size.
 */
export function openOverlay(base: BlockSource, saved: Uint8Array): BlockSource {
  return new OverlaidSource(base, parseOverlay(saved, base.sizeBytes));
}

class WritableOverlay extends OverlaidSource implements Overlay {
  readonly #writable: Map<number, Uint8Array>;
  #last: Promise<void> = Promise.resolve();

  constructor(base: BlockSource, blocks: Map<number, Uint8Array>) {
    super(base, blocks);
    this.#writable = blocks;
  }

  get dirtyBytes(): number {
    return this.#writable.size * overlayBlockBytes;
  }

  save(): Uint8Array {
    return serialiseOverlay(this.#writable, this.sizeBytes);
  }

  async write(range: ByteRange, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, bytes.length);
    const written = this.#last.then(() => this.#write(range, bytes, signal));
    this.#last = written.catch(() => undefined);
    await written;
  }

  async #write(range: ByteRange, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    if (range.length === 0) return;
    const end = rangeEnd(range);
    const first = roundDown(range.offset, overlayBlockBytes);
    const last = roundDown(end - 1, overlayBlockBytes);
    // Only the blocks at the ends can be covered in part. Both are made ready before anything changes.
    const edges = new Map<number, Uint8Array>();
    for (const start of new Set([first, last])) {
      const stop = Math.min(start + overlayBlockBytes, this.sizeBytes);
      if (start >= range.offset && stop <= end) continue;
      const block = new Uint8Array(stop - start);
      await this.read({ offset: start, length: block.length }, block, signal);
      edges.set(start, block);
    }
    for (let start = first; start <= last; start += overlayBlockBytes) {
      const length = Math.min(overlayBlockBytes, this.sizeBytes - start);
      const block = edges.get(start) ?? new Uint8Array(length);
      const from = Math.max(start, range.offset);
      const to = Math.min(start + length, end);
      block.set(bytes.subarray(from - range.offset, to - range.offset), from - start);
      this.#writable.set(start / overlayBlockBytes, block);
    }
  }
}
