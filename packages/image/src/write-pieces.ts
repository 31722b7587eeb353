import type { FileHandle } from "node:fs/promises";
import { type ByteRange, KiB, MiB, rangeEnd, throwIfCancelled } from "@sampan/core";
import { CopyBatch, prepareCopying } from "./copy/copy-batch.ts";
import { zeroStepBytes } from "./copy/copy-worker.ts";
import { isDirect } from "./copy/deferred-reads.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { sharedBytes } from "./inflate/shared-bytes.ts";
import { isZero } from "./io/zeros.ts";
import { asWriteError } from "./write-error.ts";

/** Options of {@link writePieces}. */
export interface WritePiecesOptions {
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** The most one piece has: a whole block of a dynamic VHD and what goes with it. Larger pieces fall out of the cache between read and write. */
const pieceBytes = 2 * MiB + 64 * KiB;
/** Pieces given to a copying thread at once: enough to make the message cheap. */
const piecesAtOnce = 8;

/**
 * Writes everything of an image that may be other than zero to its place in an open file, several pieces at once; gives how
 * many bytes were written.
 *
 * Pieces whose bytes lie as they are in open files are copied by worker threads; what has to be computed goes through this
 * thread and Node's thread pool. Settles only when nothing is under way any more.
 */
export async function writePieces(
  encoded: EncodedImage,
  file: FileHandle,
  path: string,
  options: WritePiecesOptions,
): Promise<number> {
  const { signal, onProgress, parallel = 4 } = options;
  const copies = isDirect(encoded) && prepareCopying();
  const totalBytes = dataBytesOf(encoded);
  const slotBytes = Math.min(pieceBytes, Math.max(1, encoded.sizeBytes));
  const pieces = piecesOf(encoded);
  let doneBytes = 0;
  let writtenBytes = 0;
  let failed = false;
  let failure: unknown;
  const landed = (bytes: number, written: number) => {
    writtenBytes += written;
    doneBytes += bytes;
    onProgress?.(doneBytes, totalBytes);
  };

  const compute = async () => {
    // Shared, so that worker threads can inflate straight into it.
    const buffer = sharedBytes(slotBytes);
    for (let next = pieces.next(); !next.done && !failed; next = pieces.next()) {
      throwIfCancelled(signal);
      const bytes = buffer.subarray(0, next.value.length);
      await encoded.read(next.value, bytes, signal);
      landed(bytes.length, await writeUnlessZero(file, path, bytes, next.value.offset));
    }
  };

  const copy = async () => {
    const batch = new CopyBatch(file, slotBytes, piecesAtOnce);
    const flush = async () => {
      const { pieceBytes, writtenBytes } = await asWriteError(path, () => batch.copy());
      if (pieceBytes > 0) landed(pieceBytes, writtenBytes);
    };
    try {
      for (let next = pieces.next(); !next.done && !failed; next = pieces.next()) {
        throwIfCancelled(signal);
        const range = next.value;
        const bytes = batch.slot(range.length);
        await encoded.read(range, bytes, signal);
        if (!batch.add(range)) landed(bytes.length, await writeUnlessZero(file, path, bytes, range.offset));
        if (batch.isFull) await flush();
      }
      if (!failed) await flush();
    } finally {
      batch.drop();
    }
  };

  const work = () =>
    (copies ? copy() : compute()).catch((error) => {
      if (!failed) failure = error;
      failed = true;
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(parallel)) }, work));
  if (failed) throw failure;
  return writtenBytes;
}

function* piecesOf(encoded: EncodedImage): Generator<ByteRange> {
  const { firstBytes, everyBytes } = encoded.seams ?? { firstBytes: 0, everyBytes: 2 * MiB };
  const apartBytes = everyBytes * Math.max(1, Math.floor(pieceBytes / everyBytes));
  for (const extent of fileExtents(encoded)) {
    for (let offset = extent.offset; offset < rangeEnd(extent); ) {
      const past = (offset - firstBytes) % apartBytes;
      const seam = offset < firstBytes ? firstBytes : offset - past + apartBytes;
      // What little stands before the first seam may be long all the same.
      const stop = Math.min(rangeEnd(extent), seam, offset + pieceBytes);
      yield { offset, length: stop - offset };
      offset = stop;
    }
  }
}

function* fileExtents(encoded: EncodedImage): Generator<ByteRange> {
  if (!encoded.extents) yield { offset: 0, length: encoded.sizeBytes };
  else for (const extent of encoded.extents()) if (extent.kind === "data") yield extent;
}

/** How many bytes of the file are worth writing. */
export function dataBytesOf(encoded: EncodedImage): number {
  let sum = 0;
  for (const extent of fileExtents(encoded)) sum += extent.length;
  return sum;
}

async function writeUnlessZero(
  file: FileHandle,
  partial: string,
  bytes: Uint8Array,
  offset: number,
): Promise<number> {
  let written = 0;
  let start = -1;
  for (let at = 0; at < bytes.length; ) {
    const stop = Math.min(bytes.length, at + zeroStepBytes - ((offset + at) % zeroStepBytes));
    const zero = isZero(bytes.subarray(at, stop));
    if (!zero && start < 0) start = at;
    if (start >= 0 && (zero || stop === bytes.length)) {
      const end = zero ? at : stop;
      await writeAll(file, partial, bytes.subarray(start, end), offset + start);
      written += end - start;
      start = -1;
    }
    at = stop;
  }
  return written;
}

async function writeAll(file: FileHandle, partial: string, bytes: Uint8Array, offset: number): Promise<void> {
  await asWriteError(partial, async () => {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
    }
  });
}
