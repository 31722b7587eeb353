import { SampanError } from "@sampan/core";

/** Pieces of packed bytes read as one stream, by exact counts. */
export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #what: string;
  #held: Uint8Array = new Uint8Array(0);
  #from = 0;
  #at = 0;

  /** @param what what is read, for messages: `xz data`. */
  constructor(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, what: string) {
    this.#pieces =
      Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
    this.#what = what;
  }

  /** Where in the stream the next byte stands. */
  get at(): number {
    return this.#at;
  }

  /** The next bytes without moving on; fewer than `length` only at the end. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#held.length - this.#from < length) {
      const next = await this.#pieces.next();
      if (next.done) break;
      const rest = this.#held.subarray(this.#from);
      const joined = new Uint8Array(rest.length + next.value.length);
      joined.set(rest);
      joined.set(next.value, rest.length);
      this.#held = joined;
      this.#from = 0;
    }
    return this.#held.subarray(this.#from, this.#from + length);
  }

  /**
   * The next bytes, all of them.
   *
   * @throws `IMAGE_TRUNCATED` when the stream ends before.
   */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.length < length) {
      throw new SampanError(
        "IMAGE_TRUNCATED",
        `unpacking ${this.#what}, which ends at ${this.#at + bytes.length}`,
        {
          details: { offset: this.#at + bytes.length },
        },
      );
    }
    this.#from += length;
    this.#at += length;
    return bytes;
  }

  /** Ends the stream early and frees what feeds it. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** What is thrown for data that makes no sense. */
  damaged(what: string): SampanError {
    return new SampanError("IMAGE_CORRUPT", `unpacking ${this.#what}: ${what} before ${this.#at}`, {
      details: { offset: this.#at },
    });
  }

  /** What is thrown for a way of packing that is not read. */
  unsupported(what: string, details: { readonly [name: string]: number | string } = {}): SampanError {
    return new SampanError("IMAGE_FORMAT_UNSUPPORTED", `unpacking ${this.#what} that uses ${what}`, {
      hint: "Unpack it with the program that packed it, or pack it again without that option.",
      details: { offset: this.#at, ...details },
    });
  }
}
