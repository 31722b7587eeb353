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

/** An image, and how it is to be called and told from another. */
export interface ImageHostSetup {
  /** What people call it. */
  readonly title: string;
  readonly path: string;
  /** What its name for images is made of. Default: the last part of the path. */
  readonly name?: string;
  readonly options: OpenImageOptions;
  /** What a file of the image is now; `signal` ends asking. */
  identityOf(file: string, signal?: AbortSignal): Promise<JsonObject>;
}

/**
 * Opens an image, wherever its files lie, as a host whose disks are those of the image: one, or those of a package, the first of which
 * is the system disk. Each is opened once and shared by all sources given out; `close()` ends them all.
 */
export async function openImageHost(setup: ImageHostSetup): Promise<Host> {
  const { title, path, options } = setup;
  const images = await openImages(path, options);
  return {
    title,
    name: hostName(setup.name ?? path),
    disks: (signal) =>
      Promise.all(
        [...images].map(([name, image], index) => describeDisk(setup, name, image, index === 0, signal)),
      ),
    async openDisk(name) {
      const image = images.get(name);
      if (image === undefined) {
        throw new SampanError(
          "HOST_DISK_UNKNOWN",
          `opening disk ${name} of ${title}, which has only ${[...images.keys()].join(", ")}`,
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
async function openImages(path: string, options: OpenImageOptions): Promise<Map<string, DiskImage>> {
  try {
    return new Map([[basename(path), await openDiskImage(path, options)]]);
  } catch (error) {
    if (!isSampanError(error, "IMAGE_DISK_CHOICE") || options.disk !== undefined) throw error;
  }
  const images = new Map<string, DiskImage>();
  try {
    for (const { index, file } of await listPackagedDisks(path, options)) {
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

async function describeDisk(
  setup: ImageHostSetup,
  name: string,
  image: DiskImage,
  system: boolean,
  signal: AbortSignal | undefined,
): Promise<HostDisk> {
  const { sizeBytes } = image.source;
  const files = await Promise.all(image.info.files.map((file) => setup.identityOf(file, signal)));
  const { format } = image.info;
  return { name, sizeBytes, system, identity: { format, virtualSizeBytes: sizeBytes, files } };
}

/** A name fit for images and objects: the file's name without its ending, with dashes for all but letters, digits and dots. */
export function hostName(path: string): string {
  const stem = basename(path).replace(/\.[A-Za-z0-9]{1,6}$/, "");
  const plain = stem.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[^A-Za-z]+|[-.]+$/g, "");
  return plain.length >= 2 ? plain.slice(0, 100) : `disk-${plain || "image"}`;
}
