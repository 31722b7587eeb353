import type { UploadProgress } from "./upload-options.ts";

/** Adds up what has landed and what is on its way, and reports it without ever going back. */
export class ProgressCounter {
  readonly #totalBytes: number;
  readonly #report: ((progress: UploadProgress) => void) | undefined;
  readonly #onTheWay = new Map<number, number>();
  #landedBytes = 0;
  /** Of those, what was sent; the others the store kept or copied. */
  #sentBytes = 0;
  #shownBytes = -1;
  #shownSentBytes = 0;

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

  /** A part is at the store, and how it came there. */
  landed(part: number, bytes: number, way: "sent" | "kept" | "copied"): void {
    this.#onTheWay.delete(part);
    this.#landedBytes += bytes;
    if (way === "sent") this.#sentBytes += bytes;
    this.#show();
  }

  #show(): void {
    let onTheWay = 0;
    for (const bytes of this.#onTheWay.values()) onTheWay += bytes;
    const doneBytes = this.#landedBytes + onTheWay;
    if (doneBytes <= this.#shownBytes) return;
    this.#shownBytes = doneBytes;
    // Less may be on its way than before, where a part begins again while others are kept.
    this.#shownSentBytes = Math.max(this.#shownSentBytes, this.#sentBytes + onTheWay);
    this.#report?.({ doneBytes, totalBytes: this.#totalBytes, sentBytes: this.#shownSentBytes });
  }
}
