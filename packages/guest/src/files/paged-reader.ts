import { SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readBytes } from "../volumes/read-bytes.ts";

/** How many bytes may still be read from a disk for one inspection; shared by all its volumes. */
export class ReadBudget {
  readonly limitBytes: number;
  #spentBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get leftBytes(): number {
    return this.limitBytes - this.#spentBytes;
  }

  /** Takes bytes from what is left; refuses with `GUEST_FS_CORRUPT` when that is too little. */
  spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#spentBytes > this.limitBytes) {
      throw new SampanError(
        "GUEST_FS_CORRUPT",
        `reading the guest's files: more than ${this.limitBytes} bytes were needed, which no sound guest asks for`,
      );
    }
  }
}

const pageBytes = 16 * 1024;
const keptPages = 256;

/** Reads small pieces of a volume through a cache of pages (4 MiB at most), and large ones past it. */
export class PagedReader {
  readonly #volume: BlockSource;
  readonly #budget: ReadBudget;
  readonly #signal: AbortSignal | undefined;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal) {
    this.#volume = volume;
    this.#budget = budget;
    this.#signal = signal;
  }

  /** Bytes at a place of the volume; past its end they read as zero. The buffer must not be changed. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length > 4 * pageBytes) return this.#fetch(offset, length);
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / pageBytes);
    if (first === last) {
      const page = await this.#page(first);
      const start = offset - first * pageBytes;
      return page.subarray(start, start + length);
    }
    const bytes = new Uint8Array(length);
    for (let index = first; index <= last; index++) {
      const page = await this.#page(index);
      const start = Math.max(offset, index * pageBytes);
      const end = Math.min(offset + length, (index + 1) * pageBytes);
      bytes.set(page.subarray(start - index * pageBytes, end - index * pageBytes), start - offset);
    }
    return bytes;
  }

  async #page(index: number): Promise<Uint8Array> {
    const known = this.#pages.get(index);
    if (known) {
      // The map keeps its order of insertion: the first page is the one not used for longest.
      this.#pages.delete(index);
      this.#pages.set(index, known);
      return known;
    }
    const page = await this.#fetch(index * pageBytes, pageBytes);
    if (this.#pages.size >= keptPages) {
      const oldest = this.#pages.keys().next();
      if (!oldest.done) this.#pages.delete(oldest.value);
    }
    this.#pages.set(index, page);
    return page;
  }

  async #fetch(offset: number, length: number): Promise<Uint8Array> {
    const there = Math.max(0, Math.min(length, this.#volume.sizeBytes - offset));
    this.#budget.spend(there);
    const bytes = await readBytes(this.#volume, offset, there, this.#signal);
    if (bytes.length === length) return bytes;
    const padded = new Uint8Array(length);
    padded.set(bytes);
    return padded;
  }
}
