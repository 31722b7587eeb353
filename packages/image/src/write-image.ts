import { constants } from "node:fs";
import { link, lstat, open, rename, statfs, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { formatBytes, SampanError, throwIfCancelled } from "@sampan/core";
import type { EncodedImage } from "./encoded-image.ts";
import { asWriteError } from "./write-error.ts";
import { dataBytesOf, writePieces } from "./write-pieces.ts";

/** Options of {@link writeImage}. */
export interface WriteImageOptions {
  /** Told after every piece how many bytes of the file are done, of how many worth writing. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  /** Replaces an existing file. Default `false`: it is refused. */
  readonly overwrite?: boolean;
  /**
   * How many pieces of 2 MiB are read and written at once; where they can be copied from file to file, how many batches of
   * eight. Default 4.
   */
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

/**
 * Writes an encoded image to a sparse file.
 *
 * The bytes go to `PATH.partial`, which is renamed to `PATH` when it is complete and on the medium. Runs of zeros are not
 * written. When anything fails, or the signal aborts, nothing is left behind and an existing file is as it was. Memory does
 * not grow with the image: `parallel` pieces of 2 MiB, or batches of eight.
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
