/** Pieces of bytes read as one stream: by exact counts, with a look ahead. */
export class ByteStream {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `length` bytes without moving on; fewer at the end. Small lengths only. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#held.length - this.#at < length) {
      const next = await this.#pieces.next();
      if (next.done) break;
      const rest = this.#held.subarray(this.#at);
      const joined = new Uint8Array(rest.length + next.value.length);
      joined.set(rest);
      joined.set(next.value, rest.length);
      this.#held = joined;
      this.#at = 0;
    }
    return this.#held.subarray(this.#at, this.#at + length);
  }

  /** The next `length` bytes; `undefined` when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peek(length);
    if (bytes.length < length) return undefined;
    this.#at += length;
    return bytes;
  }

  /** Moves on by `length` bytes; false when the stream ends before. */
  async skip(length: number): Promise<boolean> {
    let left = length;
    for (;;) {
      const there = Math.min(left, this.#held.length - this.#at);
      this.#at += there;
      left -= there;
      if (left === 0) return true;
      const next = await this.#pieces.next();
      if (next.done) return false;
      this.#held = next.value;
      this.#at = 0;
    }
  }

  /** Everything that is left, piece by piece. */
  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.#at < this.#held.length) yield this.#held.subarray(this.#at);
    this.#held = new Uint8Array(0);
    this.#at = 0;
    for (;;) {
      const next = await this.#pieces.next();
      if (next.done) return;
      yield next.value;
    }
  }

  /** Ends the stream early and frees what feeds it. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** The next `length` bytes; throws when the stream ends before. */
export async function needed(stream: ByteStream, length: number): Promise<Uint8Array> {
  const bytes = await stream.take(length);
  if (bytes === undefined) throw new Error("the packed data ends early");
  return bytes;
}
