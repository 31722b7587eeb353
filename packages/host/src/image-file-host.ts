import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { SampanError } from "@sampan/core";
import { type DiskImage, type ImageFormat, openDiskImage } from "@sampan/image";
import type { Host, HostDisk } from "./host.ts";

/** Options of {@link openImageFileHost}. */
export interface ImageFileOptions {
  /** Takes the file to be of this format instead of looking at its bytes. */
  readonly format?: ImageFormat;
}

/**
 * Opens a disk image as a host with one disk, its system disk.
 *
 * The disk's identity is what its files were when opened: sizes and modification times. Errors are those of
 * {@link openDiskImage}.
 *
 * @example
 * ```ts
 * const host = await openImageFileHost("/exports/web-01.vmdk");
 * const [disk] = await host.disks();
 * const source = await host.openDisk(disk.name);
 * ```
 */
export async function openImageFileHost(path: string, options: ImageFileOptions = {}): Promise<Host> {
  const open = () => openDiskImage(path, options.format === undefined ? {} : { format: options.format });
  const image = await open();
  const disk = await describeDisk(image).finally(() => image.source.close());
  return {
    title: path,
    name: hostName(path),
    async disks() {
      return [disk];
    },
    async openDisk(name) {
      if (name !== disk.name) {
        throw new SampanError(
          "HOST_DISK_UNKNOWN",
          `opening disk ${name} of ${path}, which has only ${disk.name}`,
        );
      }
      return (await open()).source;
    },
    async close() {},
  };
}

async function describeDisk(image: DiskImage): Promise<HostDisk> {
  const files = await Promise.all(
    image.info.files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return { file: basename(file), sizeBytes: size, modifiedMs: Math.round(mtimeMs) };
    }),
  );
  return {
    name: basename(image.path),
    sizeBytes: image.source.sizeBytes,
    system: true,
    identity: { format: image.info.format, virtualSizeBytes: image.source.sizeBytes, files },
  };
}

/** A name fit for images and objects: the file's name without its ending, with dashes for all but letters, digits and dots. */
function hostName(path: string): string {
  const stem = basename(path).replace(/\.[A-Za-z0-9]{1,6}$/, "");
  const plain = stem.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[^A-Za-z]+|[-.]+$/g, "");
  return plain.length >= 2 ? plain.slice(0, 100) : `disk-${plain || "image"}`;
}
