import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GiB, KiB, MiB } from "@sampan/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";
import type { EncodedImage } from "../encoded-image.ts";
import { qcow2Format } from "../formats/qcow2/qcow2-format.ts";
import { rawFormat } from "../formats/raw/raw-format.ts";
import { vhdFormat } from "../formats/vhd/vhd-format.ts";
import {
  encodedImageContract,
  firstDifference,
  memorySource,
  patternSource,
  readAll,
} from "../testing/index.ts";
import { memoryContext } from "../testing/open-context.ts";
import { hasQemuImg, qemuCompare, qemuImg, qemuVirtualSize } from "../testing/qemu-img.ts";
import { writeImage } from "../write-image.ts";
import { encodeQcow2 } from "./qcow2/encode-qcow2.ts";
import { encodeRaw } from "./raw/encode-raw.ts";
import { type EncodeVhdOptions, encodeVhd } from "./vhd/encode-vhd.ts";

interface Encoder {
  readonly name: string;
  readonly encode: (source: BlockSource, options?: EncodeVhdOptions) => Promise<EncodedImage>;
  readonly reader: typeof rawFormat;
  readonly driver: string;
}
const encoders: readonly Encoder[] = [
  { name: "a dynamic VHD", encode: encodeVhd, reader: vhdFormat, driver: "vpc" },
  {
    name: "a fixed VHD",
    encode: (source, options) => encodeVhd(source, { ...options, subformat: "fixed" }),
    reader: vhdFormat,
    driver: "vpc",
  },
  { name: "a raw image", encode: encodeRaw, reader: rawFormat, driver: "raw" },
  { name: "a QCOW2 image", encode: encodeQcow2, reader: qcow2Format, driver: "qcow2" },
];

const size = 9 * MiB - 512;
const map = AllocationMap.ofData(
  size,
  [
    { offset: 0, length: 70_000 },
    { offset: 2 * MiB - 512, length: 1024 },
    { offset: 5 * MiB + 512, length: 3000 },
    { offset: size - 1536, length: 1536 },
  ],
  "zero",
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-encoders-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const context = memoryContext();

for (const { name, encode, reader, driver } of encoders) {
  encodedImageContract(name, async () => {
    const source = patternSource(size, map);
    return { image: await encode(source), source };
  });

  test(`${name} of random maps reads back as the disk it was made of`, async () => {
    const range = fc.record({ offset: fc.nat(6 * MiB), length: fc.integer({ min: 1, max: MiB }) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 * MiB }),
        fc.array(range, { maxLength: 6 }),
        async (bytes, data) => {
          const source = patternSource(bytes, AllocationMap.ofData(bytes, data));
          const image = await encode(source);
          const opened = await reader.open(memorySource(await readAll(image)), context);
          expect(opened.source.sizeBytes).toBe(image.virtualSizeBytes);
          const expected = new Uint8Array(image.virtualSizeBytes);
          expected.set(await readAll(source));
          expect(firstDifference(await readAll(opened.source), expected)).toBe(-1);
          const read = await AllocationMap.read(opened.source);
          for (const extent of source.map.extents) {
            if (extent.kind !== "data") continue;
            for (const found of read.within(extent)) expect(found.kind).toBe("data");
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  test.skipIf(!hasQemuImg)(`${name} is the same disk to qemu-img`, async () => {
    const source = patternSource(size, map);
    const image = await encode(source);
    const path = join(folder, name.replaceAll(" ", "-"));
    await writeImage(image, path);
    await writeFile(`${path}.expected`, await readAll(source));
    await qemuCompare([`${path}.expected`, "raw"], [path, driver]);
    if (driver === "qcow2")
      expect(await qemuImg("check", "-f", "qcow2", path)).toContain("No errors were found");
  });
}

describe("the size of a VHD", () => {
  for (const mebibytes of [1, 3, 5, 127, 2049, 130_051]) {
    for (const subformat of ["dynamic", "fixed"] as const) {
      test.skipIf(!hasQemuImg)(
        `${mebibytes} MiB, ${subformat}, is exact to qemu-img, whatever it computes sizes from`,
        async () => {
          const bytes = mebibytes * MiB - 1;
          const image = await encodeVhd(patternSource(bytes, AllocationMap.whole(bytes, "hole")), {
            subformat,
          });
          expect(image.virtualSizeBytes).toBe(mebibytes * MiB);
          const path = join(folder, `${mebibytes}-${subformat}.vhd`);
          await writeImage(image, path);
          expect(await qemuVirtualSize("vpc", path)).toBe(mebibytes * MiB);
          expect(await qemuVirtualSize("vpc", path, ",force_size_calc=current_size")).toBe(mebibytes * MiB);
          await rm(path);
        },
      );
    }
  }

  test("may be 2,040 GiB, of which only the blocks with data are stored", async () => {
    const bytes = 2040 * GiB;
    const source = patternSource(bytes, AllocationMap.ofData(bytes, [{ offset: bytes - 512, length: 512 }]));
    const image = await encodeVhd(source);
    expect(image.sizeBytes).toBe(512 + 1024 + 1_044_480 * 4 + 512 + 2 * MiB + 512);
    const tail = new Uint8Array(1024);
    await image.read({ offset: image.sizeBytes - 1024, length: 1024 }, tail);
    const expected = new Uint8Array(512);
    await source.read({ offset: bytes - 512, length: 512 }, expected);
    expect(tail.subarray(0, 512)).toEqual(expected);
  });

  test("above 2,040 GiB is refused", async () => {
    const bytes = 2040 * GiB + 1;
    await expect(encodeVhd(patternSource(bytes, AllocationMap.whole(bytes, "hole")))).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
    });
  });
});

test("time and id of a VHD are inputs, and only they change", async () => {
  const source = patternSource(size, map);
  const one = await readAll(await encodeVhd(source));
  const uniqueId = Uint8Array.from({ length: 16 }, (_, index) => index);
  const other = await readAll(
    await encodeVhd(source, { createdAt: new Date("2026-11-23T00:00:00Z"), uniqueId }),
  );
  const changed = [...one.keys()].filter((index) => index < 512 && one[index] !== other[index]);
  expect(changed.every((index) => (index >= 24 && index < 28) || (index >= 64 && index < 84))).toBe(true);
  expect(other.slice(68, 84)).toEqual(uniqueId);
  expect(firstDifference(one.subarray(512, -512), other.subarray(512, -512))).toBe(-1);
});

test("a map of another size, an id of another length and an empty disk are refused", async () => {
  const source = patternSource(MiB);
  const refused = { code: "CORE_ARGUMENT" };
  for (const { encode } of encoders) {
    await expect(encode(source, { map: AllocationMap.whole(512, "data") })).rejects.toMatchObject(refused);
    await expect(encode(memorySource(new Uint8Array(0)))).rejects.toMatchObject(refused);
  }
  await expect(encodeVhd(source, { uniqueId: new Uint8Array(15) })).rejects.toMatchObject(refused);
  await expect(encodeVhd(source, { createdAt: Number.NaN })).rejects.toMatchObject(refused);
});

test("QCOW2 images of terabytes keep every table in its place", async () => {
  const bytes = 6 * 1024 * GiB;
  const source = patternSource(
    bytes,
    AllocationMap.ofData(bytes, [
      { offset: 0, length: 3 * 1024 * GiB },
      { offset: bytes - 64 * KiB, length: 64 * KiB },
    ]),
  );
  const image = await encodeQcow2(source);
  const last = new Uint8Array(64 * KiB);
  await image.read({ offset: image.sizeBytes - last.length, length: last.length }, last);
  const expected = new Uint8Array(64 * KiB);
  await source.read({ offset: bytes - expected.length, length: expected.length }, expected);
  expect(firstDifference(last, expected)).toBe(-1);
});
