import { constants } from "node:fs";
import { type FileHandle, link, lstat, open, rename, statfs, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  type ByteRange,
  formatBytes,
  isSampanError,
  KiB,
  MiB,
  rangeEnd,
  SampanError,
  throwIfCancelled,
} from "@sampan/core";
import type { EncodedImage } from "./encoded-image.ts";
import { sharedBytes } from "./inflate/shared-bytes.ts";
import { isZero } from "./io/zeros.ts";

/** Options of {@link writeImage}. */
export interface WriteImageOptions {
  /** Told after every piece how many bytes of the file are done, of how many worth writing. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  /** Replaces an existing file. Default `false`: it is refused. */
  readonly overwrite?: boolean;
  /** How many pieces of 2 MiB are read and written at once. Default 4. */
  readonly parallel?: number;
  /** Whether the bytes must be on the medium before the file gets its name. Default `true`. */
  readonly durable?: boolean;
}

/** What {@link writeImage} did. */
export interface WrittenImage {
  readonly path: string;
  readonly sizeBytes: number;
  /** Bytes really written; the rest of the file is a hole. */
  readonly writtenBytes: number;
}

/** The most one piece has: a whole block of a dynamic VHD and what goes with it. Larger pieces fall out of the cache between read and write. */
const pieceBytes = 2 * MiB + 64 * KiB;
/** Zeros are left out in steps of this many bytes. */
const stepBytes = 64 * 1024;

/**
 * Writes an encoded image to a sparse file.
 *
 * The bytes go to `PATH.partial`, which is renamed to `PATH` when it is complete and on the medium. Runs of zeros are not
 * written. When anything fails, or the signal aborts, nothing is left behind and an existing file is as it was. Memory does
 * not grow with the image: `parallel` pieces of 2 MiB.
 *
 * @throws `IMAGE_TARGET_EXISTS`; `IMAGE_NO_SPACE`, before the first byte when the data cannot fit and later when the file
 * system is full; `IMAGE_WRITE_FAILED`; `CORE_CANCELLED`; whatever reading the image throws.
 */
export async function writeImage(
  encoded: EncodedImage,
  path: string,
  options: WriteImageOptions = {},
): Promise<WrittenImage> {
  const { signal, overwrite = false, durable = true } = options;
  throwIfCancelled(signal);
  const target = resolve(path);
  const partial = `${target}.partial`;
  if (!overwrite) await refuseExisting(target);
  await checkSpace(encoded, target);
  const file = await asWriteError(partial, () =>
    // Never through a symbolic link that somebody left in the way.
    open(
      partial,
      constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0),
      0o666,
    ),
  );
  let writtenBytes: number;
  try {
    try {
      await asWriteError(partial, () => file.truncate(encoded.sizeBytes));
      writtenBytes = await writePieces(encoded, file, partial, options);
      if (durable) await asWriteError(partial, () => file.sync());
      throwIfCancelled(signal);
    } finally {
      await file.close();
    }
    await moveInto(partial, target, overwrite);
  } catch (error) {
    await unlink(partial).catch(() => undefined);
    throw error;
  }
  if (durable) await syncFolder(dirname(target));
  return { path: target, sizeBytes: encoded.sizeBytes, writtenBytes };
}

async function writePieces(
  encoded: EncodedImage,
  file: FileHandle,
  partial: string,
  options: WriteImageOptions,
): Promise<number> {
  const { signal, onProgress, parallel = 4 } = options;
  const totalBytes = dataBytesOf(encoded);
  const pieces = piecesOf(encoded);
  let doneBytes = 0;
  let writtenBytes = 0;
  let failed = false;
  let failure: unknown;
  const work = async () => {
    // Shared, so that worker threads can inflate straight into it.
    const buffer = sharedBytes(Math.min(pieceBytes, Math.max(1, encoded.sizeBytes)));
    while (!failed) {
      const next = pieces.next();
      if (next.done) return;
      const range = next.value;
      const bytes = buffer.subarray(0, range.length);
      try {
        throwIfCancelled(signal);
        await encoded.read(range, bytes, signal);
        const written = await writeUnlessZero(file, partial, bytes, range.offset);
        writtenBytes += written;
        doneBytes += range.length;
        onProgress?.(doneBytes, totalBytes);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
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

function dataBytesOf(encoded: EncodedImage): number {
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
    const stop = Math.min(bytes.length, at + stepBytes - ((offset + at) % stepBytes));
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

async function refuseExisting(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (found) throw targetExists(target);
}

function targetExists(target: string): SampanError {
  return new SampanError("IMAGE_TARGET_EXISTS", `writing ${target}, which already exists`, {
    details: { path: target },
  });
}

async function checkSpace(encoded: EncodedImage, target: string): Promise<void> {
  const folder = dirname(target);
  const status = await asWriteError(target, () => statfs(folder));
  const freeBytes = status.bavail * status.bsize;
  // Only the data counts: holes and zero runs take no room. What the tables need on top is found out on the way.
  const neededBytes = Math.min(encoded.dataBytes, dataBytesOf(encoded));
  if (neededBytes > freeBytes) {
    throw new SampanError(
      "IMAGE_NO_SPACE",
      `writing ${target}: ${formatBytes(neededBytes)} are needed and ${formatBytes(freeBytes)} are free in ${folder}`,
      { details: { path: target, neededBytes, freeBytes } },
    );
  }
}

/** Gives the finished file its name; without `overwrite` never over a file that appeared meanwhile. */
async function moveInto(partial: string, target: string, overwrite: boolean): Promise<void> {
  await asWriteError(target, async () => {
    if (overwrite) return rename(partial, target);
    try {
      // Unlike rename, link refuses to replace.
      await link(partial, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw targetExists(target);
      await refuseExisting(target); // A file system without hard links: look once more, then rename.
      return rename(partial, target);
    }
    await unlink(partial);
  });
}

/** Makes the new name itself durable. Not every system lets folders be synced; the data is safe either way. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function asWriteError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isSampanError(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? null;
    const full = code === "ENOSPC" || code === "EDQUOT";
    throw new SampanError(
      full ? "IMAGE_NO_SPACE" : "IMAGE_WRITE_FAILED",
      `writing ${path}: the system answered ${code ?? "an error"}`,
      { cause: error, details: { path, code } },
    );
  }
}
