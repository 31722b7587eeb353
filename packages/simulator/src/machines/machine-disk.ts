import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { encodeRaw, type ImageFormat, openContainedImage, writeImage } from "@sampan/image";
import { openContent } from "../image-content.ts";
import type { BlobStore } from "../state/blob-store.ts";
import type { MachineDisk } from "./machine.ts";

const formats: Readonly<Record<MachineDisk["format"], ImageFormat>> = {
  VHD: "vhd",
  RAW: "raw",
  QCOW2: "qcow2",
};

/**
 * Makes the throw-away disk a machine works on: the image's disk as a sparse raw file, grown to the size asked for.
 *
 * Read by Sampan's own formats, so that QEMU never parses what somebody uploaded. What the image names is looked for in
 * `folder`, which holds nothing but such disks: a parent is never found.
 */
export async function writeMachineDisk(
  blobs: BlobStore,
  disk: MachineDisk,
  folder: string,
  name: string,
): Promise<string> {
  const format = formats[disk.format];
  const content = openContent(blobs, disk.content);
  const image = await openContainedImage(content, join(folder, `${name}.${format}`), { format });
  try {
    const path = join(folder, `${name}.disk`);
    const written = await writeImage(await encodeRaw(image.source), path, { durable: false });
    // Room at the end, as on a cloud disk that is larger than the image.
    if (disk.sizeBytes > written.sizeBytes) await truncate(path, disk.sizeBytes);
    return path;
  } finally {
    await image.source.close();
  }
}
