import type { UploadProgress } from "./upload-options.ts";

/** Adds up what has landed and what is on its way, and reports it without ever going back. */
export class ProgressCounter {
  readonly #totalBytes: number;
  readonly #report: ((progress: UploadProgress) => void) | undefined;
  readonly #onTheWay = new Map<number, number>();
  #landedBytes = 0;
  #shownBytes = -1;

  constructor(totalBytes: number, report: ((progress: UploadProgress) => void) | undefined) {
    this.#totalBytes = totalBytes;
    this.#report = report;
  }

  /** A part begins, or begins again after a failure. */
  begin(part: number): void {
    this.#onTheWay.set(part, 0);
  }

  /** Bytes of a part of `partBytes` were sent; a call that is signed anew and repeated sends some twice. */
  sent(part: number, bytes: number, partBytes: number): void {
    this.#onTheWay.set(part, Math.min(partBytes, (this.#onTheWay.get(part) ?? 0) + bytes));
    this.#show();
  }

  landed(part: number, bytes: number): void {
    this.#onTheWay.delete(part);
    this.#landedBytes += bytes;
    this.#show();
  }

  #show(): void {
    let doneBytes = this.#landedBytes;
    for (const bytes of this.#onTheWay.values()) doneBytes += bytes;
    if (doneBytes <= this.#shownBytes) return;
    this.#shownBytes = doneBytes;
    this.#report?.({ doneBytes, totalBytes: this.#totalBytes });
  }
}
