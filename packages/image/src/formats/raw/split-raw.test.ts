import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";

const disk = patternSource(
  5 * MiB + 700,
  AllocationMap.ofData(5 * MiB + 700, [
    { offset: 0, length: 100 * KiB },
    { offset: 2 * MiB - 9000, length: 20_000 },
    { offset: 5 * MiB, length: 700 },
  ]),
);
let folder: string;
let expected: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-split-"));
  expected = await readAll(disk);
  expected.set([0x55, 0xaa], 510);
  await split("disk", 0, MiB);
  await split("image.raw", 1, 2 * MiB);
  await split("exact", 1, (5 * MiB + 700) / 4);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nameOf = (stem: string, number: number) => join(folder, `${stem}.${String(number).padStart(3, "0")}`);

async function split(stem: string, first: number, partBytes: number): Promise<void> {
  for (let offset = 0, number = first; offset < expected.length; offset += partBytes, number++) {
    await writeFile(nameOf(stem, number), expected.subarray(offset, offset + partBytes));
  }
}

for (const [stem, first] of [
  ["disk", 0],
  ["image.raw", 1],
  ["exact", 1],
] as const) {
  blockSourceContract(`a raw disk split into ${stem}.00${first} and so on`, async () => {
    const { source, info } = await openDiskImage(nameOf(stem, first));
    expect(info).toMatchObject({ format: "raw", variant: "split", virtualSizeBytes: expected.length });
    return { source, expected };
  });
}

for (const [stem, suffixes] of [
  ["two-digits", ["00", "01", "02"]],
  ["letters.img", ["aa", "ab", "ac"]],
] as const) {
  test(`parts called .${suffixes[0]}, .${suffixes[1]} … are one disk, as \`split\` makes them`, async () => {
    for (const [index, suffix] of suffixes.entries())
      await writeFile(
        join(folder, `${stem}.${suffix}`),
        expected.subarray(index * 2 * MiB, (index + 1) * 2 * MiB),
      );
    // Not a part: only its name is like one.
    await writeFile(join(folder, `${stem}.dd`), expected);
    const { source, info } = await openDiskImage(join(folder, `${stem}.${suffixes[0]}`));
    expect(info.files).toHaveLength(3);
    expect(firstDifference(await readAll(source), expected)).toBe(-1);
    await source.close();
    await rename(join(folder, `${stem}.${suffixes[1]}`), join(folder, "away"));
    await expect(openDiskImage(join(folder, `${stem}.${suffixes[0]}`))).rejects.toMatchObject({
      code: "IMAGE_PART_MISSING",
    });
  });
}

test("disks that are numbered from 01 on, or told apart by two letters, are disks of their own", async () => {
  for (const name of ["copies.01", "copies.02", "pair.dd", "pair.gz", "pair.ab"])
    await writeFile(join(folder, name), expected);
  for (const name of ["copies.01", "copies.02", "pair.dd", "pair.ab"]) {
    const { source, info } = await openDiskImage(join(folder, name));
    expect(info).toMatchObject({ virtualSizeBytes: expected.length, files: [join(folder, name)] });
    await source.close();
  }
});

test("another part than the first is refused with a hint that names the first", async () => {
  // A part that would pass for a disk of its own.
  const bytes = expected.slice(0, MiB);
  await split("odd", 0, MiB);
  await writeFile(nameOf("odd", 2), bytes);
  await expect(openDiskImage(nameOf("odd", 2))).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNSUPPORTED",
    hint: expect.stringContaining("odd.000"),
  });
  const { source } = await openDiskImage(nameOf("odd", 2), { format: "raw" });
  expect(firstDifference(await readAll(source), bytes)).toBe(-1);
  await source.close();
});

test("a set with a gap, or without its beginning, names what is missing", async () => {
  await split("gap", 1, MiB);
  await rename(nameOf("gap", 3), join(folder, "away"));
  const opening = openDiskImage(nameOf("gap", 1));
  await expect(opening).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
  await expect(opening).rejects.toThrow("gap.003");
  await split("late", 2, 3 * MiB);
  await writeFile(nameOf("late", 3), expected);
  await expect(openDiskImage(nameOf("late", 2))).rejects.toThrow("late.001");
});

test("a set whose parts do not fit together is refused", async () => {
  await split("uneven", 1, MiB);
  await writeFile(nameOf("uneven", 2), expected.subarray(0, 1000));
  await expect(openDiskImage(nameOf("uneven", 1))).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
});

test("a lone file with a number at its end is a disk like any other", async () => {
  await writeFile(nameOf("alone", 7), expected);
  const { source, info } = await openDiskImage(nameOf("alone", 7));
  expect(info.files).toHaveLength(1);
  expect(firstDifference(await readAll(source), expected)).toBe(-1);
  await source.close();
});
