/** Thrown for a body that is no multipart form, or ends too early. */
export class MalformedFormError extends Error {
  override readonly name = "MalformedFormError";
}

/** What stands above the content of a form's field. */
export interface FormField {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

const headLimitBytes = 8 * 1024;
const preambleLimitBytes = 64 * 1024;
const emptyLine = Buffer.from("\r\n\r\n");

/** The boundary of a `multipart/form-data` content type; `undefined` when it is none. */
export function formBoundary(contentType: string | undefined): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType ?? "")) return undefined;
  const match = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType ?? "");
  return match?.[1] ?? match?.[2];
}

/**
 * Reads a multipart form field by field as it arrives. No more is held than what has come but is not yet asked for and one
 * delimiter, so that a file of any size passes through.
 */
export class MultipartForm {
  readonly #source: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  // The first delimiter may stand at the very beginning, without a line break before it.
  #rest: Buffer = Buffer.from("\r\n");
  #isAtContent = true;

  constructor(pieces: AsyncIterable<Buffer>, boundary: string) {
    this.#source = pieces[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** Goes to the next field, past what is left of this one; `undefined` at the end of the form. */
  async next(): Promise<FormField | undefined> {
    if (this.#isAtContent) {
      let skipped = 0;
      for await (const piece of this.content()) {
        skipped += piece.length;
        if (skipped > preambleLimitBytes)
          throw new MalformedFormError("there is too much outside of the fields");
      }
    }
    while (this.#rest.length < 2) await this.#more();
    if (this.#rest.subarray(0, 2).toString() === "--") return undefined;
    const head = await this.#head();
    this.#isAtContent = true;
    return readHead(head);
  }

  /** The content of the field. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.#rest.indexOf(this.#delimiter);
      if (end >= 0) {
        const last = this.#rest.subarray(0, end);
        this.#rest = this.#rest.subarray(end + this.#delimiter.length);
        this.#isAtContent = false;
        if (last.length > 0) yield last;
        return;
      }
      // The end of what is here may be the beginning of a delimiter.
      const sure = this.#rest.length - this.#delimiter.length;
      if (sure > 0) {
        const piece = this.#rest.subarray(0, sure);
        this.#rest = this.#rest.subarray(sure);
        yield piece;
      }
      await this.#more();
    }
  }

  /** The content of the field as text; a MalformedFormError when it is longer than allowed. */
  async text(limitBytes: number): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.content()) {
      length += piece.length;
      if (length > limitBytes) throw new MalformedFormError(`a field is longer than ${limitBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString("utf8");
  }

  async #head(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(emptyLine);
      if (end >= 0) {
        const head = this.#rest.subarray(0, end).toString("utf8");
        this.#rest = this.#rest.subarray(end + emptyLine.length);
        return head;
      }
      if (this.#rest.length > headLimitBytes) throw new MalformedFormError("the head of a field is too long");
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw new MalformedFormError("the form ends before its last delimiter");
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
  }
}

function readHead(head: string): FormField {
  const lines = new Map(
    head.split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, Math.max(0, colon)).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const disposition = lines.get("content-disposition") ?? "";
  const name = quoted(disposition, "name");
  if (!/^form-data\b/i.test(disposition) || name === undefined) {
    throw new MalformedFormError("a field has no name");
  }
  return { name, filename: quoted(disposition, "filename"), contentType: lines.get("content-type") };
}

function quoted(disposition: string, parameter: string): string | undefined {
  const match = new RegExp(`;\\s*${parameter}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, "i").exec(
    disposition,
  );
  return match?.[1]?.replace(/\\(["\\])/g, "$1") ?? match?.[2];
}
