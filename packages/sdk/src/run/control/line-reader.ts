/** Cuts what arrives in pieces into lines, and never keeps more than a line may hold. */
export class LineReader {
  readonly #mostBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The lines that are whole with this piece, without their ends; `undefined` once a line is longer than allowed. */
  push(piece: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      if (!this.#keep(piece.subarray(from, end))) return undefined;
      lines.push(Buffer.concat(this.#pieces).toString("utf8"));
      this.#pieces = [];
      this.#bytes = 0;
      from = end + 1;
    }
    return this.#keep(piece.subarray(from)) ? lines : undefined;
  }

  #keep(piece: Buffer): boolean {
    this.#bytes += piece.length;
    if (this.#bytes > this.#mostBytes) return false;
    if (piece.length > 0) this.#pieces.push(piece);
    return true;
  }
}
