import { KiB, MiB, SampanError } from "@sampan/core";
import { type Volume, type VolumeSegment, volumeSource } from "@sampan/guest";
import { AllocationMap } from "@sampan/image";
import { blockSourceContract, memorySource, readAll, seededRandom, withFault } from "@sampan/image/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiskPart, diskWithParts, volumeParts } from "./disk-with-parts.ts";

function bytesOf(length: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

const unit = 4 * KiB;
/** A volume in a striped run of three and a linear one. */
const segments: readonly VolumeSegment[] = [
  { offset: 0, length: 24 * unit, stripeBytes: 2 * unit, stripes: [64 * unit, 10 * unit, 40 * unit] },
  { offset: 24 * unit, length: 5 * unit, stripeBytes: null, stripes: [20 * unit] },
];
const volumeBytes = 29 * unit;
const volume = {
  range: { offset: 64 * unit, length: volumeBytes },
  logicalVolume: { segments },
} as unknown as Volume;

function composed() {
  const disk = bytesOf(100 * unit, 1);
  const snapshot = bytesOf(volumeBytes, 2);
  const parts: DiskPart[] = [
    ...volumeParts(segments, memorySource(snapshot)),
    { offset: 512, length: 100, origin: { kind: "bytes", bytes: bytesOf(100, 3) } },
    { offset: 90 * unit, length: 10 * unit, origin: { kind: "nothing" } },
  ];
  return { disk, snapshot, source: diskWithParts(memorySource(disk), parts, true) };
}

blockSourceContract("a disk with parts from elsewhere", async () => ({ source: composed().source }));

describe("a disk with parts from elsewhere", () => {
  it("shows the volume's bytes wherever its stripes lie, and the disk's elsewhere", async () => {
    const { disk, snapshot, source } = composed();
    expect(Buffer.from(await readAll(volumeSource(source, volume))).equals(Buffer.from(snapshot))).toBe(true);
    const whole = await readAll(source);
    expect([...whole.subarray(512, 612)]).toEqual([...bytesOf(100, 3)]);
    expect(whole.subarray(90 * unit).every((byte) => byte === 0)).toBe(true);
    for (const [from, to] of [
      [0, 512],
      [612, 10 * unit],
      [18 * unit, 20 * unit],
      [25 * unit, 40 * unit],
    ] as const) {
      expect(Buffer.from(whole.subarray(from, to)).equals(Buffer.from(disk.subarray(from, to)))).toBe(true);
    }
  });

  it("gives the same for any range as for the whole", async () => {
    const { source } = composed();
    const whole = await readAll(source);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(9 * unit), async (offset, wanted) => {
        const length = Math.min(wanted, whole.length - offset);
        const into = new Uint8Array(length);
        await source.read({ offset, length }, into);
        expect(Buffer.from(into).equals(Buffer.from(whole.subarray(offset, offset + length)))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("calls a hole what is of no worth, and keeps the disk's own holes", async () => {
    const map = AllocationMap.ofData(MiB, [{ offset: 0, length: MiB / 2 }]);
    const disk = memorySource(new Uint8Array(MiB), map);
    const source = diskWithParts(disk, [{ offset: 4096, length: 4096, origin: { kind: "nothing" } }], true);
    const found = [];
    for await (const extent of source.extents()) found.push([extent.offset, extent.kind]);
    expect(found).toEqual([
      [0, "data"],
      [4096, "hole"],
      [8192, "data"],
      [MiB / 2, "hole"],
    ]);
  });

  it("refuses parts that overlap, or lie past the end", () => {
    const part = (offset: number): DiskPart => ({ offset, length: 10, origin: { kind: "nothing" } });
    for (const parts of [[part(0), part(9)], [part(95)]]) {
      expect(() => diskWithParts(memorySource(new Uint8Array(100)), parts, true)).toThrow(/have no place/);
    }
  });

  it("passes on the error of a part", async () => {
    const failing = new SampanError("CORE_INTERNAL", "the snapshot is void");
    const beforeRead = () => {
      throw failing;
    };
    const broken = withFault(memorySource(new Uint8Array(volumeBytes)), { beforeRead });
    const source = diskWithParts(
      memorySource(new Uint8Array(100 * unit)),
      volumeParts(segments, broken),
      true,
    );
    const error = await source
      .read({ offset: 10 * unit, length: unit }, new Uint8Array(unit))
      .catch((caught: unknown) => caught);
    expect(error).toBe(failing);
  });
});
