import { KiB, MiB } from "@sampan/core";
import { latin1, viewOf } from "../../../io/buffers.ts";
import { crc32c } from "../crc32c.ts";

/** What a VHDX file made for a test holds. */
export interface VhdxInput {
  readonly disk: Uint8Array;
  readonly blockBytes?: number;
  readonly sectorBytes?: 512 | 4096;
  /** Makes a differencing disk: which sectors the file holds itself, and how its parent is named. */
  readonly child?: {
    readonly present: (sector: number) => boolean;
    readonly locator: Readonly<Record<string, string>>;
  };
  /** State of a block that is not to be stored: 0 absent, 1 undefined, 2 zero, 3 unmapped. */
  readonly state?: (block: number) => number | undefined;
  readonly dataWriteId?: string;
}

export const places = { log: MiB, metadata: 2 * MiB, bat: 3 * MiB, blocks: 4 * MiB } as const;

/** Bytes of a GUID written as text. */
export function guidBytes(text: string): Uint8Array {
  const hex = Buffer.from(text.replace(/[{}-]/g, ""), "hex");
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (index) => hex[index] ?? 0);
}

export const defaultWriteId = "11111111-2222-3333-4444-555555555555";

/** Makes a VHDX file. Sectors of its blocks that it does not hold are filled with rubbish. */
export function makeVhdx(input: VhdxInput): Uint8Array {
  const { disk, blockBytes = MiB, sectorBytes = 512, child } = input;
  const blocks = Math.ceil(disk.length / blockBytes);
  const perChunk = (2 ** 23 * sectorBytes) / blockBytes;
  const chunks = Math.ceil(blocks / perChunk);
  const bitmapBlocks = child ? chunks : 0;
  const file = new Uint8Array(places.blocks + bitmapBlocks * MiB + blocks * blockBytes);
  file.set(latin1("vhdxfile"), 0);
  writeRegions(file);
  writeMetadata(file, input, blockBytes, sectorBytes);
  const view = viewOf(file);
  const setEntry = (entry: number, state: number, at: number) =>
    view.setBigUint64(places.bat + entry * 8, BigInt(state) | (BigInt(at / MiB) << 20n), true);
  let end: number = places.blocks;
  for (let chunk = 0; chunk < bitmapBlocks; chunk++, end += MiB)
    setEntry(chunk * (perChunk + 1) + perChunk, 6, end);
  for (let block = 0; block < blocks; block++) {
    const entry = block + Math.floor(block / perChunk);
    const bytes = disk.subarray(block * blockBytes, (block + 1) * blockBytes);
    const state = input.state?.(block);
    if (state !== undefined) {
      // The place of a block that is not there means nothing.
      setEntry(entry, state, 7 * MiB);
      continue;
    }
    if (!child) {
      if (bytes.every((byte) => byte === 0)) continue;
      setEntry(entry, 6, end);
      file.set(bytes, end);
      end += blockBytes;
      continue;
    }
    const sectors = Math.ceil(bytes.length / sectorBytes);
    const first = block * (blockBytes / sectorBytes);
    const held = Array.from({ length: sectors }, (_, index) => child.present(first + index));
    if (!held.includes(true)) continue;
    setEntry(entry, held.includes(false) ? 7 : 6, end);
    file.fill(0xee, end, end + blockBytes);
    held.forEach((here, index) => {
      if (!here) return;
      file.set(bytes.subarray(index * sectorBytes, (index + 1) * sectorBytes), end + index * sectorBytes);
      const bit = (block % perChunk) * (blockBytes / sectorBytes) + index;
      const at = places.blocks + Math.floor(block / perChunk) * MiB + (bit >>> 3);
      file[at] = (file[at] ?? 0) | (1 << (bit & 7));
    });
    end += blockBytes;
  }
  writeHeaders(file, input.dataWriteId ?? defaultWriteId, false);
  return file.slice(0, end);
}

/** Writes both headers anew, with or without a log to replay. */
export function writeHeaders(file: Uint8Array, dataWriteId: string, hasLog: boolean): void {
  for (const [index, at] of [64 * KiB, 128 * KiB].entries()) {
    const header = file.subarray(at, at + 4 * KiB).fill(0);
    const view = viewOf(header);
    header.set(latin1("head"));
    view.setBigUint64(8, BigInt(7 + index), true);
    header.set(guidBytes(dataWriteId), 32);
    if (hasLog) header.set(guidBytes(logId), 48);
    view.setUint16(66, 1, true);
    view.setUint32(68, MiB, true);
    view.setBigUint64(72, BigInt(places.log), true);
    view.setUint32(4, crc32c(header, 4), true);
  }
}

export const logId = "99999999-8888-7777-6666-555555555555";

/** A change for {@link logEntry}: a sector of 4 KiB, or a length of zeros. */
export type Change =
  | { readonly offset: number; readonly data: Uint8Array }
  | { readonly offset: number; readonly zeros: number };

/** Makes a log entry. */
export function logEntry(
  sequence: number,
  tail: number,
  changes: readonly Change[],
  fileBytes: number,
): Uint8Array {
  const data = changes.filter((change) => "data" in change).length;
  const head = Math.ceil((64 + changes.length * 32) / 4096) * 4096;
  const entry = new Uint8Array(head + data * 4096);
  const view = viewOf(entry);
  entry.set(latin1("loge"));
  view.setUint32(8, entry.length, true);
  view.setUint32(12, tail, true);
  view.setBigUint64(16, BigInt(sequence), true);
  view.setUint32(24, changes.length, true);
  entry.set(guidBytes(logId), 32);
  view.setBigUint64(48, BigInt(fileBytes), true);
  view.setBigUint64(56, BigInt(fileBytes), true);
  let sector = head;
  changes.forEach((change, index) => {
    const at = 64 + index * 32;
    view.setBigUint64(at + 16, BigInt(change.offset), true);
    view.setBigUint64(at + 24, BigInt(sequence), true);
    if ("zeros" in change) {
      entry.set(latin1("zero"), at);
      view.setBigUint64(at + 8, BigInt(change.zeros), true);
      return;
    }
    entry.set(latin1("desc"), at);
    entry.set(change.data.subarray(4092), at + 4);
    entry.set(change.data.subarray(0, 8), at + 8);
    entry.set(change.data, sector);
    entry.set(latin1("data"), sector);
    view.setUint32(sector + 4, 0, true);
    view.setUint32(sector + 4092, sequence, true);
    sector += 4096;
  });
  view.setUint32(4, crc32c(entry, 4), true);
  return entry;
}

/** Puts right the checksums of headers and region tables. */
export function mendVhdx(file: Uint8Array): void {
  for (const [at, length] of [
    [64 * KiB, 4 * KiB],
    [128 * KiB, 4 * KiB],
    [192 * KiB, 64 * KiB],
    [256 * KiB, 64 * KiB],
  ] as const) {
    const part = file.subarray(at, at + length);
    if (part.length === length) viewOf(part).setUint32(4, crc32c(part, 4), true);
  }
}

function writeRegions(file: Uint8Array): void {
  for (const at of [192 * KiB, 256 * KiB]) {
    const table = file.subarray(at, at + 64 * KiB);
    const view = viewOf(table);
    table.set(latin1("regi"));
    view.setUint32(8, 2, true);
    for (const [index, [guid, offset]] of (
      [
        ["2dc27766-f623-4200-9d64-115e9bfd4a08", places.bat],
        ["8b7ca206-4790-4b9a-b8fe-575f050f886e", places.metadata],
      ] as const
    ).entries()) {
      const entry = 16 + index * 32;
      table.set(guidBytes(guid), entry);
      view.setBigUint64(entry + 16, BigInt(offset), true);
      view.setUint32(entry + 24, MiB, true);
      view.setUint32(entry + 28, 1, true);
    }
    view.setUint32(4, crc32c(table, 4), true);
  }
}

function writeMetadata(file: Uint8Array, input: VhdxInput, blockBytes: number, sectorBytes: number): void {
  const region = file.subarray(places.metadata, places.metadata + MiB);
  const view = viewOf(region);
  region.set(latin1("metadata"));
  const number = (bytes: 4 | 8, value: number) => {
    const item = new Uint8Array(bytes);
    if (bytes === 4) viewOf(item).setUint32(0, value, true);
    else viewOf(item).setBigUint64(0, BigInt(value), true);
    return item;
  };
  const parameters = new Uint8Array(8);
  viewOf(parameters).setUint32(0, blockBytes, true);
  viewOf(parameters).setUint32(4, input.child ? 2 : 0, true);
  const items: readonly (readonly [guid: string, bytes: Uint8Array])[] = [
    ["caa16737-fa36-4d43-b3b6-33f0aa44e76b", parameters],
    ["2fa54224-cd1b-4876-b211-5dbed83bf4b8", number(8, input.disk.length)],
    ["beca12ab-b2e6-4523-93ef-c309e000c746", guidBytes(logId)],
    ["8141bf1d-a96f-4709-ba47-f233a8faab5f", number(4, sectorBytes)],
    ["cda348c7-445d-4471-9cc9-e9885251c556", number(4, 4096)],
    ...(input.child
      ? ([["a8d35f2d-b30b-454d-abf7-d3d84834ab0c", locatorItem(input.child.locator)]] as const)
      : []),
  ];
  view.setUint16(10, items.length, true);
  let at = 64 * KiB;
  for (const [index, [guid, bytes]] of items.entries()) {
    const entry = 32 + index * 32;
    region.set(guidBytes(guid), entry);
    view.setUint32(entry + 16, at, true);
    view.setUint32(entry + 20, bytes.length, true);
    // Required; all but the parameters and the locator are of the virtual disk.
    view.setUint32(entry + 24, index === 0 || index === 5 ? 4 : 6, true);
    region.set(bytes, at);
    at += bytes.length;
  }
}

function locatorItem(pairs: Readonly<Record<string, string>>): Uint8Array {
  const list = Object.entries(pairs);
  const texts = list.flat().map((text) => Buffer.from(text, "utf16le"));
  const start = 20 + list.length * 12;
  const item = new Uint8Array(start + texts.reduce((sum, text) => sum + text.length, 0));
  const view = viewOf(item);
  item.set(guidBytes("b04aefb7-d19e-4a81-b789-25b8e9445913"));
  view.setUint16(18, list.length, true);
  let at = start;
  texts.forEach((text, index) => {
    const entry = 20 + (index >>> 1) * 12;
    view.setUint32(entry + (index & 1 ? 4 : 0), at, true);
    view.setUint16(entry + (index & 1 ? 10 : 8), text.length, true);
    item.set(text, at);
    at += text.length;
  });
  return item;
}
