import { KiB, MiB } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { vhdFormat } from "../formats/vhd/vhd-format.ts";
import {
  encodedImageContract,
  firstDifference,
  memorySource,
  patternSource,
  readAll,
} from "../testing/index.ts";
import { memoryContext } from "../testing/open-context.ts";
import { OrderedUnits } from "./ordered-units.ts";
import { PresentUnits } from "./present-units.ts";
import { encodeVhd } from "./vhd/encode-vhd.ts";

const unit = 64 * KiB;
const units = 40;
const mapOf = (present: readonly number[]) =>
  AllocationMap.ofData(
    units * unit,
    present.map((index) => ({ offset: index * unit + 100, length: 5 })),
  );
const listed = (ordered: OrderedUnits) =>
  Array.from({ length: ordered.count }, (_, rank) => ordered.unitAt(rank));
const anyUnits = fc.uniqueArray(fc.nat(units - 1), { maxLength: units });

describe("units in an order", () => {
  it("are stored ascending where there is no earlier order", () => {
    fc.assert(
      fc.property(anyUnits, (present) => {
        const ordered = new OrderedUnits(mapOf(present), unit);
        expect(ordered.runs).toEqual(new PresentUnits(mapOf(present), unit).runs);
        expect(listed(ordered)).toEqual([...present].sort((a, b) => a - b));
      }),
    );
  });

  it("stay where they were through any number of changes, and new ones follow", () => {
    fc.assert(
      fc.property(fc.array(anyUnits, { minLength: 2, maxLength: 5 }), (states) => {
        let stored: number[] = [];
        let order: OrderedUnits["order"] = [];
        for (const present of states) {
          const ordered = new OrderedUnits(mapOf(present), unit, order);
          const fresh = present.filter((index) => !stored.includes(index)).sort((a, b) => a - b);
          stored = [...stored, ...fresh];
          expect(listed(ordered)).toEqual(stored);
          expect(ordered.unitAt(ordered.count)).toBe(-1);
          order = ordered.order;
        }
      }),
    );
  });

  it("are refused in an order that cannot be one", () => {
    for (const order of [
      [[0, 0]],
      [[-1, 1]],
      [[0.5, 1]],
      [[39, 2]],
      [
        [3, 2],
        [4, 1],
      ],
      [[1e16, 1]],
    ] as const) {
      expect(() => new OrderedUnits(mapOf([1]), unit, order), JSON.stringify(order)).toThrow(
        /in an order that stores/,
      );
    }
  });
});

const before = AllocationMap.ofData(24 * MiB, [
  { offset: 0, length: MiB },
  { offset: 9 * MiB, length: 100 },
  { offset: 20 * MiB, length: 2 * MiB },
]);
const added = AllocationMap.ofData(24 * MiB, [
  { offset: 4 * MiB, length: 3000 },
  { offset: 15 * MiB, length: 2 * MiB },
]);

encodedImageContract("a dynamic VHD in the order of an earlier one", async () => {
  const { order } = await encodeVhd(patternSource(24 * MiB, before));
  const source = patternSource(24 * MiB, before.union(added));
  return { image: await encodeVhd(source, order === undefined ? {} : { before: order }), source };
});

describe("a dynamic VHD in the order of an earlier one", () => {
  it("has every block of the earlier one at the same place and reads back as its disk", async () => {
    const first = await encodeVhd(patternSource(24 * MiB, before));
    const source = patternSource(24 * MiB, before.union(added));
    const second = await encodeVhd(source, { before: first.order ?? [] });
    const [old, now] = [await readAll(first), await readAll(second)];
    const head = first.seams?.firstBytes ?? 0;
    expect(now.length).toBeGreaterThan(old.length);
    expect(firstDifference(now.subarray(head, old.length - 512), old.subarray(head, old.length - 512))).toBe(
      -1,
    );
    const opened = await vhdFormat.open(memorySource(now), memoryContext());
    const bytes = new Uint8Array(24 * MiB);
    await opened.source.read({ offset: 0, length: bytes.length }, bytes);
    expect(firstDifference(bytes, await readAll(source))).toBe(-1);
  });

  it("keeps the place of a block that holds no data any more", async () => {
    const first = await encodeVhd(patternSource(24 * MiB, before.union(added)));
    const second = await encodeVhd(patternSource(24 * MiB, before), { before: first.order ?? [] });
    expect(second.sizeBytes).toBe(first.sizeBytes);
    expect(second.order).toEqual(first.order);
  });
});
