import { roundUp } from "@sampan/core";
import type { BlockSource } from "../../../block-source.ts";
import { latin1, viewOf } from "../../../io/buffers.ts";
import { isZero } from "../../../io/zeros.ts";

/*
 * Sparse files of ESX for tests, written independently of the readers' code. Grains that are all zero are left out; with
 * `zeroGrains` they are recorded as zeroed where the format can.
 */

/** Options of the makers. */
export interface MakeEsxOptions {
  /** Offsets of grains that are left out whatever they hold: a delta's holes. */
  readonly leaveOut?: (offset: number) => boolean;
  /** Records grains of zeros as zeroed instead of leaving them out (seSparse). */
  readonly zeroGrains?: boolean;
}

/** A COWD file (`vmfsSparse`). */
export async function makeCowd(
  source: BlockSource,
  grainSectors = 1,
  options: MakeEsxOptions = {},
): Promise<Uint8Array> {
  const sectors = source.sizeBytes / 512;
  const tables = Math.ceil(sectors / (grainSectors * 4096));
  const directorySectors = roundUp(tables * 4, 512) / 512;
  let free = 4 + directorySectors;
  const directory = new Uint32Array(directorySectors * 128);
  const placed: (readonly [sector: number, bytes: Uint8Array])[] = [];
  const grainBytes = grainSectors * 512;
  for (let table = 0; table < tables; table++) {
    const entries = new Uint32Array(4096);
    const grains: (readonly [index: number, bytes: Uint8Array])[] = [];
    for (let index = 0; index < 4096; index++) {
      const offset = (table * 4096 + index) * grainBytes;
      const bytes = await grainAt(source, offset, grainBytes, options);
      if (bytes && !isZero(bytes)) grains.push([index, bytes]);
    }
    if (grains.length === 0) continue;
    directory[table] = free;
    placed.push([free, new Uint8Array(entries.buffer)]);
    free += 32;
    for (const [index, bytes] of grains) {
      entries[index] = free;
      placed.push([free, bytes]);
      free += grainSectors;
    }
  }
  const file = new Uint8Array(free * 512);
  const view = viewOf(file);
  file.set(latin1("COWD"), 0);
  for (const [at, value] of [
    [4, 1],
    [8, 3],
    [12, sectors],
    [16, grainSectors],
    [20, 4],
    [24, tables],
    [28, free],
  ] as const) {
    view.setUint32(at, value, true);
  }
  file.set(new Uint8Array(directory.buffer), 4 * 512);
  for (const [sector, bytes] of placed) file.set(bytes, sector * 512);
  return file;
}

/** A seSparse file. Tables and grains stand in the file in another order than on the disk, as ESXi leaves them. */
export async function makeSeSparse(source: BlockSource, options: MakeEsxOptions = {}): Promise<Uint8Array> {
  const grainBytes = 4096;
  const tableBytes = 64 * 512;
  const sectors = source.sizeBytes / 512;
  const tables = Math.ceil(source.sizeBytes / (grainBytes * 4096));
  const directorySectors = roundUp(tables * 8, 512) / 512;
  const directoryAt = 8;
  const tablesAt = directoryAt + directorySectors;
  const grainsAt = roundUp(tablesAt + tables * 64, 8);
  const grains: Uint8Array[] = [];
  const directory = new BigUint64Array(directorySectors * 64);
  const tableArea = new Uint8Array(tables * tableBytes);
  for (let table = 0; table < tables; table++) {
    const number = tables - 1 - table;
    const view = new DataView(tableArea.buffer, number * tableBytes, tableBytes);
    let used = false;
    for (let index = 0; index < 4096; index++) {
      const bytes = await grainAt(source, (table * 4096 + index) * grainBytes, grainBytes, options);
      if (!bytes) continue;
      if (isZero(bytes)) {
        if (!options.zeroGrains) continue;
        // Unmapped and zeroed grains in turn.
        view.setBigUint64(index * 8, index % 2 === 0 ? 0x1000000000000000n : 0x2000000000000000n, true);
      } else {
        const grain = BigInt(grains.length);
        view.setBigUint64(index * 8, 0x3000000000000000n | ((grain & 0xfffn) << 48n) | (grain >> 12n), true);
        grains.push(bytes);
      }
      used = true;
    }
    if (used) directory[table] = 0x1000000000000000n | BigInt(number);
  }
  const file = new Uint8Array(grainsAt * 512 + grains.length * grainBytes);
  const view = viewOf(file);
  for (const [at, value] of [
    [0, 0xcafebaben],
    [8, 0x200000001n],
    [16, BigInt(sectors)],
    [24, 8n],
    [32, 64n],
    [80, 1n],
    [88, 1n],
    [96, 2n],
    [104, 2n],
    [112, 4n],
    [120, 4n],
    [128, BigInt(directoryAt)],
    [136, BigInt(directorySectors)],
    [144, BigInt(tablesAt)],
    [152, BigInt(tables * 64)],
    [192, BigInt(grainsAt)],
    [200, BigInt(grains.length * 8)],
    [512, 0xcafecafen],
    [520, BigInt(tables)],
    [528, 1n],
  ] as const) {
    view.setBigUint64(at, value, true);
  }
  file.set(new Uint8Array(directory.buffer), directoryAt * 512);
  file.set(tableArea, tablesAt * 512);
  for (const [index, bytes] of grains.entries()) file.set(bytes, grainsAt * 512 + index * grainBytes);
  return file;
}

/** The descriptor of a disk whose parts are given as `TYPE "name"` with their sizes. */
export function makeDescriptor(
  createType: string,
  lines: readonly string[],
  keys: Readonly<Record<string, string>> = {},
): string {
  const all = {
    version: "1",
    CID: "12345678",
    parentCID: "ffffffff",
    createType: `"${createType}"`,
    ...keys,
  };
  const head = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  return `# Disk DescriptorFile\n${head.join("\n")}\n\n# Extent description\n${lines.join("\n")}\n\n# The Disk Data Base\n#DDB\n\nddb.adapterType = "lsilogic"\n`;
}

async function grainAt(
  source: BlockSource,
  offset: number,
  grainBytes: number,
  options: MakeEsxOptions,
): Promise<Uint8Array | undefined> {
  if (offset >= source.sizeBytes || options.leaveOut?.(offset)) return undefined;
  const grain = new Uint8Array(grainBytes);
  const length = Math.min(grainBytes, source.sizeBytes - offset);
  await source.read({ offset, length }, grain.subarray(0, length));
  return grain;
}
