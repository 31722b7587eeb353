import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { JsonObject } from "@sampan/core";
import type { OpenImageOptions } from "@sampan/image";
import type { Host } from "./host.ts";
import { openImageHost } from "./image-host.ts";

/** Options of {@link openImageFileHost}: how its file is opened. */
export type ImageFileOptions = Pick<
  OpenImageOptions,
  "format" | "allowPaths" | "snapshot" | "disk" | "signal"
>;

/**
 * Opens a disk image as a host whose disks are those of the file: one, or the disks of an OVA or OVF, of which the first
 * is the system disk.
 *
 * A disk's identity is what its files are when {@link Host.disks} is called: sizes and modification times. Each image is
 * opened once and shared by all sources given out, since opening some (a gzip file) means unpacking them; `close()` ends
 * them all. Errors are those of `openDiskImage` of `@sampan/image`.
 *
 * @example
 * ```ts
 * const host = await openImageFileHost("/exports/web-01.vmdk");
 * const [disk] = await host.disks();
 * const source = await host.openDisk(disk.name);
 * ```
 */
export async function openImageFileHost(path: string, options: ImageFileOptions = {}): Promise<Host> {
  return openImageHost({ title: path, path, options, identityOf: fileIdentity });
}

/** What a file is now; one that has gone is no longer what it was. */
async function fileIdentity(file: string): Promise<JsonObject> {
  const now = await stat(file).catch(() => undefined);
  if (now === undefined) return { file: basename(file), sizeBytes: null, modifiedMs: null };
  return { file: basename(file), sizeBytes: now.size, modifiedMs: Math.round(now.mtimeMs) };
}
