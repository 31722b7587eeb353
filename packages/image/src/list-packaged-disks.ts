import { SampanError } from "@sampan/core";
import { ovaFormat, ovfFormat, readPackage } from "./formats/ova/ova-format.ts";
import type { PackagedDisk } from "./formats/ova/ovf.ts";
import { type FilesOfImage, placeOf } from "./image-place.ts";

/**
 * Lists the disks of an OVA or OVF package without opening them, in the package's own order.
 *
 * One of them is opened by `openDiskImage(path, { disk })`.
 *
 * @throws `IMAGE_FORMAT_UNSUPPORTED` for a file that is no such package; `IMAGE_CORRUPT` and `IMAGE_TRUNCATED` for a damaged one;
 * `IMAGE_NOT_FOUND` and `IMAGE_UNREADABLE`.
 *
 * @example
 * ```ts
 * for (const disk of await listPackagedDisks("shop.ova")) console.log(disk.index, disk.file, disk.capacityBytes);
 * ```
 */
export async function listPackagedDisks(
  path: string,
  options: { readonly files?: FilesOfImage; readonly signal?: AbortSignal } = {},
): Promise<readonly PackagedDisk[]> {
  const { signal } = options;
  const file = await placeOf(options.files).open(path, signal);
  try {
    const head = new Uint8Array(Math.min(file.sizeBytes, 256 * 1024));
    await file.read({ offset: 0, length: head.length }, head, signal);
    const probed = { path, sizeBytes: file.sizeBytes, head, tail: new Uint8Array(0) };
    const reader = [ovaFormat, ovfFormat].find((candidate) => candidate.recognises(probed));
    if (!reader) {
      throw new SampanError(
        "IMAGE_FORMAT_UNSUPPORTED",
        `listing the disks of ${path}, which is no OVA or OVF`,
        {
          hint: "A disk image holds one disk; open it with `openDiskImage`.",
          details: { path },
        },
      );
    }
    const { disks } = await readPackage(file, reader.format, { path, signal });
    return disks.map(({ index, id, file: name, capacityBytes, format }) => ({
      index,
      id,
      file: name,
      capacityBytes,
      format,
    }));
  } finally {
    await file.close();
  }
}
