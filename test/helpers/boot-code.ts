import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

/** An entry of a partition table, in bytes of the disk. */
export interface PartitionToWrite {
  readonly startBytes: number;
  readonly sizeBytes: number;
  /** Type by its number: 0x83 Linux, 0x8e LVM. */
  readonly type: number;
}

const sectorBytes = 512;

/**
 * Does what grub-install does to a disk with an MBR: boot.img into sector 0 around the partition table, core.img into the
 * gap behind it. The first partition is the active one.
 *
 * @param grubFolder where boot.img and core.img lie; core.img has to look into the first partition for its modules.
 */
export async function writeBootCode(
  disk: string,
  grubFolder: string,
  partitions: readonly PartitionToWrite[],
): Promise<void> {
  const gapEnd = Math.min(...partitions.map(({ startBytes }) => startBytes));
  const boot = await readFile(join(grubFolder, "boot.img"));
  const core = await readFile(join(grubFolder, "core.img"));
  if (boot.length !== sectorBytes || core.length > gapEnd - sectorBytes) {
    throw new Error(`GRUB's boot code does not fit: ${boot.length} and ${core.length} bytes`);
  }
  // Sector of core.img, 8 bytes at 0x5c; two no-ops at 0x66 make it trust the BIOS's drive number no more.
  boot.writeBigUInt64LE(1n, 0x5c);
  boot.writeUInt16LE(0x9090, 0x66);
  boot.fill(0, 0x1b8, 0x1fe);
  boot.writeUInt32LE(0x5a3d_9e01, 0x1b8);
  for (const [index, { startBytes, sizeBytes, type }] of partitions.entries()) {
    const entry = 0x1be + index * 16;
    boot.writeUInt8(index === 0 ? 0x80 : 0, entry);
    boot.set([0xfe, 0xff, 0xff], entry + 1);
    boot.writeUInt8(type, entry + 4);
    boot.set([0xfe, 0xff, 0xff], entry + 5);
    boot.writeUInt32LE(startBytes / sectorBytes, entry + 8);
    boot.writeUInt32LE(sizeBytes / sectorBytes, entry + 12);
  }
  boot.writeUInt16LE(0xaa55, 0x1fe);
  const file = await open(disk, "r+");
  try {
    await file.write(boot, 0, sectorBytes, 0);
    // core.img's first sector already points at the one that follows it.
    await file.write(core, 0, core.length, sectorBytes);
  } finally {
    await file.close();
  }
}
