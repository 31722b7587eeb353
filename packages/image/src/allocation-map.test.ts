import { MiB, SampanError } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AllocationMap } from "./allocation-map.ts";
import type { Extent, ExtentKind } from "./extent.ts";
import { mapDigest } from "./map-digest.ts";
import { patternSource } from "./testing/index.ts";

const kinds = ["data", "zero", "hole"] as const;

/** A map as a kind per byte, the simplest model there is. */
const bytesOfKinds = (size: number) =>
  fc.array(fc.tuple(fc.nat(12), fc.constantFrom<ExtentKind>(...kinds)), { maxLength: 20 }).map((runs) => {
    const bytes = runs.flatMap(([length, kind]) => Array<ExtentKind>(length).fill(kind)).slice(0, size);
    return [...bytes, ...Array<ExtentKind>(size - bytes.length).fill("hole")];
  });
const model = bytesOfKinds(100);
const toMap = (bytes: readonly ExtentKind[]) =>
  AllocationMap.of(
    bytes.length,
    bytes.map((kind, offset) => ({ offset, length: 1, kind })),
  );
const toModel = (map: AllocationMap) =>
  map.extents.flatMap(({ length, kind }) => Array<ExtentKind>(length).fill(kind));

describe("an allocation map", () => {
  test("of a source in millions of pieces stays small, and loses no byte of data", async () => {
    const pieces = 3_000_000;
    const source = {
      ...patternSource(1),
      sizeBytes: pieces * 512 + MiB,
      async *extents(): AsyncGenerator<Extent> {
        for (let index = 0; index < pieces; index++)
          yield { offset: index * 512, length: 512, kind: index % 2 === 0 ? "data" : "hole" };
        yield { offset: pieces * 512, length: MiB, kind: "hole" };
      },
    };
    const map = await AllocationMap.read(source);
    expect(map.extents.length).toBeLessThan(250_001);
    expect(map.dataBytes).toBeGreaterThanOrEqual((pieces / 2) * 512);
    expect(map.extents.at(-1)).toMatchObject({ kind: "hole" });
  });

  test("joins neighbours of one kind and keeps every byte's kind", () => {
    fc.assert(
      fc.property(model, (bytes) => {
        const map = toMap(bytes);
        expect(toModel(map)).toEqual(bytes);
        for (const [index, extent] of map.extents.entries())
          expect(map.extents[index + 1]?.kind).not.toBe(extent.kind);
        expect(map.dataBytes).toBe(bytes.filter((kind) => kind === "data").length);
      }),
    );
  });

  test("gives the part of a range cut at its ends", () => {
    fc.assert(
      fc.property(model, fc.nat(100), fc.nat(100), (bytes, offset, length) => {
        const parts = [...toMap(bytes).within({ offset, length })];
        expect(parts.flatMap((part) => Array(part.length).fill(part.kind))).toEqual(
          bytes.slice(offset, offset + length),
        );
        let position = offset;
        for (const part of parts) {
          expect(part.offset).toBe(position);
          position += part.length;
        }
        expect(toMap(bytes).hasData({ offset, length })).toBe(
          bytes.slice(offset, offset + length).includes("data"),
        );
      }),
    );
  });

  test("intersects to data where both have data, and unites to data where either has", () => {
    fc.assert(
      fc.property(model, model, (a, b) => {
        const both = toModel(toMap(a).intersect(toMap(b)));
        const either = toModel(toMap(a).union(toMap(b)));
        a.forEach((kind, index) => {
          expect(both[index] === "data").toBe(kind === "data" && b[index] === "data");
          expect(either[index] === "data").toBe(kind === "data" || b[index] === "data");
          if (kind !== "data") expect(both[index]).toBe(kind);
          if (either[index] !== "data") expect(either[index]).toBe(kind);
        });
      }),
    );
  });

  test("with itself intersects and unites to itself", () => {
    fc.assert(
      fc.property(model, (bytes) => {
        const map = toMap(bytes);
        expect(map.intersect(map).extents).toEqual(map.extents);
        expect(map.union(map).extents).toEqual(map.extents);
      }),
    );
  });

  test("of data ranges takes them in any order, overlapping, and past the end", () => {
    const range = fc.record({ offset: fc.nat(130), length: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), fc.constantFrom("hole", "zero"), (ranges, otherwise) => {
        const bytes = toModel(AllocationMap.ofData(100, ranges, otherwise));
        expect(bytes).toHaveLength(100);
        bytes.forEach((kind, index) => {
          const isData = ranges.some(({ offset, length }) => index >= offset && index < offset + length);
          expect(kind).toBe(isData ? "data" : otherwise);
        });
      }),
    );
  });

  test("refuses gaps, overlaps and wrong totals", () => {
    const data = (offset: number, length: number): Extent => ({ offset, length, kind: "data" });
    for (const extents of [
      [data(0, 5)],
      [data(1, 9)],
      [data(0, 5), data(6, 4)],
      [data(0, 6), data(5, 5)],
      [data(0, 11)],
      [data(0, -1)],
    ]) {
      expect(() => AllocationMap.of(10, extents)).toThrow(SampanError);
    }
    expect(() => AllocationMap.whole(4, "data").union(AllocationMap.whole(5, "data"))).toThrow(SampanError);
  });

  test("is read from a source", async () => {
    const map = AllocationMap.ofData(1000, [{ offset: 10, length: 20 }]);
    expect((await AllocationMap.read(patternSource(1000, map))).extents).toEqual(map.extents);
  });

  test("has a digest that is equal exactly for equal maps", () => {
    fc.assert(
      fc.property(model, model, (a, b) => {
        expect(mapDigest(toMap(a)) === mapDigest(toMap(b))).toBe(a.join() === b.join());
      }),
    );
    expect(mapDigest(AllocationMap.whole(512, "data"))).toBe(
      "8f8c1606d229d64874deb346760651240e7719c60e6733570b6563bad9e93da9",
    );
  });
});
