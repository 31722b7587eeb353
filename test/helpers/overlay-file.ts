import { open, readFile } from "node:fs/promises";

/**
 * Writes the blocks of a saved overlay over a raw disk: what "the source plus the patch" is, made without Sampan.
 *
 * Reads the documented form of the file (the head of `packages/image/src/overlay/overlay-format.ts`) and shares no code
 * with it.
 */
export async function pasteOverlay(overlayPath: string, rawPath: string): Promise<number> {
  const overlay = await readFile(overlayPath);
  if (overlay.toString("latin1", 0, 8) !== "SAMPANOV" || overlay.readUInt32LE(8) !== 1) {
    throw new Error(`${overlayPath} is no overlay of version 1`);
  }
  const blockBytes = overlay.readUInt32LE(12);
  const diskBytes = Number(overlay.readBigUInt64LE(16));
  const runs = Number(overlay.readBigUInt64LE(24));
  const disk = await open(rawPath, "r+");
  let stored = 64 + runs * 16;
  let pasted = 0;
  try {
    for (let run = 0; run < runs; run++) {
      const at = 64 + run * 16;
      const offset = Number(overlay.readBigUInt64LE(at)) * blockBytes;
      const length = Math.min(overlay.readUInt32LE(at + 8) * blockBytes, diskBytes - offset);
      const isStored = overlay.readUInt32LE(at + 12) === 1;
      const bytes = isStored ? overlay.subarray(stored, stored + length) : Buffer.alloc(length);
      if (isStored) stored += length;
      await disk.write(bytes, 0, length, offset);
      pasted += length;
    }
  } finally {
    await disk.close();
  }
  return pasted;
}
