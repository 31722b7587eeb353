import { crc32 } from "node:zlib";
import { hex } from "../volumes/fields.ts";

/** One MBR entry to write; positions in sectors. */
export interface MbrEntryToWrite {
  readonly type: number;
  readonly start: number;
  readonly sectors: number;
  readonly active?: boolean;
}

/** Writes a boot record with up to four entries at a sector. */
export function writeBootRecord(
  bytes: Uint8Array,
  sector: number,
  entries: readonly MbrEntryToWrite[],
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + sector * 512, 512);
  entries.forEach((entry, index) => {
    const at = 446 + index * 16;
    view.setUint8(at, entry.active ? 0x80 : 0);
    view.setUint8(at + 4, entry.type);
    view.setUint32(at + 8, entry.start, true);
    view.setUint32(at + 12, entry.sectors, true);
  });
  view.setUint16(510, 0xaa55, true);
}

/** One GPT entry to write; positions in sectors of the table. */
export interface GptEntryToWrite {
  readonly type: string;
  readonly guid: string;
  readonly first: number;
  readonly last: number;
  readonly name?: string;
}

/** Writes a GPT with its spare and a protective MBR. */
export function writeGpt(bytes: Uint8Array, sectorBytes: number, entries: readonly GptEntryToWrite[]): void {
  const last = bytes.length / sectorBytes - 1;
  writeBootRecord(bytes, 0, [{ type: 0xee, start: 1, sectors: last }]);
  const table = new Uint8Array(128 * 128);
  entries.forEach((entry, index) => {
    const view = new DataView(table.buffer, index * 128, 128);
    table.set(guidBytes(entry.type), index * 128);
    table.set(guidBytes(entry.guid), index * 128 + 16);
    view.setBigUint64(32, BigInt(entry.first), true);
    view.setBigUint64(40, BigInt(entry.last), true);
    [...(entry.name ?? "")].forEach((char, i) => {
      view.setUint16(56 + i * 2, char.charCodeAt(0), true);
    });
  });
  const tableSectors = Math.ceil(table.length / sectorBytes);
  for (const [at, other, entriesAt] of [
    [1, last, 2],
    [last, 1, last - tableSectors],
  ] as const) {
    bytes.set(table, entriesAt * sectorBytes);
    const header = new Uint8Array(92);
    const view = new DataView(header.buffer);
    header.set(new TextEncoder().encode("EFI PART"));
    view.setUint32(8, 0x10000, true);
    view.setUint32(12, 92, true);
    view.setBigUint64(24, BigInt(at), true);
    view.setBigUint64(32, BigInt(other), true);
    header.set(guidBytes("11111111-2222-3333-4444-555555555555"), 56);
    view.setBigUint64(72, BigInt(entriesAt), true);
    view.setUint32(80, 128, true);
    view.setUint32(84, 128, true);
    view.setUint32(88, crc32(table), true);
    view.setUint32(16, crc32(header), true);
    bytes.set(header, at * sectorBytes);
  }
}

function guidBytes(guid: string): Uint8Array {
  const plain = Uint8Array.from(guid.replaceAll("-", "").match(/../g) ?? [], (digits) =>
    Number.parseInt(digits, 16),
  );
  if (plain.length !== 16) throw new Error(`no GUID: ${hex(plain)}`);
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (i) => plain[i] as number);
}
