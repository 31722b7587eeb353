import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, KiB, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileRuns, hostileTimeoutMs } from "../../testing/hostile-runs.ts";
import { memorySource, patternSource, readAll } from "../../testing/index.ts";
import { MappedSource } from "../mapped-source.ts";
import { TablePages } from "../table-pages.ts";
import { openSparseFile } from "./sparse-file.ts";
import { makeCowd, makeDescriptor, makeSeSparse } from "./testing/make-esx.ts";

const disk = patternSource(
  20 * MiB,
  AllocationMap.ofData(20 * MiB, [
    { offset: 0, length: 50 * KiB },
    { offset: 17 * MiB, length: 10 * KiB },
  ]),
);

/** Uses a disk as its readers would; anything but a value or a SampanError fails the test, and so does taking long. */
async function attempt(open: () => Promise<BlockSource>): Promise<void> {
  const started = processorMs();
  let source: BlockSource | undefined;
  try {
    source = await open();
    let count = 0;
    for await (const _ of source.extents()) if (++count > 100_000) break;
    for (const offset of [0, Math.floor(source.sizeBytes / 2), Math.max(0, source.sizeBytes - MiB)]) {
      const length = Math.min(MiB, source.sizeBytes - offset);
      await source.read({ offset, length }, new Uint8Array(length)).catch(expectSampanError);
    }
  } catch (error) {
    expectSampanError(error);
  } finally {
    await source?.close();
  }
  expect(processorMs() - started).toBeLessThan(5000);
}

function expectSampanError(error: unknown): void {
  if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
}

const openPart = (bytes: Uint8Array) => async () => {
  const file = memorySource(bytes);
  const { mapping } = await openSparseFile(file, new TablePages(file), "memory", undefined);
  return new MappedSource(file, mapping);
};

const extremes = [
  0n,
  1n,
  0xffffffffn,
  2n ** 31n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n,
  2n ** 64n - 1n,
  0x3fffffffffffffffn,
];

for (const { name, make, places } of [
  { name: "COWD", make: () => makeCowd(disk, 8), places: [0, 64, 4 * 512, 16, 5 * 512, 512] },
  {
    name: "seSparse",
    make: () => makeSeSparse(disk),
    places: [0, 1024, 8 * 512, 16, 9 * 512, 1024, (9 + 64) * 512, 1024],
  },
]) {
  describe(`a hostile ${name} part`, () => {
    let sound: Uint8Array;
    let offsets: number[];
    beforeAll(async () => {
      sound = await make();
      offsets = [];
      for (let index = 0; index < places.length; index += 2) {
        const [from = 0, length = 0] = places.slice(index);
        for (let at = from; at < from + length; at += 4) offsets.push(at);
      }
    });

    test("gives a value or a SampanError, whatever stands in its headers and tables", {
      timeout: hostileTimeoutMs,
    }, async () => {
      const change = fc.tuple(
        fc.nat(),
        fc.oneof(fc.constantFrom(...extremes), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
        fc.boolean(),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const bytes = sound.slice();
          const view = new DataView(bytes.buffer);
          for (const [choice, value, wide] of changes) {
            const at = offsets[choice % offsets.length] as number;
            if (wide) view.setBigUint64(at, value, true);
            else view.setUint32(at, Number(value & 0xffffffffn), true);
          }
          await attempt(openPart(bytes));
        }),
        hostileRuns(300),
      );
    });

    test("gives a value or a SampanError when it is cut anywhere", {
      timeout: hostileTimeoutMs,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: sound.length - 1 }), (length) =>
          attempt(openPart(sound.slice(0, length))),
        ),
        hostileRuns(60),
      );
    });
  });
}

describe("a hostile descriptor", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sampan-descriptor-"));
    await writeFile(join(folder, "a.raw"), await readAll(disk));
    await writeFile(join(folder, "a-sesparse.vmdk"), await makeSeSparse(disk));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const sound = makeDescriptor(
    "custom",
    ['RW 40960 FLAT "a.raw" 0', 'RW 40960 SESPARSE "a-sesparse.vmdk"', "RW 100 ZERO"],
    { parentFileNameHint: '"nothing.vmdk"' },
  );
  const token = fc.constantFrom(
    "RW",
    "NOACCESS",
    "FLAT",
    "SPARSE",
    "ZERO",
    '"',
    '""',
    "\n",
    "\r",
    "\0",
    "=",
    "99999999999999999999",
    "-1",
    "0",
    "1e9",
    "../",
    "/dev/zero",
    "a.raw",
    "\u202e",
    "encoding=utf-16le\n",
    'encoding="x-none"\n',
    "parentCID=1\n",
    "createType=\n",
    "ddb.__proto__ = 1\n",
    "parentFileNameHint=hostile.vmdk\n",
  );

  test("gives a value or a SampanError, whatever is written into it", {
    timeout: hostileTimeoutMs,
  }, async () => {
    const edit = fc.tuple(
      fc.nat({ max: sound.length }),
      fc.nat({ max: 12 }),
      fc.oneof(token, fc.string({ maxLength: 8 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = sound;
        for (const [at, removed, added] of edits) text = text.slice(0, at) + added + text.slice(at + removed);
        const path = join(folder, "hostile.vmdk");
        await writeFile(path, text);
        await attempt(async () => (await openDiskImage(path, { format: "vmdk" })).source);
      }),
      hostileRuns(300),
    );
  });
});
