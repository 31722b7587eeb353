import { deflateSync } from "node:zlib";
import { KiB, MiB } from "@sampan/core";
import { expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import {
  blockSourceContract,
  firstDifference,
  memorySource,
  patternSource,
  readAll,
  withFault,
} from "../../testing/index.ts";
import { memoryContext } from "../../testing/open-context.ts";
import { makeStreamOptimized } from "./testing/make-vmdk.ts";
import { vmdkFormat } from "./vmdk-format.ts";

const context = memoryContext();
const disk = patternSource(
  3 * MiB + 512,
  AllocationMap.ofData(3 * MiB + 512, [
    { offset: 0, length: 300 * KiB },
    { offset: 2 * MiB + 5, length: MiB + 507 },
  ]),
);
const open = async (bytes: Uint8Array) => (await vmdkFormat.open(memorySource(bytes), context)).source;

blockSourceContract("a streamOptimized VMDK written by another hand", async () => ({
  source: await open(await makeStreamOptimized(disk)),
  expected: await readAll(disk),
}));

test("a footer counts whatever stands behind it, and a stream without one is refused", async () => {
  const sound = await makeStreamOptimized(disk);
  const expected = await readAll(disk);
  for (const behind of [new Uint8Array(512), new Uint8Array(70_000), new Uint8Array(9000).fill(0x5a)]) {
    const source = await open(Uint8Array.from(Buffer.concat([sound, behind])));
    expect(firstDifference(await readAll(source), expected)).toBe(-1);
  }
  await expect(open(sound.subarray(0, sound.length - 1536))).rejects.toMatchObject({
    code: "IMAGE_TRUNCATED",
  });
});

test("a grain that is a bomb is refused without being unpacked whole", async () => {
  const bomb = deflateSync(new Uint8Array(64 * MiB).fill(1));
  const source = await open(
    await makeStreamOptimized(disk, {
      compress: (grain, offset) => (offset === 0 ? bomb : deflateSync(grain)),
    }),
  );
  await expect(source.read({ offset: 0, length: 512 }, new Uint8Array(512))).rejects.toMatchObject({
    code: "IMAGE_CORRUPT",
  });
  await source.read({ offset: 64 * KiB, length: 512 }, new Uint8Array(512));
});

test("a damaged or short grain is refused where it is read, and nowhere else", async () => {
  for (const compress of [
    (grain: Uint8Array) => deflateSync(grain).fill(0xff, 100, 200),
    (grain: Uint8Array) => deflateSync(grain.subarray(0, 1000)),
    (grain: Uint8Array) => deflateSync(grain).subarray(0, 5000),
  ]) {
    const packed = (grain: Uint8Array, offset: number) =>
      offset === 0 ? compress(grain) : deflateSync(grain);
    const source = await open(await makeStreamOptimized(disk, { compress: packed }));
    const whole = source.read({ offset: 0, length: 64 * KiB }, new Uint8Array(64 * KiB));
    await expect(whole).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    await source.read({ offset: 64 * KiB, length: 64 * KiB }, new Uint8Array(64 * KiB));
  }
});

test("parallel readers of one grain share one read of the file", async () => {
  let reads = 0;
  const container = memorySource(await makeStreamOptimized(disk));
  const counted = withFault(container, {
    async beforeRead() {
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  const { source } = await vmdkFormat.open(counted, context);
  await source.read({ offset: 0, length: 1 }, new Uint8Array(1)); // the tables are in now
  const before = reads;
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      source.read({ offset: 65_536 + index, length: 9 }, new Uint8Array(9)),
    ),
  );
  expect(reads - before).toBe(1);
});

test("a directory that names one table twice is refused", async () => {
  const bytes = await makeStreamOptimized(patternSource(MiB));
  // Twice the capacity needs a second table: let it be the first again.
  const big = bytes.slice();
  const view = new DataView(big.buffer);
  const directory = view.getUint32(big.length - 1024 + 56, true) * 512;
  for (const header of [0, big.length - 1024]) view.setBigUint64(header + 12, BigInt((64 * MiB) / 512), true);
  view.setUint32(directory + 4, view.getUint32(directory, true), true);
  await expect(open(big)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
});
