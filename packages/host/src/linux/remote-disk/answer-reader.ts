/** Takes the bytes of one answer as they come. */
export interface AnswerSink {
  /** Length of the answer in bytes; `undefined` when only the line after it tells, as for packed ones. */
  readonly length: number | undefined;
  /** Longest answer that can be right, in bytes. */
  readonly atMost: number;
  /** What the line after the answer begins with. */
  readonly mark: string;
  /** A piece of the answer at its place within it. */
  take(offset: number, part: Uint8Array): void;
  /** The line after the answer, without its newline. */
  end(line: string): void;
}

const longestLineBytes = 4200;

/**
 * Cuts what a reader on a host says into answers and the lines after them. Pure: bytes in, calls out.
 *
 * An answer of a known length is passed on piece by piece. One of an unknown length ends where a newline, its mark and a
 * space stand; the mark is random, so that no disk can hold it.
 */
export class AnswerReader {
  readonly #next: () => AnswerSink | undefined;
  #sink: AnswerSink | undefined;
  #taken = 0;
  #line: Buffer | undefined;

  /** @param next Gives the sink of the answer that begins; `undefined` when none was asked for. */
  constructor(next: () => AnswerSink | undefined) {
    this.#next = next;
  }

  /** Takes what came; false when it is no answer that was asked for. */
  push(chunk: Buffer): boolean {
    let rest = chunk;
    while (rest.length > 0) {
      this.#sink ??= this.#next();
      const sink = this.#sink;
      if (sink === undefined) return false;
      if (sink.length !== undefined && this.#taken < sink.length) {
        const part = rest.subarray(0, sink.length - this.#taken);
        sink.take(this.#taken, part);
        this.#taken += part.length;
        rest = rest.subarray(part.length);
        continue;
      }
      const after: Buffer | false | undefined =
        sink.length === undefined ? this.#pushPacked(sink, rest) : this.#pushLine(sink, rest);
      if (after === false) return false;
      if (after === undefined) return true;
      rest = after;
    }
    return true;
  }

  /** Collects the line after an answer; gives what follows it, `undefined` while it is not whole, false when it is none. */
  #pushLine(sink: AnswerSink, part: Buffer): Buffer | undefined | false {
    const line = this.#line === undefined ? part : Buffer.concat([this.#line, part]);
    if (line[0] !== 0x0a) return false;
    const end = line.indexOf(0x0a, 1);
    if (end < 0) {
      this.#line = Buffer.from(line);
      return line.length > longestLineBytes ? false : undefined;
    }
    this.#finish(sink, line.toString("utf8", 1, end));
    return line.subarray(end + 1);
  }

  #pushPacked(sink: AnswerSink, part: Buffer): Buffer | undefined | false {
    const seen = this.#line === undefined ? part : Buffer.concat([this.#line, part]);
    const mark = `\n${sink.mark} `;
    const at = seen.indexOf(mark, 0, "latin1");
    if (at < 0) {
      // What may be the beginning of the mark is kept.
      const sure = Math.max(0, seen.length - mark.length + 1);
      sink.take(this.#taken, seen.subarray(0, sure));
      this.#taken += sure;
      this.#line = Buffer.from(seen.subarray(sure));
      return this.#taken > sink.atMost ? false : undefined;
    }
    const end = seen.indexOf(0x0a, at + 1);
    if (end < 0) {
      sink.take(this.#taken, seen.subarray(0, at));
      this.#taken += at;
      this.#line = Buffer.from(seen.subarray(at));
      return this.#line.length > longestLineBytes ? false : undefined;
    }
    sink.take(this.#taken, seen.subarray(0, at));
    this.#taken += at;
    if (this.#taken > sink.atMost) return false;
    this.#finish(sink, seen.toString("utf8", at + 1, end));
    return seen.subarray(end + 1);
  }

  #finish(sink: AnswerSink, line: string): void {
    this.#sink = undefined;
    this.#taken = 0;
    this.#line = undefined;
    sink.end(line);
  }
}
