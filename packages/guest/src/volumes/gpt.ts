import { crc32 } from "node:zlib";
import { type ByteRange, formatBytes } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { guidText, hasText, isZero, le32, le64, u8 } from "./fields.ts";
import type { Partition, PartitionTable } from "./layout.ts";
import { fitToDisk } from "./mbr.ts";
import { gptTypeName } from "./partition-types.ts";
import { readBytes } from "./read-bytes.ts";

/*
 * UEFI specification 2.10, section 5.3. A table is taken only when the checksums of its header and of its entries agree;
 * the spare at the end of the disk stands in for a broken one at the front.
 */

/** The entries of every known tool fill 16 KiB (128 × 128 bytes); larger tables are read up to this. */
const maxEntryBytes = 1024 * 1024;

interface GptHeader {
  readonly sectorBytes: number;
  readonly atSector: number;
  readonly otherSector: number;
  readonly diskId: string | null;
  readonly entries: Uint8Array;
  readonly entryBytes: number;
  readonly tableRanges: readonly ByteRange[];
}

/** Reads and checks the header at a sector with its entries; a string says why there is none. */
async function readHeader(
  source: BlockSource,
  sectorBytes: number,
  atSector: number,
  signal?: AbortSignal,
): Promise<GptHeader | string> {
  const sector = await readBytes(source, atSector * sectorBytes, sectorBytes, signal);
  if (!hasText(sector, 0, "EFI PART")) return "is missing";
  const headerBytes = le32(sector, 12);
  if (headerBytes < 92 || headerBytes > sectorBytes) return `has a header of ${headerBytes} bytes`;
  const header = sector.slice(0, headerBytes);
  const wanted = le32(header, 16);
  header.fill(0, 16, 20);
  if (crc32(header) !== wanted) return "has a wrong checksum";
  if (le64(sector, 24) !== atSector) return "says it belongs elsewhere";
  const count = le32(sector, 80);
  const entryBytes = le32(sector, 84);
  const total = count * entryBytes;
  if (entryBytes < 128 || entryBytes % 8 !== 0 || entryBytes > 4096 || total > maxEntryBytes) {
    return `has ${count} entries of ${entryBytes} bytes`;
  }
  const entriesAt = le64(sector, 72) * sectorBytes;
  if (entriesAt + total > source.sizeBytes) return "has its entries outside the disk";
  const entries = await readBytes(source, entriesAt, total, signal);
  if (crc32(entries) !== le32(sector, 88)) return "has entries with a wrong checksum";
  return {
    sectorBytes,
    atSector,
    otherSector: le64(sector, 32),
    diskId: guidText(sector, 56),
    entries,
    entryBytes,
    tableRanges: [
      { offset: atSector * sectorBytes, length: sectorBytes },
      { offset: entriesAt, length: total },
    ],
  };
}

/**
 * Reads the GPT of a disk, from its spare when the first is broken.
 *
 * `expected` says that the MBR announces a GPT: then one that cannot be read is told in the notes and gives a table
 * without partitions. Otherwise `undefined` means that the disk has none.
 */
export async function readGptTable(
  source: BlockSource,
  expected: boolean,
  notes: string[],
  signal?: AbortSignal,
): Promise<PartitionTable | undefined> {
  let found: GptHeader | undefined;
  let complaint = "is missing";
  for (const sectorBytes of [512, 4096]) {
    if (source.sizeBytes < sectorBytes * 3) continue;
    const header = await readHeader(source, sectorBytes, 1, signal);
    if (typeof header !== "string") {
      found = header;
      break;
    }
    if (header !== "is missing") complaint = header;
  }
  const spare = found === undefined ? await readSpare(source, signal) : undefined;
  if (found === undefined && spare !== undefined && (expected || complaint !== "is missing")) {
    notes.push(`the GPT at the front ${complaint}; the spare at the end of the disk was used`);
    found = spare;
  }
  if (found === undefined) {
    if (!expected && complaint === "is missing") return undefined;
    notes.push(`the GPT ${complaint}, and there is no sound spare: partitions could not be told`);
    return { kind: "gpt", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] };
  }
  const lastSector = Math.floor(source.sizeBytes / found.sectorBytes) - 1;
  const tableRanges: ByteRange[] = [{ offset: 0, length: found.sectorBytes }, ...found.tableRanges];
  if (found.atSector === 1) {
    const other = await readHeader(
      source,
      found.sectorBytes,
      Math.min(found.otherSector, lastSector),
      signal,
    );
    if (typeof other === "string") notes.push(`the spare GPT ${other}; the one at the front was used`);
    else tableRanges.push(...other.tableRanges);
    if (found.otherSector < lastSector) {
      const grown = (lastSector - found.otherSector) * found.sectorBytes;
      notes.push(
        `the spare GPT lies ${formatBytes(grown)} before the end: the disk grew after it was partitioned`,
      );
    }
  }
  return { ...partitionsOf(found, source.sizeBytes, notes), tableRanges };
}

async function readSpare(source: BlockSource, signal?: AbortSignal): Promise<GptHeader | undefined> {
  for (const sectorBytes of [512, 4096]) {
    const last = Math.floor(source.sizeBytes / sectorBytes) - 1;
    if (last < 2) continue;
    const header = await readHeader(source, sectorBytes, last, signal);
    if (typeof header !== "string") return header;
  }
  return undefined;
}

function partitionsOf(
  header: GptHeader,
  sizeBytes: number,
  notes: string[],
): Omit<PartitionTable, "tableRanges"> {
  const { sectorBytes, entryBytes } = header;
  const partitions: Partition[] = [];
  for (let index = 0; (index + 1) * entryBytes <= header.entries.length; index++) {
    const entry = header.entries.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (isZero(entry.subarray(0, 16))) continue;
    const number = index + 1;
    const first = le64(entry, 32);
    const last = le64(entry, 40);
    const range = fitToDisk(
      { offset: first * sectorBytes, length: (last - first + 1) * sectorBytes },
      sizeBytes,
      `partition ${number}`,
      notes,
    );
    if (range === undefined) continue;
    const type = guidText(entry, 0) ?? "";
    const name = new TextDecoder("utf-16le").decode(entry.subarray(56, 128)).replace(/\0.*$/s, "").trim();
    partitions.push({
      number,
      range,
      type,
      typeName: gptTypeName(type),
      name: name === "" ? null : name,
      partUuid: guidText(entry, 16),
      // Attribute bit 2: legacy BIOS bootable.
      bootable: (u8(entry, 48) & 4) !== 0,
    });
  }
  return { kind: "gpt", diskId: header.diskId, sectorBytes, partitions };
}
