import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isSampanError, type JsonObject, SampanError } from "@sampan/core";
import {
  type BlockSource,
  type DiskImage,
  listPackagedDisks,
  type OpenImageOptions,
  openDiskImage,
} from "@sampan/image";
import type { Host, HostDisk } from "./host.ts";

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
 * them all. Errors are those of {@link openDiskImage}.
 *
 * @example
 * ```ts
 * const host = await openImageFileHost("/exports/web-01.vmdk");
 * const [disk] = await host.disks();
 * const source = await host.openDisk(disk.name);
 * ```
 */
export async function openImageFileHost(path: string, options: ImageFileOptions = {}): Promise<Host> {
  const images = await openImages(path, options);
  return {
    title: path,
    name: hostName(path),
    disks: () =>
      Promise.all([...images].map(([name, image], index) => describeDisk(name, image, index === 0))),
    async openDisk(name) {
      const image = images.get(name);
      if (image === undefined) {
        throw new SampanError(
          "HOST_DISK_UNKNOWN",
          `opening disk ${name} of ${path}, which has only ${[...images.keys()].join(", ")}`,
        );
      }
      return lent(image.source);
    },
    async close() {
      await Promise.all([...images.values()].map((image) => image.source.close()));
    },
  };
}

/** The images of a file by the names of its disks, in order. */
async function openImages(path: string, options: ImageFileOptions): Promise<Map<string, DiskImage>> {
  try {
    return new Map([[basename(path), await openDiskImage(path, options)]]);
  } catch (error) {
    if (!isSampanError(error, "IMAGE_DISK_CHOICE") || options.disk !== undefined) throw error;
  }
  const images = new Map<string, DiskImage>();
  try {
    for (const { index, file } of await listPackagedDisks(path)) {
      if (file !== null) images.set(file, await openDiskImage(path, { ...options, disk: index }));
    }
    return images;
  } catch (error) {
    await Promise.all([...images.values()].map((image) => image.source.close()));
    throw error;
  }
}

/** A source that leaves closing to the host. */
function lent(source: BlockSource): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    close: async () => undefined,
  };
}

async function describeDisk(name: string, image: DiskImage, system: boolean): Promise<HostDisk> {
  const { sizeBytes } = image.source;
  const files = await Promise.all(image.info.files.map(fileIdentity));
  const { format } = image.info;
  return { name, sizeBytes, system, identity: { format, virtualSizeBytes: sizeBytes, files } };
}

/** What a file is now; one that has gone is no longer what it was. */
async function fileIdentity(file: string): Promise<JsonObject> {
  const now = await stat(file).catch(() => undefined);
  if (now === undefined) return { file: basename(file), sizeBytes: null, modifiedMs: null };
  return { file: basename(file), sizeBytes: now.size, modifiedMs: Math.round(now.mtimeMs) };
}

/** A name fit for images and objects: the file's name without its ending, with dashes for all but letters, digits and dots. */
function hostName(path: string): string {
  const stem = basename(path).replace(/\.[A-Za-z0-9]{1,6}$/, "");
  const plain = stem.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[^A-Za-z]+|[-.]+$/g, "");
  return plain.length >= 2 ? plain.slice(0, 100) : `disk-${plain || "image"}`;
}
