import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { encodeVhd } from "../../encoders/vhd/encode-vhd.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { firstDifference, memorySource, readAll } from "../../testing/index.ts";
import { geometryOf } from "./footer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-vhd-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A disk that begins with an MBR, so that it would pass for a raw one. */
const disk = new Uint8Array(3 * MiB);
disk.set([0x55, 0xaa], 510);
disk.fill(7, MiB, MiB + 5000);
const vhd = async (subformat: "dynamic" | "fixed") =>
  readAll(await encodeVhd(memorySource(disk), { subformat }));
const open = async (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return openDiskImage(path);
};
const corrupt = { code: "IMAGE_CORRUPT" };

describe("a VHD with a broken footer", () => {
  for (const subformat of ["dynamic", "fixed"] as const) {
    for (const [what, at] of [
      ["cookie", 0],
      ["checksum", 64],
      ["disk type", 63],
      ["current size", 55],
    ] as const) {
      test(`(${subformat}, ${what}) is corrupt and not a raw disk, by its name or without`, async () => {
        const bytes = await vhd(subformat);
        const place = bytes.length - 512 + at;
        bytes[place] = (bytes[place] as number) ^ 0x41;
        await expect(open(`${subformat}-${at}.vhd`, bytes)).rejects.toMatchObject(corrupt);
        await expect(open(`${subformat}-${at}.img`, bytes)).rejects.toMatchObject(corrupt);
      });
    }
  }

  test("that was cut off is corrupt", async () => {
    const dynamic = await vhd("dynamic");
    await expect(open("cut.img", dynamic.subarray(0, -512))).rejects.toMatchObject(corrupt);
    const fixed = await vhd("fixed");
    await expect(open("cut.vhd", fixed.subarray(0, -512))).rejects.toMatchObject(corrupt);
  });

  test("is a raw disk when the caller says so", async () => {
    const path = join(folder, "forced.vhd");
    await writeFile(path, disk);
    const { source } = await openDiskImage(path, { format: "raw" });
    expect(firstDifference(await readAll(source), disk)).toBe(-1);
    await source.close();
  });
});

test("a footer of 511 bytes, as old Virtual PC wrote, is read", async () => {
  const bytes = await vhd("fixed");
  const { source, info } = await open("old.vhd", bytes.subarray(0, -1));
  expect(info).toMatchObject({ variant: "fixed", virtualSizeBytes: disk.length });
  expect(firstDifference(await readAll(source), disk)).toBe(-1);
  await source.close();
});

test("a table that points to one block twice is corrupt", async () => {
  const source = memorySource(disk, AllocationMap.whole(disk.length, "data"));
  const bytes = await readAll(await encodeVhd(source));
  const view = new DataView(bytes.buffer);
  view.setUint32(1540, view.getUint32(1536));
  await expect(open("twice.vhd", bytes)).rejects.toMatchObject(corrupt);
});

test("blocks in any order are found", async () => {
  const source = memorySource(disk, AllocationMap.whole(disk.length, "data"));
  const bytes = await readAll(await encodeVhd(source));
  // Two blocks of data: change their places and their table entries.
  const view = new DataView(bytes.buffer);
  const [a, b] = [view.getUint32(1536), view.getUint32(1540)];
  const [first, second] = [
    bytes.slice(a * 512, a * 512 + 2 * MiB + 512),
    bytes.slice(b * 512, b * 512 + 2 * MiB + 512),
  ];
  bytes.set(second, a * 512);
  bytes.set(first, b * 512);
  view.setUint32(1536, b);
  view.setUint32(1540, a);
  const image = await open("swapped.vhd", bytes);
  expect(firstDifference(await readAll(image.source), disk)).toBe(-1);
  await image.source.close();
});

test("geometry follows the specification's algorithm", () => {
  // Values computed with the algorithm in the specification's appendix, by hand and by qemu-img.
  expect(geometryOf(5 * 2048)).toEqual({ cylinders: 150, heads: 4, sectors: 17 });
  expect(geometryOf(127 * 1024 * 2048)).toEqual({ cylinders: 65278, heads: 16, sectors: 255 });
  expect(geometryOf(2040 * 1024 * 2048)).toEqual({ cylinders: 65535, heads: 16, sectors: 255 });
});
