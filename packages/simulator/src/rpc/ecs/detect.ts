import { openContainedImage } from "@sampan/image";
import { openContent } from "../../image-content.ts";
import type { BlobStore } from "../../state/blob-store.ts";
import type { ImageDisk, OsTraits } from "./records.ts";
import type { DetectionItem } from "./settings.ts";

const sectorBytes = 512;
const efiType = "28732ac11ff8d211ba4b00a0c93ec93b";
const partitionLimit = 128;

type Read = (offset: number, length: number) => Promise<Buffer>;

interface Partition {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly isEfi: boolean;
}

interface PartitionTable {
  readonly kind: "GPT" | "MBR" | "none";
  readonly partitions: readonly Partition[];
}

/**
 * What an image check sees on a system disk without looking into the guest's files: size, partition table, file systems,
 * and how the disk can start, with a risk where that is not how the image says. What it cannot judge has no item; `null`
 * when the disk cannot be read at all. Names of items follow the vendor's page on image check items (2026) as far as it has
 * them; risk codes are the simulator's own.
 */
export async function detect(
  blobs: BlobStore,
  disk: ImageDisk,
  os: OsTraits,
): Promise<readonly DetectionItem[] | null> {
  const format = disk.format.toLowerCase() as "vhd" | "raw" | "qcow2";
  const stored = openContent(blobs, disk.content);
  let source: Awaited<ReturnType<typeof openContainedImage>>["source"];
  try {
    ({ source } = await openContainedImage(stored, `/nowhere/system.${format}`, { format }));
  } catch {
    await stored.close();
    return null;
  }
  const read: Read = async (offset, length) => {
    const into = Buffer.alloc(length);
    const readable = Math.max(0, Math.min(length, source.sizeBytes - offset));
    if (readable > 0) await source.read({ offset, length: readable }, into.subarray(0, readable));
    return into;
  };
  try {
    return await itemsOf(read, source.sizeBytes, os);
  } catch {
    return null;
  } finally {
    await source.close();
  }
}

async function itemsOf(read: Read, sizeBytes: number, os: OsTraits): Promise<readonly DetectionItem[]> {
  const table = await readTable(read, sizeBytes);
  const kinds: string[] = [];
  for (const partition of table.partitions) {
    const kind = await fileSystemAt(read, partition.offset);
    if (kind !== undefined) kinds.push(kind);
  }
  if (table.kind === "none") {
    const kind = await fileSystemAt(read, 0);
    if (kind !== undefined) kinds.push(kind);
  }
  const boots = await bootModes(read, table);
  return [
    { name: "GUESTOS.SystemDiskSize", value: String(sizeBytes) },
    { name: "GUESTOS.PartitionTable", value: table.kind, ...tableRisk(table) },
    ...(kinds.length > 0 ? [{ name: "GUESTOS.FileSystem", value: [...new Set(kinds)].join(",") }] : []),
    ...(boots.length > 0
      ? [{ name: "GUESTOS.BootMode", value: boots.join(","), ...bootRisk(boots, os) }]
      : []),
  ];
}

function tableRisk({ kind, partitions }: PartitionTable) {
  return partitions.length > 0
    ? {}
    : { riskCode: kind === "none" ? "NoPartitionTable" : "NoPartition", riskLevel: "High" };
}

function bootRisk(boots: readonly string[], os: OsTraits) {
  const wanted = os.bootMode === "UEFI-Preferred" ? ["BIOS", "UEFI"] : [os.bootMode];
  return wanted.some((mode) => boots.includes(mode))
    ? {}
    : { riskCode: "BootModeMismatch", riskLevel: "High" };
}

/** How a disk can start: by the code in its first sector, by an EFI system partition, or both. */
async function bootModes(read: Read, table: PartitionTable): Promise<readonly string[]> {
  const first = await read(0, sectorBytes);
  const hasCode = first.readUInt16LE(510) === 0xaa55 && first.subarray(0, 440).some((byte) => byte !== 0);
  return [
    ...(hasCode ? ["BIOS"] : []),
    ...(table.partitions.some((partition) => partition.isEfi) ? ["UEFI"] : []),
  ];
}

async function readTable(read: Read, sizeBytes: number): Promise<PartitionTable> {
  const header = await read(sectorBytes, sectorBytes);
  if (header.toString("latin1", 0, 8) === "EFI PART")
    return { kind: "GPT", partitions: await readGpt(read, header) };
  const first = await read(0, sectorBytes);
  if (first.readUInt16LE(510) !== 0xaa55) return { kind: "none", partitions: [] };
  const partitions: Partition[] = [];
  for (let at = 446; at < 510; at += 16) {
    const type = first.readUInt8(at + 4);
    const offset = first.readUInt32LE(at + 8) * sectorBytes;
    const length = first.readUInt32LE(at + 12) * sectorBytes;
    if (type !== 0 && length > 0 && offset < sizeBytes) {
      partitions.push({ offset, sizeBytes: length, isEfi: type === 0xef });
    }
  }
  // The first sector of a file system ends in the same mark.
  return { kind: partitions.length > 0 ? "MBR" : "none", partitions };
}

async function readGpt(read: Read, header: Buffer): Promise<readonly Partition[]> {
  const start = Number(header.readBigUInt64LE(72)) * sectorBytes;
  const count = Math.min(header.readUInt32LE(80), partitionLimit);
  const entryBytes = header.readUInt32LE(84);
  if (entryBytes < 128 || entryBytes > 4096 || !Number.isSafeInteger(start)) return [];
  const entries = await read(start, count * entryBytes);
  const partitions: Partition[] = [];
  for (let at = 0; at < entries.length; at += entryBytes) {
    const type = entries.toString("hex", at, at + 16);
    const offset = Number(entries.readBigUInt64LE(at + 32)) * sectorBytes;
    const end = (Number(entries.readBigUInt64LE(at + 40)) + 1) * sectorBytes;
    if (/^0+$/.test(type) || !Number.isSafeInteger(end) || end <= offset) continue;
    partitions.push({ offset, sizeBytes: end - offset, isEfi: type === efiType });
  }
  return partitions;
}

/** Marks of file systems and of what stands in their place: offset in the partition, bytes, name. */
const marks: readonly (readonly [number, string, string])[] = [
  [0x438, "53ef", "ext"],
  [0, "58465342", "xfs"],
  [3, "4e54465320202020", "ntfs"],
  [0x10040, "5f42485266535f4d", "btrfs"],
  [0x52, "4641543332", "vfat"],
  [0x36, "46415431", "vfat"],
  [0x218, "4c564d3220303031", "lvm"],
  [0xff6, "53574150535041434532", "swap"],
  [0, "4c554b53babe", "luks"],
];

async function fileSystemAt(read: Read, offset: number): Promise<string | undefined> {
  for (const [at, hex, name] of marks) {
    if ((await read(offset + at, hex.length / 2)).toString("hex") === hex) return name;
  }
  return undefined;
}
