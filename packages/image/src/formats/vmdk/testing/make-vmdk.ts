import { deflateSync } from "node:zlib";
import { roundUp } from "@sampan/core";
import type { BlockSource } from "../../../block-source.ts";
import { latin1, viewOf } from "../../../io/buffers.ts";
import { isZero } from "../../../io/zeros.ts";

const grainBytes = 65536;
const entriesPerTable = 512;

/** Options of {@link makeStreamOptimized}. */
export interface MakeVmdkOptions {
  /** Changes the compressed bytes of the grain at an offset of the disk. */
  readonly compress?: (grain: Uint8Array, offset: number) => Uint8Array;
}

/**
 * Writes a streamOptimized VMDK for tests, independent of the reader's code: header, descriptor, compressed grains with markers,
 * grain tables, directory, footer. One grain table; for disks of at most 32 MiB.
 */
export async function makeStreamOptimized(
  source: BlockSource,
  options: MakeVmdkOptions = {},
): Promise<Uint8Array> {
  const { compress = (grain) => deflateSync(grain) } = options;
  const sectors = source.sizeBytes / 512;
  const descriptor = latin1(
    `# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="streamOptimized"\n\nRDONLY ${sectors} SPARSE "disk.vmdk"\n\nddb.adapterType = "lsilogic"\n`,
  );
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (bytes: Uint8Array): number => {
    const start = at;
    const padded = new Uint8Array(roundUp(bytes.length, 512));
    padded.set(bytes);
    parts.push(padded);
    at += padded.length;
    return start / 512;
  };
  add(header(sectors, 0xffffffffffffffffn));
  const text = new Uint8Array(20 * 512);
  text.set(descriptor);
  add(text);
  add(new Uint8Array(128 * 512 - at));
  const table = new Uint8Array(entriesPerTable * 4);
  for (let offset = 0; offset < source.sizeBytes; offset += grainBytes) {
    const grain = new Uint8Array(grainBytes);
    const length = Math.min(grainBytes, source.sizeBytes - offset);
    await source.read({ offset, length }, grain.subarray(0, length));
    if (isZero(grain)) continue;
    const packed = compress(grain, offset);
    const bytes = new Uint8Array(12 + packed.length);
    viewOf(bytes).setBigUint64(0, BigInt(offset / 512), true);
    viewOf(bytes).setUint32(8, packed.length, true);
    bytes.set(packed, 12);
    viewOf(table).setUint32((offset / grainBytes) * 4, add(bytes), true);
  }
  add(marker(4, 1));
  const tableSector = add(table);
  add(marker(1, 2));
  const directory = new Uint8Array(512);
  viewOf(directory).setUint32(0, tableSector, true);
  const directorySector = add(directory);
  add(marker(1, 3));
  add(header(sectors, BigInt(directorySector)));
  add(new Uint8Array(512));
  return Uint8Array.from(Buffer.concat(parts));
}

function marker(sizeSectors: number, type: number): Uint8Array {
  const bytes = new Uint8Array(512);
  viewOf(bytes).setBigUint64(0, BigInt(sizeSectors), true);
  viewOf(bytes).setUint32(12, type, true);
  return bytes;
}

function header(sectors: number, directory: bigint): Uint8Array {
  const bytes = new Uint8Array(512);
  const view = viewOf(bytes);
  bytes.set(latin1("KDMV"), 0);
  view.setUint32(4, 3, true);
  view.setUint32(8, 1 | (1 << 16) | (1 << 17), true);
  view.setBigUint64(12, BigInt(sectors), true);
  view.setBigUint64(20, BigInt(grainBytes / 512), true);
  view.setBigUint64(28, 1n, true);
  view.setBigUint64(36, 20n, true);
  view.setUint32(44, entriesPerTable, true);
  view.setBigUint64(56, directory, true);
  view.setBigUint64(64, 128n, true);
  bytes.set(latin1("\n \r\n"), 73);
  view.setUint16(77, 1, true);
  return bytes;
}
