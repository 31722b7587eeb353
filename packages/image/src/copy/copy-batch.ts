import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "@sampan/core";
import { sharedBytes } from "../inflate/shared-bytes.ts";
import { isZero } from "../io/zeros.ts";
import { WorkerPool } from "../workers/worker-pool.ts";
import { type CopyAnswer, type CopyOrder, copyWorker, zeroStepBytes } from "./copy-worker.ts";
import { collectReadsInto, type DeferredRead } from "./deferred-reads.ts";

/** Threads that copy between files. */
const copiers = new WorkerPool<CopyOrder, CopyAnswer>(
  "sampan-copy",
  () =>
    `(${copyWorker.toString()})(require("node:worker_threads"), require("node:fs"), ${isZero.toString()}, ${zeroStepBytes})`,
);

/**
 * Starts the threads that `writeImage` copies with, without waiting for them; false where they would gain nothing, because
 * there is one processor. `writeImage` does so itself: this is for a program that still has an image to open.
 */
export function prepareCopying(): boolean {
  if (copiers.size < 2) return false;
  copiers.prepare();
  return true;
}

/** What a batch has brought to its file. */
export interface CopiedBytes {
  /** Bytes written: those that are not zero, in whole steps. */
  readonly writtenBytes: number;
  /** Bytes of the pieces, zeros included. */
  readonly pieceBytes: number;
}

/**
 * Pieces of one file that a worker thread puts together and writes at one go.
 *
 * A piece is read into {@link CopyBatch.slot}; what {@link CopyBatch.collect} gives of it belongs to files and is read by the
 * worker. A batch that is not copied must be dropped.
 */
export class CopyBatch {
  readonly #file: FileHandle;
  readonly #slotBytes: number;
  readonly #memory: Uint8Array;
  readonly #collected: { take(): readonly DeferredRead[] };
  #pieces: { readonly range: ByteRange; readonly begin: number; readonly reads: number }[] = [];
  #reads: DeferredRead[] = [];

  constructor(file: FileHandle, slotBytes: number, slots: number) {
    this.#file = file;
    this.#slotBytes = slotBytes;
    this.#memory = sharedBytes(slotBytes * slots);
    this.#collected = collectReadsInto(this.#memory.buffer);
  }

  get isFull(): boolean {
    return (this.#pieces.length + 1) * this.#slotBytes > this.#memory.length;
  }

  /** Memory for the next piece, until it is added. */
  slot(length: number): Uint8Array {
    const begin = this.#pieces.length * this.#slotBytes;
    return this.#memory.subarray(begin, begin + length);
  }

  /** Adds the piece that was read into the slot if bytes of it are still in files; tells whether there are any. */
  add(range: ByteRange): boolean {
    // They may have been asked for in any order.
    const reads = [...this.#collected.take()].sort((a, b) => a.to - b.to);
    if (reads.length === 0) return false;
    this.#pieces.push({ range, begin: this.#pieces.length * this.#slotBytes, reads: reads.length });
    this.#reads.push(...reads);
    return true;
  }

  /**
   * Has everything added written, and is empty afterwards.
   *
   * @throws what the source of a failed read says; the system's error of a failed write.
   */
  async copy(): Promise<CopiedBytes> {
    const reads = this.#reads;
    const pieces = this.#pieces;
    if (pieces.length === 0) return { writtenBytes: 0, pieceBytes: 0 };
    try {
      const { writtenBytes, failure } = await copiers.run({
        target: this.#file.fd,
        memory: this.#memory,
        pieces: Float64Array.from(
          pieces.flatMap((piece) => [piece.range.offset, piece.begin, piece.range.length, piece.reads]),
        ),
        reads: Float64Array.from(reads.flatMap((read) => [read.descriptor, read.at, read.to, read.length])),
      });
      if (failure?.kind === "read") {
        const failed = reads[failure.read];
        throw failed?.failure(failure.code, failure.done) ?? new Error(`a read failed: ${failure.code}`);
      }
      if (failure) throw Object.assign(new Error(`writing failed: ${failure.code}`), { code: failure.code });
      return { writtenBytes, pieceBytes: pieces.reduce((sum, piece) => sum + piece.range.length, 0) };
    } finally {
      this.drop();
    }
  }

  /** Forgets what was added or collected and lets its files be closed. */
  drop(): void {
    for (const read of [...this.#reads, ...this.#collected.take()]) read.settle();
    this.#reads = [];
    this.#pieces = [];
  }
}
