import { GiB } from "@sampan/core";
import { blankDisk } from "../../../disk/blank-disk.ts";
import type { BlobStore } from "../../../state/blob-store.ts";
import type { DiskBytes } from "./records.ts";

/** Stored bytes for a disk that has none of its own: a small QCOW2 that reads as zeros. Nobody holds them yet. */
export async function blankBytes(blobs: BlobStore, sizeGiB: number): Promise<DiskBytes> {
  const virtualSizeBytes = sizeGiB * GiB;
  const writer = await blobs.create();
  try {
    await writer.write(blankDisk(virtualSizeBytes));
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { format: "QCOW2", virtualSizeBytes, content: await writer.finish() };
}
