import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileImageContract } from "../../testing/hostile-image-contract.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";
import { hasQemuImg, qemuImg } from "../../testing/qemu-img.ts";
import { vdiFormat } from "./vdi-format.ts";

const sizeBytes = 6 * MiB + 96 * KiB;
let folder: string;
let disk: Uint8Array;

describe.skipIf(!hasQemuImg)("VDI as qemu-img writes it", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sampan-vdi-"));
    const map = AllocationMap.ofData(sizeBytes, [
      { offset: 0, length: 512 },
      { offset: 3 * MiB - 4096, length: 9000 },
      { offset: sizeBytes - 512, length: 512 },
    ]);
    disk = await readAll(patternSource(sizeBytes, map));
    await writeFile(join(folder, "disk"), disk);
    for (const [name, options] of [
      ["dynamic.vdi", "static=off"],
      ["fixed.vdi", "static=on"],
    ] as const)
      await qemuImg(
        "convert",
        "-f",
        "raw",
        "-O",
        "vdi",
        "-o",
        options,
        join(folder, "disk"),
        join(folder, name),
      );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const changed = async (change: (view: DataView) => void) => {
    const bytes = Uint8Array.from(await readFile(join(folder, "dynamic.vdi")));
    change(new DataView(bytes.buffer));
    const path = join(folder, "changed.vdi");
    await writeFile(path, bytes);
    return path;
  };

  for (const variant of ["dynamic", "fixed"] as const) {
    blockSourceContract(`a ${variant} VDI`, async () => {
      const { source, info } = await openDiskImage(join(folder, `${variant}.vdi`));
      expect(info).toMatchObject({ format: "vdi", variant });
      return { source, expected: disk };
    });
  }

  test("absent blocks are holes, and blocks marked so are zeros", async () => {
    const path = await changed((view) => view.setUint32(view.getUint32(340, true) + 8, 0xfffffffe, true));
    const { source } = await openDiskImage(path);
    const listed = (await AllocationMap.read(source)).extents.map(({ offset, kind }) => [offset / MiB, kind]);
    expect(listed).toEqual([
      [0, "data"],
      [1, "hole"],
      [2, "zero"],
      [3, "data"],
      [4, "hole"],
      [6, "data"],
    ]);
    const expected = disk.slice();
    expected.fill(0, 2 * MiB, 3 * MiB);
    expect(firstDifference(await readAll(source), expected)).toBe(-1);
    await source.close();
  });

  describe("a differencing image", () => {
    /** Its own blocks are those of `fixed.vdi` but for some that it leaves to its parent. */
    const makeChild = (parentId: Uint8Array, parentChange: Uint8Array) =>
      changed((view) => {
        const table = view.getUint32(340, true);
        view.setUint32(76, 4, true);
        new Uint8Array(view.buffer).set(parentId, 424);
        new Uint8Array(view.buffer).set(parentChange, 440);
        view.setUint32(table, 0xffffffff, true);
        view.setUint32(table + 8, 0xfffffffe, true);
        view.setUint32(table + 12, 0xffffffff, true);
      });
    const idsOf = async (name: string) => {
      const header = await readFile(join(folder, name));
      return [header.subarray(392, 408), header.subarray(408, 424)] as const;
    };

    test("reads its parent, found by its id, where it holds nothing", async () => {
      const path = await makeChild(...(await idsOf("fixed.vdi")));
      const { source, info } = await openDiskImage(path);
      expect(info).toMatchObject({ variant: "differencing", parent: { variant: "fixed" } });
      expect(info.files).toEqual([path, join(folder, "fixed.vdi")]);
      const expected = disk.slice();
      expected.fill(0, 2 * MiB, 3 * MiB);
      expect(firstDifference(await readAll(source), expected)).toBe(-1);
      await source.close();
    });

    test("is refused when its parent is not there or was written to, and read with zeros where that is wanted", async () => {
      const [id, change] = await idsOf("fixed.vdi");
      const written = await makeChild(
        id,
        change.map((byte) => byte ^ 1),
      );
      await expect(openDiskImage(written)).rejects.toMatchObject({ code: "IMAGE_PARENT_MISMATCH" });
      const orphan = await makeChild(
        id.map((byte) => byte ^ 1),
        change,
      );
      await expect(openDiskImage(orphan)).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
      const { source, info } = await openDiskImage(orphan, { missingParent: "zeros" });
      await source.close();
      expect(info.missingParent).toMatchObject({ reason: "absent" });
      const own = await changed((view) => {
        view.setUint32(76, 4, true);
        view.setUint32(392, 0x5e1f, true);
        new Uint8Array(view.buffer).copyWithin(424, 392, 408);
      });
      await expect(openDiskImage(own)).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
    });
  });

  test("a block named twice, another version, and a table that is too short are refused", async () => {
    const twice = await changed((view) => {
      const table = view.getUint32(340, true);
      view.setUint32(table + 12, view.getUint32(table, true), true);
    });
    await expect(openDiskImage(twice)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    const old = await changed((view) => view.setUint32(68, 0x00000001, true));
    await expect(openDiskImage(old)).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
    const short = await changed((view) => view.setUint32(384, 3, true));
    await expect(openDiskImage(short)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    const unmarked = await changed((view) => view.setUint32(64, 0, true));
    await expect(openDiskImage(unmarked)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  hostileImageContract({
    name: "VDI",
    reader: vdiFormat,
    options: { missingParent: "zeros" },
    disk: async () => disk,
    make: async () => Uint8Array.from(await readFile(join(folder, "dynamic.vdi"))),
    regions: () => [
      [64, 24],
      [340, 60],
      [512, 32],
    ],
  });
});
