import type { ByteRange } from "@sampan/core";
import type { BlockSource, Extent } from "@sampan/image";
import { describe, expect, it } from "vitest";
import { compareDisks } from "./compare-disks.ts";

function disk(bytes: Uint8Array, extents?: readonly Extent[]): BlockSource {
  const whole: readonly Extent[] = extents ?? [{ offset: 0, length: bytes.length, kind: "data" }];
  return {
    sizeBytes: bytes.length,
    features: { extents: "exact", stable: true },
    async read(range: ByteRange, into: Uint8Array) {
      into.set(bytes.subarray(range.offset, range.offset + range.length));
    },
    async *extents() {
      yield* whole;
    },
    async close() {},
  };
}

const bytes = Uint8Array.from({ length: 9000 }, (_, index) => index % 251);

describe("comparing a written disk with its source", () => {
  it("accepts the same bytes, and zeros behind them", async () => {
    const longer = new Uint8Array(10_000);
    longer.set(bytes);
    await expect(compareDisks(disk(bytes), disk(longer))).resolves.toBeUndefined();
  });

  it("names the first byte that differs", async () => {
    const other = bytes.slice();
    other[4321] = 255;
    await expect(compareDisks(disk(bytes), disk(other))).rejects.toMatchObject({
      code: "COMMAND_VERIFY_FAILED",
      details: { offset: 4321 },
    });
  });

  it("finds data behind the end, in a hole of the source, and a hole where the source has data", async () => {
    const longer = new Uint8Array(10_000);
    longer.set(bytes);
    longer[9_999] = 1;
    await expect(compareDisks(disk(bytes), disk(longer))).rejects.toMatchObject({
      details: { offset: 9_999 },
    });
    const hole: Extent[] = [{ offset: 0, length: 9000, kind: "hole" }];
    const zeros = new Uint8Array(9000);
    await expect(compareDisks(disk(zeros, hole), disk(bytes))).rejects.toMatchObject({
      details: { offset: 1 },
    });
    await expect(compareDisks(disk(bytes), disk(zeros, hole))).rejects.toMatchObject({
      details: { offset: 1 },
    });
  });

  it("refuses a disk that is too short", async () => {
    await expect(compareDisks(disk(bytes), disk(bytes.subarray(0, 8000)))).rejects.toMatchObject({
      code: "COMMAND_VERIFY_FAILED",
    });
  });
});
