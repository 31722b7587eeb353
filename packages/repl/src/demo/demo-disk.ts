import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { MiB, SampanError } from "@sampan/core";

/** Name of the demo's disk, in `.sampan/demo/` of some folder. */
export const demoDiskName = "first-guest.qcow2";

// The packed disk unpacks to a few MiB; anything much larger is not ours.
const mostDiskBytes = 256 * MiB;

/** The packed disk in this package: one folder above both `src` and `dist`. */
function packedDiskPath(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!/[\\/](src|dist)$/.test(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return join(dirname(folder), "assets", `${demoDiskName}.gz`);
}

/**
 * Unpacks the demo's disk to a path; a file already there is replaced, whole or not at all.
 *
 * @throws `COMMAND_DEMO_DISK_MISSING`, `COMMAND_WRITE_FAILED`
 */
export async function unpackDemoDisk(path: string): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await promisify(gunzip)(await readFile(packedDiskPath()), { maxOutputLength: mostDiskBytes });
  } catch (error) {
    throw new SampanError(
      "COMMAND_DEMO_DISK_MISSING",
      `unpacking the disk of the demo: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  const aside = `${path}.${randomBytes(4).toString("hex")}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw new SampanError("COMMAND_WRITE_FAILED", `unpacking the disk of the demo to ${path}`, {
      cause: error,
    });
  }
}

/** True for a path that means the demo's disk: `.sampan/demo/first-guest.qcow2` of any folder. */
export function isDemoDisk(path: string): boolean {
  const folder = dirname(path);
  return (
    basename(path) === demoDiskName && basename(folder) === "demo" && basename(dirname(folder)) === ".sampan"
  );
}

/** Unpacks the demo's disk when a plan names it and it is not there yet, so that the first example runs anywhere. */
export async function ensureDemoDisk(path: string): Promise<void> {
  if (!isDemoDisk(path)) return;
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) await unpackDemoDisk(path);
}
