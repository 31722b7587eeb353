import { type FileHandle, mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GiB, KiB, MiB, rangeEnd, SampanError, TiB, throwIfCancelled } from "@sampan/core";
import { AllocationMap, appendExtent } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import type { Extent } from "../../extent.ts";
import { isZero } from "../../io/zeros.ts";
import { FileSource } from "../../sources/file-source.ts";
import type { OpenContext } from "../format.ts";

/** Zeros are left out of the file in blocks of this size. */
const blockBytes = 64 * KiB;
const bufferBytes = MiB;
/** Up to this size the ratio does not count: unpacking it takes a few seconds. */
const freeBytes = 2 * GiB;
/** Left free in the scratch folder. */
const reserveBytes = 64 * MiB;
/** Runs of data and zeros that are remembered one by one; what comes behind them counts as data. */
const maximumExtents = 256 * 1024;

/** An unpacked disk, and where it holds data. */
export interface Scratch {
  readonly source: BlockSource;
  readonly map: AllocationMap;
}

/**
 * Writes what a compressed file unpacks to into a sparse scratch file, and opens that.
 *
 * The file has no name from the moment it exists, so that it vanishes with the process however that ends; on Windows it is removed
 * when the source is closed. Only its owner may read it.
 *
 * @throws `IMAGE_UNPACKS_TOO_LARGE` beyond the limits of `unpacking`; `IMAGE_NO_SPACE`; what `pieces` throws.
 */
export async function unpackToScratch(
  pieces: AsyncIterable<Uint8Array>,
  packedBytes: number,
  context: OpenContext,
): Promise<Scratch> {
  const {
    scratchFolder = tmpdir(),
    maximumBytes = TiB,
    maximumRatio = 250,
  } = context.options.unpacking ?? {};
  const limitBytes = Math.min(maximumBytes, Math.max(freeBytes, packedBytes * maximumRatio));
  const folder = await mkdtemp(join(scratchFolder, "sampan-unpack-")).catch((error: unknown) => {
    throw writeFailed(context, scratchFolder, error);
  });
  let handle: FileHandle | undefined;
  try {
    handle = await open(join(folder, "disk"), "wx+", 0o600);
    if (process.platform !== "win32") await rm(folder, { recursive: true });
    const map = await fill(handle, pieces, limitBytes, scratchFolder, context);
    const file = new FileSource(`${context.path} (unpacked)`, handle, map.sizeBytes, false);
    return { source: removedWhenClosed(file, folder), map };
  } catch (error) {
    await handle?.close();
    await rm(folder, { recursive: true, force: true });
    throw error instanceof SampanError ? error : writeFailed(context, scratchFolder, error);
  }
}

async function fill(
  handle: FileHandle,
  pieces: AsyncIterable<Uint8Array>,
  limitBytes: number,
  folder: string,
  context: OpenContext,
): Promise<AllocationMap> {
  const { bavail, bsize } = await statfs(folder);
  const roomBytes = bavail * bsize - reserveBytes;
  const extents: Extent[] = [];
  const buffer = new Uint8Array(bufferBytes);
  let used = 0;
  let written = 0;
  let storedBytes = 0;
  const flush = async () => {
    for (let from = 0; from < used; ) {
      const zero = isZeroBlock(buffer, from, used);
      let to = Math.min(from + blockBytes, used);
      while (to < used && isZeroBlock(buffer, to, used) === zero) to = Math.min(to + blockBytes, used);
      const kind = zero && extents.length < maximumExtents ? "zero" : "data";
      appendExtent(extents, { offset: written + from, length: to - from, kind });
      if (!zero) {
        storedBytes += to - from;
        if (storedBytes > roomBytes) throw noSpace(context, folder, roomBytes);
        await writeAll(handle, buffer.subarray(from, to), written + from);
      }
      from = to;
    }
    written += used;
    used = 0;
  };
  for await (const piece of pieces) {
    throwIfCancelled(context.signal);
    if (written + used + piece.length > limitBytes) throw tooLarge(context, limitBytes);
    for (let from = 0; from < piece.length; ) {
      const length = Math.min(piece.length - from, bufferBytes - used);
      buffer.set(piece.subarray(from, from + length), used);
      used += length;
      from += length;
      if (used === bufferBytes) await flush();
    }
  }
  await flush();
  await handle.truncate(written);
  const last = extents.at(-1);
  return AllocationMap.of(last ? rangeEnd(last) : 0, extents);
}

function isZeroBlock(buffer: Uint8Array, from: number, used: number): boolean {
  return isZero(buffer.subarray(from, Math.min(from + blockBytes, used)));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function removedWhenClosed(file: FileSource, folder: string): BlockSource {
  if (process.platform !== "win32") return file;
  return {
    sizeBytes: file.sizeBytes,
    features: file.features,
    read: (range, into, signal) => file.read(range, into, signal),
    extents: (range, signal) => file.extents(range, signal),
    async close() {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function tooLarge(context: OpenContext, limitBytes: number): SampanError {
  return new SampanError(
    "IMAGE_UNPACKS_TOO_LARGE",
    `opening ${context.path}, which unpacks to more than ${limitBytes} bytes`,
    {
      hint: "If you trust it, unpack it yourself and give the unpacked file, or raise `unpacking.maximumRatio` and `unpacking.maximumBytes`.",
      details: { path: context.path, limitBytes },
    },
  );
}

function noSpace(context: OpenContext, folder: string, roomBytes: number): SampanError {
  return new SampanError(
    "IMAGE_NO_SPACE",
    `unpacking ${context.path} into ${folder}, which has ${Math.max(0, roomBytes)} bytes to spare`,
    {
      hint: "Name a folder with more space by `unpacking.scratchFolder`, or by TMPDIR.",
      details: { path: context.path, folder, roomBytes },
    },
  );
}

function writeFailed(context: OpenContext, folder: string, error: unknown): SampanError {
  const code = (error as NodeJS.ErrnoException).code ?? null;
  if (code === "ENOSPC" || code === "EDQUOT") return noSpace(context, folder, 0);
  return new SampanError(
    "IMAGE_WRITE_FAILED",
    `unpacking ${context.path} into ${folder}: the system answered ${code ?? "an error"}`,
    { cause: error, details: { path: context.path, folder, code } },
  );
}
