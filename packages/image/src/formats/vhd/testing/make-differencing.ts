import { latin1 } from "../../../io/buffers.ts";
import { checksumOf, diskTypes, makeDynamicHeader, makeFooter } from "../footer.ts";

/** What a differencing disk made for a test holds. */
export interface DifferencingInput {
  readonly disk: Uint8Array;
  /** Which sectors of `disk` the child holds; every other comes from the parent. */
  readonly present: (sector: number) => boolean;
  readonly uniqueId: Uint8Array;
  readonly parentId: Uint8Array;
  /** Names of the parent by locator code. */
  readonly locators?: Readonly<Record<string, string>>;
  /** The parent's name in the header itself. */
  readonly parentName?: string;
  readonly blockBytes?: number;
}

/** Makes a differencing VHD. Sectors of its blocks that it does not hold are filled with rubbish. */
export function makeDifferencing(input: DifferencingInput): Uint8Array {
  const { disk, present, blockBytes = 64 * 1024 } = input;
  const blocks = Math.ceil(disk.length / blockBytes);
  const perBlock = blockBytes / 512;
  const bitmapBytes = Math.ceil(perBlock / 8 / 512) * 512;
  const footer = makeFooter({
    type: "dynamic",
    sizeBytes: disk.length,
    createdAtMs: 0,
    uniqueId: input.uniqueId,
  });
  new DataView(footer.buffer).setUint32(60, diskTypes.differencing);
  resign(footer, 64);
  const table = new Uint8Array(Math.ceil((blocks * 4) / 512) * 512).fill(0xff);
  const header = makeDynamicHeader(1536, blocks, blockBytes);
  const headerView = new DataView(header.buffer);
  header.set(input.parentId, 40);
  header.set(swapped(utf16(input.parentName ?? "")), 64);
  const pieces: Uint8Array[] = [footer, header, table];
  let at = 1536 + table.length;
  Object.entries(input.locators ?? {}).forEach(([code, name], index) => {
    const bytes = code.startsWith("W2") ? utf16(name) : new TextEncoder().encode(name);
    const padded = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    const entry = 576 + index * 24;
    header.set(latin1(code), entry);
    headerView.setUint32(entry + 4, padded.length);
    headerView.setUint32(entry + 8, bytes.length);
    headerView.setBigUint64(entry + 16, BigInt(at));
    pieces.push(padded);
    at += padded.length;
  });
  resign(header, 36);
  for (let block = 0; block < blocks; block++) {
    const bitmap = new Uint8Array(bitmapBytes);
    const data = new Uint8Array(blockBytes).fill(0xee);
    let any = false;
    for (let index = 0; index < perBlock; index++) {
      const from = block * blockBytes + index * 512;
      if (from >= disk.length || !present(from / 512)) continue;
      any = true;
      bitmap[index >>> 3] = (bitmap[index >>> 3] ?? 0) | (0x80 >>> (index & 7));
      data.set(disk.subarray(from, from + 512), index * 512);
    }
    if (!any) continue;
    new DataView(table.buffer).setUint32(block * 4, at / 512);
    pieces.push(bitmap, data);
    at += bitmap.length + data.length;
  }
  pieces.push(footer);
  return Uint8Array.from(Buffer.concat(pieces));
}

function resign(bytes: Uint8Array, at: number): void {
  new DataView(bytes.buffer).setUint32(at, checksumOf(bytes, at));
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "utf16le"));
}

function swapped(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.from(bytes).swap16());
}
