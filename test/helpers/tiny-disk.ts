import { writeFile } from "node:fs/promises";

const MiB = 1024 * 1024;

/** Writes a disk of 2 MiB with a partition and no guest, of which no two kilobytes are the same; `seed` makes it another. */
export async function writeTinyDisk(path: string, seed = 0): Promise<void> {
  const disk = Buffer.alloc(2 * MiB);
  for (let offset = 4096; offset < disk.length; offset += 8) {
    disk.writeDoubleLE(Math.sin(offset + seed), offset);
  }
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x0f, 0, 0], 446);
  disk.set([0x55, 0xaa], 510);
  await writeFile(path, disk);
}
