import { assertRangeWithin, type ByteRange, MiB, SampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { askProbe, type ProbedHost } from "./ask-probe.ts";
import type { ProbeAnswer } from "./probe-answer.ts";

const blockBytes = 4096;
/** Read at once where a block is missing: what tells a file system apart lies in the first 160 KiB. */
const aheadBlocks = 40;
/** Of one disk no more is read for an inspection. */
const maxDiskBytes = 64 * MiB;

/**
 * The few places of a disk that an inspection looks at: what the first look brought, and the rest asked for when it is wanted. Not for
 * reading a disk as a whole.
 */
export class ProbedDisk implements BlockSource {
  readonly sizeBytes: number;
  readonly features = { extents: "none", stable: false } as const;
  readonly #host: ProbedHost;
  readonly #disk: string;
  readonly #blocks = new Map<number, Uint8Array>();
  #readBytes = 0;

  constructor(host: ProbedHost, disk: string, sizeBytes: number, firstLook: ProbeAnswer) {
    this.#host = host;
    this.#disk = disk;
    this.sizeBytes = sizeBytes;
    this.#learn(firstLook);
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const first = Math.floor(range.offset / blockBytes);
    const last = Math.ceil((range.offset + range.length) / blockBytes);
    for (let block = first; block < last; block++) {
      if (!this.#blocks.has(block)) await this.#ask(block, Math.max(aheadBlocks, last - block), signal);
      const bytes = this.#blocks.get(block);
      const start = Math.max(range.offset, block * blockBytes);
      const end = Math.min(range.offset + range.length, (block + 1) * blockBytes);
      const part = bytes?.subarray(start - block * blockBytes, end - block * blockBytes);
      if (part?.length !== end - start) {
        throw new SampanError(
          "HOST_DISK_UNREADABLE",
          `looking at ${this.#disk} of ${this.#host.shell.title}: nothing is read at byte ${start}`,
          { details: { offset: start, sizeBytes: this.sizeBytes } },
        );
      }
      into.set(part, start - range.offset);
    }
  }

  async *extents(range: ByteRange = { offset: 0, length: this.sizeBytes }) {
    assertRangeWithin(range, this.sizeBytes);
    if (range.length > 0) yield { ...range, kind: "data" as const };
  }

  async close(): Promise<void> {
    this.#blocks.clear();
  }

  async #ask(first: number, count: number, signal: AbortSignal | undefined): Promise<void> {
    const there = Math.ceil(this.sizeBytes / blockBytes) - first;
    const piece = ["piece", this.#disk, first, Math.min(count, there)] as const;
    this.#learn(await askProbe(this.#host, [piece], signal));
  }

  #learn({ pieces }: ProbeAnswer): void {
    for (const { disk, offset, bytes } of pieces) {
      if (disk !== this.#disk) continue;
      this.#readBytes += bytes.length;
      if (this.#readBytes > maxDiskBytes) {
        throw new SampanError(
          "HOST_ANSWER_TOO_LONG",
          `looking at ${this.#disk} of ${this.#host.shell.title}: its tables lead to more than ${maxDiskBytes} bytes`,
        );
      }
      for (let at = 0; at < bytes.length; at += blockBytes) {
        const block = (offset + at) / blockBytes;
        const part = bytes.subarray(at, at + blockBytes);
        // A piece that broke off must not take the place of what was whole.
        if (part.length > (this.#blocks.get(block)?.length ?? 0)) this.#blocks.set(block, part);
      }
    }
  }
}
