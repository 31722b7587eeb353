/** Keeps the last bytes of an endless stream. */
export class ConsoleBuffer {
  readonly #limitBytes: number;
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    // Whole chunks only, so that a byte is copied once and not with every chunk that follows.
    while (this.#heldBytes - (this.#chunks[0]?.length ?? 0) >= this.#limitBytes) {
      this.#heldBytes -= this.#chunks.shift()?.length ?? 0;
    }
  }

  /** The last bytes, at most the limit. */
  tail(): Uint8Array {
    const held = Buffer.concat(this.#chunks);
    return held.subarray(Math.max(0, held.length - this.#limitBytes));
  }
}
