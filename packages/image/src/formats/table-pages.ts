import { KiB, MiB, roundDown, SampanError } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { cacheShare } from "../chain/cache-share.ts";
import { AsyncLru } from "../io/async-lru.ts";
import { viewOf } from "../io/buffers.ts";

const pageBytes = 64 * KiB;
const cacheBytes = 8 * MiB;

/**
 * Reads the tables of a container in pages of 64 KiB and keeps the 128 used last, so that tables of any size take bounded
 * memory.
 */
export class TablePages {
  readonly #container: BlockSource;
  readonly #pages: AsyncLru<DataView>;

  /** @param depth how many children the image has; see {@link cacheShare}. */
  constructor(container: BlockSource, depth = 0) {
    this.#container = container;
    this.#pages = new AsyncLru(cacheShare(cacheBytes, depth), (page) => page.byteLength);
  }

  /**
   * The table bytes from `at` on: a view, and where in it they begin. At most `length` bytes are meant; fewer are there when
   * the page ends sooner, but always at least `entryBytes`, given that entries are aligned to their size.
   */
  async at(at: number, length: number): Promise<TableSlice> {
    const start = roundDown(at, pageBytes);
    if (at >= this.#container.sizeBytes) throw outside(at, length, this.#container.sizeBytes);
    const page = this.#pages.peek(start) ?? (await this.#pages.get(start, () => this.#load(start)));
    return { view: page, from: at - start, length: Math.min(length, page.byteLength - (at - start)) };
  }

  async #load(start: number): Promise<DataView> {
    const page = new Uint8Array(Math.min(pageBytes, this.#container.sizeBytes - start));
    await this.#container.read({ offset: start, length: page.length }, page);
    return viewOf(page);
  }
}

/** Part of a table: `length` bytes of `view` from `from` on. */
export interface TableSlice {
  readonly view: DataView;
  readonly from: number;
  readonly length: number;
}

/** Refuses a table that does not lie within its container with `IMAGE_TRUNCATED`. */
export function assertTable(what: string, offset: number, length: number, containerBytes: number): void {
  if (offset + length > containerBytes) throw outside(offset, length, containerBytes, what);
}

function outside(offset: number, length: number, containerBytes: number, what = "a table"): SampanError {
  return new SampanError(
    "IMAGE_TRUNCATED",
    `reading ${what} of ${length} bytes at ${offset} of a file of ${containerBytes} bytes`,
    { details: { offset, length, fileSizeBytes: containerBytes } },
  );
}
