import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, KiB, MiB } from "@sampan/core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { encodeQcow2 } from "../encoders/qcow2/encode-qcow2.ts";
import { encodeVhd } from "../encoders/vhd/encode-vhd.ts";
import { firstDifference, memorySource, patternSource, readAll } from "../testing/index.ts";
import { memoryContext } from "../testing/open-context.ts";
import { hasQemuImg, qemuImg } from "../testing/qemu-img.ts";
import type { FormatReader } from "./format.ts";
import { qcow2Format } from "./qcow2/qcow2-format.ts";
import { vhdFormat } from "./vhd/vhd-format.ts";
import { makeStreamOptimized } from "./vmdk/testing/make-vmdk.ts";
import { vmdkFormat } from "./vmdk/vmdk-format.ts";

const disk = patternSource(
  5 * MiB,
  AllocationMap.ofData(5 * MiB, [
    { offset: 0, length: 100 * KiB },
    { offset: 4 * MiB, length: 10_000 },
  ]),
);

interface Subject {
  readonly name: string;
  readonly reader: FormatReader;
  readonly make: () => Promise<Uint8Array>;
  /** Where headers and tables stand. */
  readonly regions: (bytes: Uint8Array) => readonly (readonly [offset: number, length: number])[];
  /** True when only qemu-img can make it. */
  readonly foreign?: boolean;
  /** Puts right the checksums that would otherwise catch every mutation. */
  readonly mend?: (bytes: Uint8Array) => void;
}

/** The disk as qemu-img writes it. */
async function convert(...args: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "sampan-hostile-"));
  try {
    await writeFile(join(folder, "disk"), await readAll(disk));
    await qemuImg("convert", "-f", "raw", ...args, join(folder, "disk"), join(folder, "image"));
    return Uint8Array.from(await readFile(join(folder, "image")));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const subjects: readonly Subject[] = [
  {
    name: "QCOW2 with compressed clusters",
    reader: qcow2Format,
    foreign: true,
    make: () => convert("-c", "-O", "qcow2", "-o", "cluster_size=4096"),
    // The header, the tables before the data, and some compressed bytes.
    regions: () => [
      [0, 112],
      [4096, 6 * 4096],
    ],
  },
  {
    name: "sparse VMDK",
    reader: vmdkFormat,
    foreign: true,
    make: () => convert("-O", "vmdk"),
    regions: () => [
      [0, 80],
      [512, 300],
      [21 * 512, 512 * 10],
    ],
  },
  {
    name: "VHD",
    reader: vhdFormat,
    make: async () => readAll(await encodeVhd(disk)),
    regions: (bytes) => [
      [0, 1560],
      [bytes.length - 512, 100],
    ],
    mend(bytes) {
      sign(bytes.subarray(0, 512), 64);
      sign(bytes.subarray(512, 1536), 36);
      bytes.set(bytes.subarray(0, 512), bytes.length - 512);
    },
  },
  {
    name: "QCOW2",
    reader: qcow2Format,
    make: async () => readAll(await encodeQcow2(disk)),
    regions: () => [
      [0, 112],
      [3 * 64 * KiB, 16],
      [4 * 64 * KiB, 700],
    ],
  },
  {
    name: "streamOptimized VMDK",
    reader: vmdkFormat,
    make: async () => makeStreamOptimized(disk),
    regions: (bytes) => [
      [0, 80],
      [512, 300],
      [bytes.length - 1536, 600],
      [bytes.length - 1536 - 512 * 14, 512 * 14],
      [64 * KiB, 200],
    ],
  },
];

for (const { name, reader, make, regions, mend, foreign = false } of subjects) {
  describe.skipIf(foreign && !hasQemuImg)(`a hostile ${name}`, () => {
    let sound: Uint8Array;
    beforeAll(async () => {
      sound = await make();
    });

    const attempt = async (bytes: Uint8Array) => {
      const started = performance.now();
      try {
        const { source } = await reader.open(memorySource(bytes), memoryContext());
        let count = 0;
        for await (const _ of source.extents()) if (++count > 100_000) break;
        // The ends and the middle of what may now claim to be a disk of any size.
        for (const offset of [0, Math.floor(source.sizeBytes / 2), Math.max(0, source.sizeBytes - MiB)]) {
          const length = Math.min(MiB, source.sizeBytes - offset);
          await source.read({ offset, length }, new Uint8Array(length)).catch(expectSampanError);
        }
      } catch (error) {
        expectSampanError(error);
      }
      expect(performance.now() - started).toBeLessThan(5000);
    };

    test("is sound before it is touched", async () => {
      const { source } = await reader.open(memorySource(sound), memoryContext());
      const inside = (await readAll(source)).subarray(0, disk.sizeBytes);
      expect(firstDifference(inside, await readAll(disk))).toBe(-1);
    });

    test("gives a value or a SampanError when single bytes are changed", async () => {
      const places = regions(sound).flatMap(([offset, length]) =>
        Array.from({ length }, (_, index) => offset + index),
      );
      const change = fc.tuple(fc.constantFrom(...places), fc.integer({ min: 0, max: 255 }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (changes, mended) => {
            const bytes = sound.slice();
            for (const [place, value] of changes) bytes[place] = value;
            if (mended) mend?.(bytes);
            await attempt(bytes);
          },
        ),
        { numRuns: 250 },
      );
    }, 60_000);

    test("gives a value or a SampanError when whole fields become extreme numbers", async () => {
      const extremes = [
        0n,
        1n,
        0x7fffffffn,
        0xffffffffn,
        2n ** 53n,
        2n ** 62n,
        2n ** 63n,
        2n ** 64n - 1n,
        2n ** 64n - 512n,
      ];
      const starts = regions(sound).flatMap(([offset, length]) =>
        Array.from({ length: Math.floor(length / 4) - 1 }, (_, index) => offset + index * 4),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...starts),
          fc.constantFrom(...extremes),
          fc.boolean(),
          fc.boolean(),
          async (place, value, wide, little) => {
            const bytes = sound.slice();
            const view = new DataView(bytes.buffer);
            if (wide) view.setBigUint64(place, value, little);
            else view.setUint32(place, Number(value & 0xffffffffn), little);
            mend?.(bytes);
            await attempt(bytes);
          },
        ),
        { numRuns: 250 },
      );
    }, 60_000);

    test("gives a value or a SampanError when it is cut anywhere", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: sound.length - 1 }), (length) =>
          attempt(sound.slice(0, length)),
        ),
        { numRuns: 60 },
      );
    }, 60_000);
  });
}

function expectSampanError(error: unknown): void {
  if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
}

function sign(bytes: Uint8Array, checksumAt: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(checksumAt, 0);
  view.setUint32(checksumAt, ~bytes.reduce((sum, byte) => sum + byte, 0) >>> 0);
}
