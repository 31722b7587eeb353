import { type ByteRange, rangeEnd, sectorBytes } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { hasText, hex, isZero, le32, u8 } from "./fields.ts";
import type { Partition, PartitionTable } from "./layout.ts";
import { isExtendedType, mbrTypeName } from "./partition-types.ts";
import { readBytes } from "./read-bytes.ts";

/** The most logical partitions followed; Linux itself stops at 256 minors. */
const maxLogicalPartitions = 256;

/** One of the four entries of a boot record; positions in sectors, relative to what the record says. */
export interface MbrEntry {
  readonly slot: number;
  readonly active: boolean;
  readonly type: string;
  readonly startSector: number;
  readonly sectors: number;
}

/**
 * Reads the four entries of a boot record; `undefined` when the sector is no partition table.
 *
 * The boot sector of a FAT or NTFS file system ends in the same signature: its entries are code or text, so a status
 * byte other than 00 and 80 tells them apart, and so does the file system's own name in the sector.
 */
export function parseMbrEntries(sector: Uint8Array): readonly MbrEntry[] | undefined {
  if (sector.length < sectorBytes || u8(sector, 510) !== 0x55 || u8(sector, 511) !== 0xaa) return undefined;
  if (hasText(sector, 3, "NTFS    ") || hasText(sector, 3, "EXFAT   ")) return undefined;
  const entries: MbrEntry[] = [];
  for (let slot = 0; slot < 4; slot++) {
    const at = 446 + slot * 16;
    const status = u8(sector, at);
    if (status !== 0 && status !== 0x80) return undefined;
    const entry: MbrEntry = {
      slot,
      active: status === 0x80,
      type: hex(sector.subarray(at + 4, at + 5)),
      startSector: le32(sector, at + 8),
      sectors: le32(sector, at + 12),
    };
    if (entry.type !== "00" && entry.sectors > 0) entries.push(entry);
  }
  return entries;
}

/** The disk signature of a boot record as eight hex digits; `null` when it has none. */
export function mbrDiskId(sector: Uint8Array): string | null {
  const id = le32(sector, 440);
  return id === 0 ? null : id.toString(16).padStart(8, "0");
}

/** True when the record holds boot code. */
export function hasBootCode(sector: Uint8Array): boolean {
  return !isZero(sector.subarray(0, 440));
}

/** Cuts a partition to the disk; `undefined` when none of it is there. */
export function fitToDisk(
  range: ByteRange,
  sizeBytes: number,
  what: string,
  notes: string[],
): ByteRange | undefined {
  if (range.offset >= sizeBytes || range.length <= 0) {
    notes.push(`${what} lies outside the disk and was left out`);
    return undefined;
  }
  if (rangeEnd(range) <= sizeBytes) return range;
  notes.push(
    `${what} reaches ${rangeEnd(range) - sizeBytes} bytes past the end of the disk and was cut there`,
  );
  return { offset: range.offset, length: sizeBytes - range.offset };
}

/** Makes the partition table of an MBR disk, logical partitions included. */
export async function readMbrTable(
  source: BlockSource,
  sector: Uint8Array,
  entries: readonly MbrEntry[],
  notes: string[],
  signal?: AbortSignal,
): Promise<PartitionTable> {
  const diskId = mbrDiskId(sector);
  const partitions: Partition[] = [];
  const tableRanges: ByteRange[] = [{ offset: 0, length: sectorBytes }];
  const add = (number: number, entry: MbrEntry, startSector: number) => {
    const given = { offset: startSector * sectorBytes, length: entry.sectors * sectorBytes };
    const range = fitToDisk(given, source.sizeBytes, `partition ${number}`, notes);
    if (range === undefined) return;
    partitions.push({
      number,
      range,
      type: entry.type,
      typeName: mbrTypeName(entry.type),
      name: null,
      partUuid: diskId === null ? null : `${diskId}-${number.toString(16).padStart(2, "0")}`,
      bootable: entry.active,
    });
  };
  let nextLogical = 5;
  for (const entry of entries) {
    add(entry.slot + 1, entry, entry.startSector);
    if (!isExtendedType(entry.type)) continue;
    // A chain of boot records: each names one logical partition and the next record, counted from the container.
    const seen = new Set<number>();
    let at = entry.startSector;
    for (;;) {
      const offset = at * sectorBytes;
      if (seen.has(at) || nextLogical >= 5 + maxLogicalPartitions) {
        notes.push(`the chain of logical partitions runs in a circle at sector ${at}; it was followed once`);
        break;
      }
      seen.add(at);
      const record = await readBytes(source, offset, sectorBytes, signal);
      const links = parseMbrEntries(record);
      if (links === undefined) {
        notes.push(`the chain of logical partitions breaks at sector ${at}`);
        break;
      }
      tableRanges.push({ offset, length: sectorBytes });
      const logical = links.find((link) => !isExtendedType(link.type));
      if (logical) add(nextLogical++, logical, at + logical.startSector);
      const next = links.find((link) => isExtendedType(link.type));
      if (next === undefined) break;
      at = entry.startSector + next.startSector;
    }
  }
  return { kind: "mbr", diskId, sectorBytes, partitions, tableRanges };
}
