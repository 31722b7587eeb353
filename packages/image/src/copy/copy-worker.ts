import type * as FileSystem from "node:fs";
import type * as Threads from "node:worker_threads";

/** What a worker is sent: pieces of a file to write, each put together of bytes that are there and bytes of other files. */
export interface CopyOrder {
  readonly id: number;
  /** Descriptor of the file to write to. */
  readonly target: number;
  /** Shared memory with the bytes that are there. */
  readonly memory: Uint8Array;
  /** Four numbers a piece: where in the target it goes, where in `memory` it begins, its length, how many reads it has. */
  readonly pieces: Float64Array;
  /** Four numbers a read, in the order of the pieces: descriptor, offset in that file, place in `memory`, length. */
  readonly reads: Float64Array;
}

/** What a worker answers. */
export interface CopyAnswer {
  readonly id: number;
  readonly writtenBytes: number;
  /** What stopped it; nothing after it was done. */
  readonly failure: CopyFailure | null;
}

/** A read or write that failed. `code` is the system's; `null` where a file ended early, `done` bytes into the read. */
export type CopyFailure =
  | { readonly kind: "read"; readonly read: number; readonly code: string | null; readonly done: number }
  | { readonly kind: "write"; readonly code: string | null };

/** Zeros are left out in steps of this many bytes of the file. */
export const zeroStepBytes = 64 * 1024;

/**
 * The whole program of a copying worker. It is handed over as text, so it must refer to nothing outside itself.
 *
 * A piece is put together in one small buffer that stays in the processor's cache, then written but for its zeros. All calls
 * wait: a thread of its own may, and handing each piece to Node's thread pool and back costs as much as copying it.
 */
export function copyWorker(
  threads: typeof Threads,
  fs: typeof FileSystem,
  isZero: (bytes: Uint8Array) => boolean,
  stepBytes: number,
): void {
  let own = new Uint8Array(0);
  const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "an error";

  const readAll = (descriptor: number, into: Uint8Array, at: number, read: number): CopyFailure | null => {
    for (let done = 0; done < into.length; ) {
      try {
        const got = fs.readSync(descriptor, into, done, into.length - done, at + done);
        if (got === 0) return { kind: "read", read, code: null, done };
        done += got;
      } catch (error) {
        return { kind: "read", read, code: codeOf(error), done };
      }
    }
    return null;
  };

  const writeAll = (target: number, bytes: Uint8Array, at: number): CopyFailure | null => {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += fs.writeSync(target, bytes, done, bytes.length - done, at + done);
      }
      return null;
    } catch (error) {
      return { kind: "write", code: codeOf(error) };
    }
  };

  threads.parentPort?.on("message", ({ id, target, memory, pieces, reads }: CopyOrder) => {
    let writtenBytes = 0;
    let failure: CopyFailure | null = null;
    let read = 0;
    for (let index = 0; index < pieces.length && failure === null; index += 4) {
      const [offset = 0, begin = 0, length = 0, count = 0] = pieces.subarray(index, index + 4);
      if (own.length < length) own = new Uint8Array(length);
      const bytes = own.subarray(0, length);
      // What lies between the reads is there already; they come in order and do not overlap.
      let position = 0;
      for (const last = read + count; read < last && failure === null; read++) {
        const [descriptor = 0, at = 0, to = 0, readBytes = 0] = reads.subarray(read * 4, read * 4 + 4);
        const start = to - begin;
        if (start > position) bytes.set(memory.subarray(begin + position, to), position);
        failure = readAll(descriptor, bytes.subarray(start, start + readBytes), at, read);
        position = start + readBytes;
      }
      if (position < length) bytes.set(memory.subarray(begin + position, begin + length), position);
      let from = -1;
      for (let at = 0; at < length && failure === null; ) {
        const stop = Math.min(length, at + stepBytes - ((offset + at) % stepBytes));
        const zero = isZero(bytes.subarray(at, stop));
        if (!zero && from < 0) from = at;
        if (from >= 0 && (zero || stop === length)) {
          const end = zero ? at : stop;
          failure = writeAll(target, bytes.subarray(from, end), offset + from);
          writtenBytes += end - from;
          from = -1;
        }
        at = stop;
      }
    }
    const answer: CopyAnswer = { id, writtenBytes, failure };
    threads.parentPort?.postMessage(answer);
  });
}
