import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertRangeWithin, cutIntoRanges, intersectRanges, rangeEnd } from "./byte-range.ts";
import { formatBytes, GiB, roundDown, roundUp, safeInteger, TiB } from "./bytes.ts";
import { isSampanError } from "./errors.ts";

describe("byte counts", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [10 * 1024 ** 2 + 1, "10 MiB"],
    [1.999 * GiB, "2 GiB"],
    [2040 * GiB, "1.99 TiB"],
    [64 * TiB, "64 TiB"],
  ])("of %d read %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("round to whole units exactly, also far beyond 2^32", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 50), fc.integer({ min: 1, max: 2 ** 30 }), (value, unit) => {
        expect(roundUp(value, unit) % unit).toBe(0);
        expect(roundUp(value, unit) - value).toBeLessThan(unit);
        expect(value - roundDown(value, unit)).toBe(value % unit);
      }),
    );
  });

  it("of a foreign 64-bit field are refused when no disk can have them", () => {
    expect(safeInteger(2n ** 53n - 1n, "x")).toBe(Number.MAX_SAFE_INTEGER);
    for (const value of [2n ** 53n, 2n ** 64n - 1n, -1n]) {
      expect(() => safeInteger(value, "the size field")).toThrow("the size field");
    }
  });
});

describe("byte ranges", () => {
  it("cut a size into pieces that follow each other and end at it", () => {
    const ranges = [...cutIntoRanges(10, 4)];
    expect(ranges).toEqual([
      { offset: 0, length: 4 },
      { offset: 4, length: 4 },
      { offset: 8, length: 2 },
    ]);
    expect([...cutIntoRanges(0, 4)]).toEqual([]);
  });

  it("share exactly the bytes that are in both", () => {
    const range = fc.record({ offset: fc.nat(40), length: fc.nat(20) });
    fc.assert(
      fc.property(range, range, (a, b) => {
        const shared = intersectRanges(a, b);
        for (let byte = 0; byte < 64; byte++) {
          const inBoth = [a, b].every((one) => byte >= one.offset && byte < rangeEnd(one));
          expect(shared !== undefined && byte >= shared.offset && byte < rangeEnd(shared)).toBe(inBoth);
        }
      }),
    );
  });

  it.each([
    [{ offset: 8, length: 9 }, 9],
    [{ offset: -1, length: 2 }, 2],
    [{ offset: 0.5, length: 2 }, 2],
    [{ offset: 0, length: Number.NaN }, 0],
    [{ offset: 2 ** 53, length: 1 }, 1],
    [{ offset: 0, length: 4 }, 3],
  ])("%o into %d bytes is refused for a disk of 16", (range, bufferBytes) => {
    let error: unknown;
    try {
      assertRangeWithin(range, 16, bufferBytes);
    } catch (thrown) {
      error = thrown;
    }
    expect(isSampanError(error, "IMAGE_RANGE")).toBe(true);
  });

  it("may end where the disk ends, and may be empty", () => {
    assertRangeWithin({ offset: 12, length: 4 }, 16);
    assertRangeWithin({ offset: 16, length: 0 }, 16);
  });
});
