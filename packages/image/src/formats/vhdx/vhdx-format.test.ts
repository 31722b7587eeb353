import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import type { OpenImageOptions } from "../../disk-image.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileImageContract } from "../../testing/hostile-image-contract.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";
import { hasQemuImg, qemuCompare, qemuImg } from "../../testing/qemu-img.ts";
import { crc32c } from "./crc32c.ts";
import {
  type Change,
  defaultWriteId,
  logEntry,
  makeVhdx,
  mendVhdx,
  places,
  type VhdxInput,
  writeHeaders,
} from "./testing/make-vhdx.ts";
import { vhdxFormat } from "./vhdx-format.ts";

let folder: string;
let disk: Uint8Array;
const sizeBytes = 6 * MiB + 256 * KiB;
const map = AllocationMap.ofData(sizeBytes, [
  { offset: 0, length: 700 * KiB },
  { offset: 3 * MiB, length: 2 * MiB },
]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-vhdx-"));
  disk = await readAll(patternSource(sizeBytes, map));
  await writeFile(join(folder, "disk"), disk);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
};
const open = async (name: string, bytes: Uint8Array, options: OpenImageOptions = {}) =>
  openDiskImage(await write(name, bytes), options);
const expectDisk = async (name: string, bytes: Uint8Array, expected = disk) => {
  const { source, info } = await open(name, bytes);
  expect(firstDifference(await readAll(source), expected)).toBe(-1);
  await source.close();
  return info;
};
const corrupt = { code: "IMAGE_CORRUPT" };

test("CRC-32C gives the check value of its definition", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

for (const [name, input] of [
  ["blocks of 1 MiB", {}],
  ["blocks of 4 MiB", { blockBytes: 4 * MiB }],
  ["sectors of 4 KiB", { sectorBytes: 4096 }],
] as const) {
  blockSourceContract(`a VHDX with ${name}`, async () => {
    const { source } = await open("contract.vhdx", makeVhdx({ disk, ...input }));
    return { source, expected: disk };
  });
  // QEMU reads no sectors of 4 KiB.
  test.skipIf(!hasQemuImg || "sectorBytes" in input)(
    `a VHDX with ${name} made here is the same disk for qemu-img`,
    async () => {
      const path = await write("made.vhdx", makeVhdx({ disk, ...input }));
      await qemuCompare([join(folder, "disk"), "raw"], [path, "vhdx"]);
    },
  );
}

for (const [subformat, options] of [
  ["dynamic", ""],
  ["fixed", ""],
  ["dynamic", ",block_size=1M,block_state_zero=off"],
] as const) {
  describe.skipIf(!hasQemuImg)(`a ${subformat} VHDX of qemu-img${options}`, () => {
    blockSourceContract("it", async () => {
      const path = join(folder, `qemu-${subformat}.vhdx`);
      const args = ["-O", "vhdx", "-o", `subformat=${subformat}${options}`, join(folder, "disk"), path];
      await qemuImg("convert", "-f", "raw", ...args);
      const { source, info } = await openDiskImage(path);
      expect(info).toMatchObject({ format: "vhdx", variant: subformat, virtualSizeBytes: sizeBytes });
      return { source, expected: disk };
    });
  });
}

test("blocks that are zero, undefined or unmapped are not read, whatever place they name", async () => {
  const state = (block: number) => [undefined, 1, 2, undefined, undefined, 3, undefined][block];
  const { source } = await open("states.vhdx", makeVhdx({ disk, state }));
  const listed = (await AllocationMap.read(source)).extents.map(({ offset, kind }) => [offset / MiB, kind]);
  expect(listed).toEqual([
    [0, "data"],
    [1, "hole"],
    [2, "zero"],
    [3, "data"],
    [5, "hole"],
  ]);
  expect(firstDifference(await readAll(source), disk)).toBe(-1);
  await source.close();
});

describe("a VHDX header", () => {
  test("counts when its checksum is right and its number the higher", async () => {
    const bytes = makeVhdx({ disk });
    bytes[64 * KiB + 100] = 1;
    expect((await expectDisk("one.vhdx", bytes)).details.dataWriteId).toBe(defaultWriteId);
    bytes[128 * KiB + 100] = 1;
    await expect(open("none.vhdx", bytes)).rejects.toMatchObject(corrupt);
  });

  test("of which the region table is damaged leaves the copy", async () => {
    const bytes = makeVhdx({ disk });
    bytes[192 * KiB + 20] = 1;
    await expectDisk("region.vhdx", bytes);
    bytes[256 * KiB + 20] = 1;
    await expect(open("regions.vhdx", bytes)).rejects.toMatchObject(corrupt);
  });

  test("names an unknown part that is required: refused as unsupported", async () => {
    const bytes = makeVhdx({ disk });
    for (const at of [192 * KiB, 256 * KiB]) bytes[at + 16] = 0;
    mendVhdx(bytes);
    await expect(open("future.vhdx", bytes)).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
  });
});

test("a table that names one block twice is corrupt", async () => {
  const bytes = makeVhdx({ disk });
  bytes.copyWithin(places.bat + 8, places.bat, places.bat + 8);
  await expect(open("twice.vhdx", bytes)).rejects.toMatchObject(corrupt);
});

test("a file called .vhdx that does not begin like one is corrupt", async () => {
  await expect(open("not.vhdx", disk)).rejects.toMatchObject(corrupt);
});

describe("the log of a VHDX", () => {
  const table = () => makeVhdx({ disk }).slice(places.bat, places.bat + 4096);
  /** An image whose table was never written but stands in the log. */
  const dirty = (entries: readonly (readonly [at: number, entry: Uint8Array])[]) => {
    const bytes = makeVhdx({ disk });
    bytes.fill(0, places.bat, places.bat + 4096);
    const log = bytes.subarray(places.log, places.log + MiB);
    for (const [at, entry] of entries) {
      log.set(entry.subarray(0, MiB - at), at);
      log.set(entry.subarray(MiB - at));
    }
    writeHeaders(bytes, defaultWriteId, true);
    return bytes;
  };
  const fileBytes = makeVhdx({ disk: new Uint8Array(512) }).length;
  const entry = (sequence: number, tail: number, ...changes: Change[]) =>
    logEntry(sequence, tail, changes, fileBytes);
  const wholeTable = (): Change => ({ offset: places.bat, data: table() });

  test("is replayed in memory, and the file stays as it was", async () => {
    const bytes = dirty([[0, entry(5, 0, wholeTable())]]);
    const info = await expectDisk("dirty.vhdx", bytes);
    expect(info.details.logReplayed).toBe(true);
  });

  test.skipIf(!hasQemuImg)("gives what qemu-img makes of it", async () => {
    const path = await write("oracle.vhdx", dirty([[8192, entry(5, 8192, wholeTable())]]));
    const copy = join(folder, "repaired.vhdx");
    await copyFile(path, copy);
    await qemuImg("check", "-r", "all", "-f", "vhdx", copy);
    await qemuCompare([join(folder, "disk"), "raw"], [copy, "vhdx"]);
    await expectDisk("oracle.vhdx", dirty([[8192, entry(5, 8192, wholeTable())]]));
  });

  test("goes on at the start of its ring, from the tail to the highest number", async () => {
    const zeros: Change = { offset: places.bat, zeros: 4096 };
    const rubbish: Change = { offset: places.bat, data: new Uint8Array(4096).fill(0xff) };
    const bytes = dirty([
      [64 * KiB, entry(90, 64 * KiB, rubbish)],
      [MiB - 12 * KiB, entry(100, MiB - 12 * KiB, rubbish)],
      [MiB - 4 * KiB, entry(101, MiB - 4 * KiB, zeros)],
      [0, entry(102, MiB - 4 * KiB, wholeTable(), { offset: 10 * MiB, zeros: 4096 })],
    ]);
    await expectDisk("ring.vhdx", bytes);
  });

  test("that reaches over the end of the ring within an entry is read", async () => {
    await expectDisk("over.vhdx", dirty([[MiB - 4096, entry(3, MiB - 4096, wholeTable())]]));
  });

  test("with a later zero over earlier data leaves zeros", async () => {
    const bytes = dirty([
      [0, entry(5, 0, wholeTable())],
      [8192, entry(6, 0, { offset: places.bat, zeros: 8192 })],
    ]);
    await expectDisk("zeroed.vhdx", bytes, new Uint8Array(sizeBytes));
  });

  test("without a sound entry is corrupt, and one for a longer file is truncated", async () => {
    const spoilt = entry(5, 0, wholeTable());
    spoilt[5000] = 1;
    await expect(open("spoilt.vhdx", dirty([[0, spoilt]]))).rejects.toMatchObject(corrupt);
    await expect(open("empty.vhdx", dirty([]))).rejects.toMatchObject(corrupt);
    const longer = logEntry(5, 0, [wholeTable()], 900 * MiB);
    await expect(open("longer.vhdx", dirty([[0, longer]]))).rejects.toMatchObject({
      code: "IMAGE_TRUNCATED",
    });
  });
});

describe("a differencing VHDX", () => {
  const present = (sector: number) => sector % 11 === 4 || (sector >= 6000 && sector < 9000);
  const parentId = "abababab-0000-1111-2222-333333333333";
  const locator = (name: string, link = parentId) => ({
    parent_linkage: `{${link.toUpperCase()}}`,
    relative_path: `.\\${name}`,
    absolute_win32_path: `C:\\VMs\\${name}`,
  });
  const child = (name = "parent.vhdx", link?: string, more: Partial<VhdxInput> = {}) =>
    makeVhdx({ disk: changed, child: { present, locator: locator(name, link) }, ...more });
  let changed: Uint8Array;
  let merged: Uint8Array;

  const mergedBy = (sectorBytes: number) => {
    const result = disk.slice();
    for (let sector = 0; sector * sectorBytes < sizeBytes; sector++) {
      const from = sector * sectorBytes;
      if (present(sector)) result.set(changed.subarray(from, from + sectorBytes), from);
    }
    return result;
  };
  beforeAll(async () => {
    changed = await readAll(patternSource(sizeBytes, undefined, 9));
    merged = mergedBy(512);
    await write("parent.vhdx", makeVhdx({ disk, dataWriteId: parentId }));
  });

  blockSourceContract("a differencing VHDX", async () => ({
    source: (await open("child.vhdx", child())).source,
    expected: merged,
  }));

  test("with sectors of 4 KiB and blocks of 2 MiB is read", async () => {
    const bytes = child("parent.vhdx", parentId, { sectorBytes: 4096, blockBytes: 2 * MiB });
    const info = await expectDisk("large.vhdx", bytes, mergedBy(4096));
    expect(info.variant).toBe("differencing");
    expect(info.parent).toMatchObject({ format: "vhdx", variant: "dynamic" });
  });

  test("refuses a parent that was written to since", async () => {
    const bytes = child("parent.vhdx", defaultWriteId);
    await expect(open("stale.vhdx", bytes)).rejects.toMatchObject({ code: "IMAGE_PARENT_MISMATCH" });
  });

  test("refuses a missing parent, one elsewhere, and itself", async () => {
    await expect(open("orphan.vhdx", child("gone.vhdx"))).rejects.toMatchObject({
      code: "IMAGE_PART_MISSING",
    });
    const thief = makeVhdx({
      disk,
      child: { present, locator: { parent_linkage: parentId, relative_path: "..\\..\\etc\\shadow" } },
    });
    await expect(open("thief.vhdx", thief)).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
    await expect(open("self.vhdx", child("self.vhdx"))).rejects.toMatchObject(corrupt);
  });
});

hostileImageContract({
  name: "VHDX with a log",
  reader: vhdxFormat,
  disk: async () => disk,
  async make() {
    const bytes = makeVhdx({ disk });
    const table = bytes.slice(places.bat, places.bat + 4096);
    bytes.fill(0, places.bat, places.bat + 4096);
    bytes.set(logEntry(3, 0, [{ offset: places.bat, data: table }], bytes.length), places.log);
    writeHeaders(bytes, defaultWriteId, true);
    return bytes;
  },
  regions: () => [
    [64 * KiB, 80],
    [128 * KiB, 80],
    [192 * KiB, 80],
    [256 * KiB, 80],
    [places.log, 160],
    [places.metadata, 240],
    [places.metadata + 64 * KiB, 48],
  ],
  mend: (bytes) => {
    mendVhdx(bytes);
    const entry = bytes.subarray(places.log, places.log + 8192);
    if (entry.length === 8192) new DataView(bytes.buffer).setUint32(places.log + 4, crc32c(entry, 4), true);
  },
});

hostileImageContract({
  name: "differencing VHDX",
  reader: vhdxFormat,
  options: { missingParent: "zeros" },
  disk: async () => disk,
  make: async () => makeVhdx({ disk, child: { present: (sector) => sector % 9000 !== 2000, locator: {} } }),
  regions: () => [
    [192 * KiB, 80],
    [256 * KiB, 80],
    [places.metadata, 240],
    [places.metadata + 64 * KiB, 60],
    [places.bat, 64],
    [places.blocks, 64],
  ],
  mend: mendVhdx,
});
