import { MiB, SampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";

/** Reads a container from its beginning on, in small steps, through one buffer. */
export class PackedReader {
  readonly #container: BlockSource;
  readonly #bufferBytes: number;
  readonly #signal: AbortSignal | undefined;
  #buffer = new Uint8Array(0);
  #bufferAt = 0;
  #at = 0;

  constructor(container: BlockSource, bufferBytes: number, signal: AbortSignal | undefined) {
    this.#container = container;
    this.#bufferBytes = bufferBytes;
    this.#signal = signal;
  }

  /** Where the next byte stands. */
  get at(): number {
    return this.#at;
  }

  get ended(): boolean {
    return this.#at >= this.#container.sizeBytes;
  }

  /** The next bytes, up to `length`, without moving on; fewer only at the end. No buffer is used twice, so they stay as they are. */
  async peek(length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, this.#container.sizeBytes - this.#at);
    const from = this.#at - this.#bufferAt;
    if (from < 0 || from + wanted > this.#buffer.length) await this.#fill(wanted);
    const start = this.#at - this.#bufferAt;
    return this.#buffer.subarray(start, start + wanted);
  }

  /** The next bytes; all of them, or `IMAGE_TRUNCATED`. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.skip(length);
    return bytes;
  }

  /** Moves on; past the end is `IMAGE_TRUNCATED`. */
  skip(length: number): void {
    if (this.#at + length > this.#container.sizeBytes) {
      throw new SampanError(
        "IMAGE_TRUNCATED",
        `reading a compressed image of ${this.#container.sizeBytes} bytes, which ends within its data`,
        { details: { offset: this.#at, fileSizeBytes: this.#container.sizeBytes } },
      );
    }
    this.#at += length;
  }

  async #fill(wanted: number): Promise<void> {
    throwIfCancelled(this.#signal);
    const length = Math.min(Math.max(wanted, this.#bufferBytes), this.#container.sizeBytes - this.#at);
    const bytes = new Uint8Array(length);
    await this.#container.read({ offset: this.#at, length }, bytes, this.#signal);
    this.#buffer = bytes;
    this.#bufferAt = this.#at;
  }
}

/** All of a container, from its beginning to its end. */
export async function* readWhole(
  container: BlockSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = new PackedReader(container, MiB, signal);
  while (!reader.ended) yield reader.take(Math.min(MiB, container.sizeBytes - reader.at));
}
