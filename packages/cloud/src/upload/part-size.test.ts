import { GiB, KiB, MiB, TiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { assertLayout, choosePartBytes } from "./part-size.ts";

const assertPartBytes = (partBytes: number, sizeBytes: number, store: typeof features) =>
  assertLayout({ firstPartBytes: partBytes, partBytes }, sizeBytes, store);
const features = { minPartBytes: 100 * KiB, maxPartBytes: 5 * GiB, maxParts: 10_000, crc64: true };

describe("the size of parts", () => {
  it("is 8 to 16 MiB for usual disks", () => {
    expect(choosePartBytes(1, features)).toBe(8 * MiB);
    expect(choosePartBytes(4 * GiB, features)).toBe(8 * MiB);
    expect(choosePartBytes(40 * GiB, features)).toBe(16 * MiB);
  });

  it("never makes more parts than the store takes, and stays in whole MiB", () => {
    for (const sizeBytes of [1, 78 * GiB, 157 * GiB, 500 * GiB, 2 * TiB, 16 * TiB, 48 * TiB, 157 * GiB + 1]) {
      const partBytes = choosePartBytes(sizeBytes, features);
      expect(Math.ceil(sizeBytes / partBytes)).toBeLessThanOrEqual(features.maxParts);
      expect(partBytes % MiB).toBe(0);
      expect(partBytes).toBeGreaterThanOrEqual(features.minPartBytes);
      assertPartBytes(partBytes, sizeBytes, features);
    }
  });

  it("is what a connection moves in ten seconds where that is less, at least 1 MiB", () => {
    expect(choosePartBytes(4 * GiB, features, 50 * KiB)).toBe(1 * MiB);
    expect(choosePartBytes(4 * GiB, features, 512 * KiB)).toBe(5 * MiB);
    expect(choosePartBytes(4 * GiB, features, 100 * MiB)).toBe(8 * MiB);
    expect(choosePartBytes(40 * GiB, features, 100 * MiB)).toBe(16 * MiB);
    expect(choosePartBytes(500 * GiB, features, 50 * KiB)).toBe(52 * MiB);
  });

  it("counts a first part of another size", () => {
    const layout = { firstPartBytes: 1 * MiB, partBytes: 8 * MiB };
    assertLayout(layout, 1 * MiB + 9_999 * 8 * MiB, features);
    expect(() => assertLayout(layout, 1 * MiB + 9_999 * 8 * MiB + 1, features)).toThrowError(/does not take/);
  });

  it("is refused for an object beyond the store's limits", () => {
    expect(() => choosePartBytes(49 * TiB, features)).toThrowError(/more than the store takes/);
  });

  it("is refused when a caller chose one the store does not take", () => {
    for (const [partBytes, sizeBytes] of [
      [0, 10],
      [99 * KiB, 1 * MiB],
      [1.5, 10],
      [6 * GiB, 1 * TiB],
      [100 * KiB, 1 * GiB],
      [Number.NaN, 10],
    ] as const) {
      expect(() => assertPartBytes(partBytes, sizeBytes, features), `${partBytes}`).toThrowError(
        /does not take/,
      );
    }
    assertPartBytes(50, 40, features);
  });
});
