import { assertRangeWithin, type ByteRange, rangeEnd, roundDown } from "@sampan/core";
import type { BlockSource, BlockSourceFeatures } from "../../block-source.ts";
import type { Extent } from "../../extent.ts";
import { type LogChange, logSectorBytes } from "./log-entries.ts";

/**
 * A container with the changes of its log laid over it: sectors of 4 KiB that are kept in memory, as the log was, and ranges
 * of zeros. It may be longer than the file; what lies behind the file's end is zero.
 */
export class PatchedContainer implements BlockSource {
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  readonly #container: BlockSource;
  readonly #sectors = new Map<number, Uint8Array>();
  /** In order, without overlap. */
  readonly #zeros: readonly { readonly offset: number; readonly end: number }[];

  /** @param changes in the order they were made. */
  constructor(container: BlockSource, sizeBytes: number, changes: readonly LogChange[]) {
    this.#container = container;
    this.sizeBytes = sizeBytes;
    this.features = { extents: "none", stable: container.features.stable };
    const zeros: { offset: number; end: number }[] = [];
    // From the last change back: what a later change has written, an earlier one no longer does.
    const later: { offset: number; end: number }[] = [];
    for (const change of changes.toReversed()) {
      if (change.kind === "zero") {
        zeros.push({ offset: change.offset, end: change.offset + change.length });
        later.push({ offset: change.offset, end: change.offset + change.length });
      } else if (!this.#sectors.has(change.offset) && !covered(later, change.offset)) {
        this.#sectors.set(change.offset, change.bytes);
      }
    }
    this.#zeros = joined(zeros);
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    const end = rangeEnd(range);
    const inside = Math.max(0, Math.min(end, this.#container.sizeBytes) - range.offset);
    into.fill(0, inside);
    if (inside > 0)
      await this.#container.read({ offset: range.offset, length: inside }, into.subarray(0, inside), signal);
    for (const zero of this.#zeros) {
      if (zero.offset >= end) break;
      if (zero.end > range.offset)
        into.fill(0, Math.max(0, zero.offset - range.offset), Math.min(end, zero.end) - range.offset);
    }
    this.#patch(range, into);
  }

  /** Everything counts as data: the image's own tables tell more than this could. */
  async *extents(range: ByteRange = { offset: 0, length: this.sizeBytes }): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    if (range.length > 0) yield { offset: range.offset, length: range.length, kind: "data" };
  }

  close(): Promise<void> {
    this.#sectors.clear();
    return this.#container.close();
  }

  #patch(range: ByteRange, into: Uint8Array): void {
    const end = rangeEnd(range);
    const put = (at: number, bytes: Uint8Array) => {
      const from = Math.max(at, range.offset);
      const to = Math.min(at + bytes.length, end);
      if (to > from) into.set(bytes.subarray(from - at, to - at), from - range.offset);
    };
    // Whichever is less work: every sector kept, or every place of the range.
    if (this.#sectors.size < range.length / logSectorBytes) {
      for (const [at, bytes] of this.#sectors) put(at, bytes);
      return;
    }
    for (let at = roundDown(range.offset, logSectorBytes); at < end; at += logSectorBytes) {
      const bytes = this.#sectors.get(at);
      if (bytes) put(at, bytes);
    }
  }
}

type Span = { readonly offset: number; readonly end: number };

function covered(spans: readonly Span[], place: number): boolean {
  return spans.some(({ offset, end }) => place >= offset && place < end);
}

function joined(spans: readonly Span[]): Span[] {
  const joined: { offset: number; end: number }[] = [];
  for (const { offset, end } of [...spans].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (last && offset <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ offset, end });
  }
  return joined;
}
