import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import type { OpenImageOptions } from "../../disk-image.ts";
import { encodeVhd } from "../../encoders/vhd/encode-vhd.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { sourceDigest } from "../../source-digest.ts";
import { hostileImageContract } from "../../testing/hostile-image-contract.ts";
import {
  blockSourceContract,
  firstDifference,
  memorySource,
  patternSource,
  readAll,
} from "../../testing/index.ts";
import { checksumOf, uniqueIdOf } from "./footer.ts";
import { type DifferencingInput, makeDifferencing } from "./testing/make-differencing.ts";
import { vhdFormat } from "./vhd-format.ts";

const ids = { base: uniqueIdOf("base"), middle: uniqueIdOf("middle"), top: uniqueIdOf("top") };
const sizeBytes = 3 * MiB;
/** Sectors of the middle and of the top image: single ones, runs, and whole blocks. */
const inMiddle = (sector: number) => sector % 7 === 3 || (sector >= 1000 && sector < 1300);
const inTop = (sector: number) =>
  (sector >= 1200 && sector < 1211) || sector === 6143 || (sector >= 4096 && sector < 4480);

let folder: string;
let base: Uint8Array;
let middle: Uint8Array;
let top: Uint8Array;

const merge = (below: Uint8Array, above: Uint8Array, present: (sector: number) => boolean) => {
  const merged = below.slice();
  for (let sector = 0; sector * 512 < merged.length; sector++)
    if (present(sector)) merged.set(above.subarray(sector * 512, sector * 512 + 512), sector * 512);
  return merged;
};
const write = (name: string, input: Partial<DifferencingInput> = {}) =>
  writeFile(
    join(folder, name),
    makeDifferencing({
      disk: middle,
      present: inMiddle,
      uniqueId: ids.middle,
      parentId: ids.base,
      locators: { W2ru: ".\\base.vhd" },
      ...input,
    }),
  );
const open = (name: string, options: OpenImageOptions = {}) => openDiskImage(join(folder, name), options);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-differencing-"));
  const map = AllocationMap.ofData(sizeBytes, [{ offset: 512 * KiB, length: MiB }]);
  base = await readAll(patternSource(sizeBytes, map, 1));
  const changes = await Promise.all([2, 3].map((seed) => readAll(patternSource(sizeBytes, undefined, seed))));
  middle = merge(base, changes[0] as Uint8Array, inMiddle);
  top = merge(middle, changes[1] as Uint8Array, inTop);
  const image = await encodeVhd(memorySource(base, map), { uniqueId: ids.base });
  await writeFile(join(folder, "base.vhd"), await readAll(image));
  await write("middle.vhd");
  await write("top.vhd", {
    disk: top,
    present: inTop,
    uniqueId: ids.top,
    parentId: ids.middle,
    locators: { W2ku: "C:\\Users\\Public\\Hyper-V\\middle.vhd", W2ru: "..\\Old\\middle.vhd" },
    blockBytes: 2 * MiB,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

blockSourceContract("a differencing VHD", async () => ({
  source: (await open("middle.vhd")).source,
  expected: middle,
}));
blockSourceContract("a chain of three VHDs", async () => ({
  source: (await open("top.vhd")).source,
  expected: top,
}));

describe("a differencing VHD", () => {
  test("says what it is made of", async () => {
    const { info, source } = await open("top.vhd");
    await source.close();
    expect(info.variant).toBe("differencing");
    expect(info.files.map((file) => file.split("/").at(-1))).toEqual(["top.vhd", "middle.vhd", "base.vhd"]);
    expect(info.parent?.variant).toBe("differencing");
    expect(info.parent?.parent).toMatchObject({ variant: "dynamic", virtualSizeBytes: sizeBytes });
  });

  test("lists as data what any image of the chain holds, and nothing else", async () => {
    const { source } = await open("middle.vhd");
    const map = await AllocationMap.read(source);
    await source.close();
    const expected = [];
    for (let sector = 0; sector < sizeBytes / 512; sector++) {
      // The base's blocks are of 2 MiB.
      if (inMiddle(sector) || sector * 512 < 2 * MiB) expected.push({ offset: sector * 512, length: 512 });
    }
    expect(map.extents).toEqual(AllocationMap.ofData(sizeBytes, expected).extents);
  });

  for (const [code, name] of [
    ["W2ru", ".\\base.vhd"],
    ["Wi2r", "base.vhd"],
    ["W2ku", "D:\\images\\base.vhd"],
    ["Wi2k", "D:\\images\\base.vhd"],
    ["MacX", "file://localhost/Users/me/base.vhd"],
  ] as const) {
    test(`finds its parent by the locator ${code}`, async () => {
      await write("located.vhd", { locators: { [code]: name } });
      const { source } = await open("located.vhd");
      expect(firstDifference(await readAll(source), middle)).toBe(-1);
      await source.close();
    });
  }

  test("finds its parent by the name in its header, and below an allowed folder", async () => {
    await mkdir(join(folder, "far/below"), { recursive: true });
    await write("far/below/child.vhd", { locators: {}, parentName: "base.vhd" });
    await expect(open("far/below/child.vhd")).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
    const { source } = await open("far/below/child.vhd", { allowPaths: [folder] });
    expect(firstDifference(await readAll(source), middle)).toBe(-1);
    await source.close();
  });

  test("refuses a parent of another unique id", async () => {
    await write("stranger.vhd", { parentId: ids.top });
    await expect(open("stranger.vhd")).rejects.toMatchObject({ code: "IMAGE_PARENT_MISMATCH" });
  });

  test("refuses a parent elsewhere, itself as a parent, and a loop", async () => {
    await write("thief.vhd", { locators: { W2ru: "/etc/shadow" } });
    await expect(open("thief.vhd")).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
    await write("self.vhd", { locators: { W2ru: "self.vhd" } });
    await expect(open("self.vhd")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    await write("one.vhd", { locators: { W2ru: "two.vhd" } });
    await write("two.vhd", { locators: { W2ru: "one.vhd" } });
    await expect(open("one.vhd")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  test("without its parent is opened only where zeros are wanted in its place", async () => {
    await write("orphan.vhd", { locators: { W2ku: "C:\\gone.vhd" }, parentName: "gone.vhd" });
    await expect(open("orphan.vhd")).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
    const { source, info } = await open("orphan.vhd", { missingParent: "zeros" });
    expect(info.missingParent).toEqual({
      childPath: join(folder, "orphan.vhd"),
      childFormat: "vhd",
      names: ["C:\\gone.vhd", "gone.vhd"],
      reason: "absent",
    });
    expect(firstDifference(await readAll(source), merge(new Uint8Array(sizeBytes), middle, inMiddle))).toBe(
      -1,
    );
    await source.close();
  });

  test("says which image of a chain lacks its parent, also inside a wrapping, and when it may not be looked for", async () => {
    await write("orphan.vhd", { locators: { W2ku: "C:\\gone.vhd" } });
    await write("grandchild.vhd", {
      disk: top,
      uniqueId: ids.top,
      parentId: ids.middle,
      locators: { W2ru: "orphan.vhd" },
    });
    await writeFile(join(folder, "grandchild.vhd.gz"), gzipSync(await readFile(join(folder, "orphan.vhd"))));
    for (const name of ["grandchild.vhd", "grandchild.vhd.gz"]) {
      const { source, info } = await open(name, { missingParent: "zeros" });
      expect(info.missingParent).toMatchObject({ childFormat: "vhd", reason: "absent" });
      await source.close();
    }
    await write("thief.vhd", { locators: { W2ru: "/etc/shadow" } });
    const { source, info } = await open("thief.vhd", { missingParent: "zeros" });
    expect(info.missingParent).toMatchObject({ names: ["/etc/shadow"], reason: "outside" });
    await source.close();
  });
});

const corpus = process.env.SAMPAN_CORPORA ?? resolve(import.meta.dirname, "../../../../../../shared/corpora");
const foreign = join(corpus, "dfvfs/fat-differential.vhd");
test.skipIf(!existsSync(foreign))(
  "a differencing VHD of Windows without its parent (needs the corpora)",
  async () => {
    await expect(openDiskImage(foreign)).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
    const { source } = await openDiskImage(foreign, { missingParent: "zeros" });
    expect(await sourceDigest(source)).toBe(
      "9e96fac774e2e3606e0e3d5f1152844ca3c6a45ed45e61f36586b2cd60b19d3f",
    );
    await source.close();
  },
);

hostileImageContract({
  name: "differencing VHD",
  reader: vhdFormat,
  options: { missingParent: "zeros" },
  disk: async () => merge(new Uint8Array(sizeBytes), middle, inMiddle),
  make: async () =>
    makeDifferencing({
      disk: middle,
      present: inMiddle,
      uniqueId: ids.middle,
      parentId: ids.base,
      locators: { W2ru: ".\\base.vhd", W2ku: "C:\\base.vhd", MacX: "file:///base%ZZ.vhd" },
    }),
  regions: (bytes) => [
    [0, 100],
    [512, 100],
    [512 + 576, 24 * 4],
    [1536, 512 * 6],
    [bytes.length - 512, 100],
  ],
  mend(bytes) {
    for (const [at, length, checksumAt] of [
      [0, 512, 64],
      [512, 1024, 36],
    ] as const) {
      const part = bytes.subarray(at, at + length);
      new DataView(part.buffer, part.byteOffset).setUint32(checksumAt, checksumOf(part, checksumAt));
    }
    bytes.set(bytes.subarray(0, 512), bytes.length - 512);
  },
});
