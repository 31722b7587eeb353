import { rangeEnd } from "@sampan/core";
import { describe, expect, test } from "vitest";
import type { EncodedImage } from "../encoded-image.ts";
import { isZero } from "../io/zeros.ts";
import { firstDifference, readAll, shuffledCuts } from "./cuts.ts";
import type { PatternSource } from "./pattern-source.ts";

/** What the contract suite needs to test one encoder. */
export interface EncodedImageSubject {
  /** A fresh image of at most about 64 MiB. */
  readonly image: EncodedImage;
  /** What it was made from, with its own map. */
  readonly source: PatternSource;
}

/** Declares the tests every {@link EncodedImage} must pass. Call it once for each encoder, at the top of a vitest file. */
export function encodedImageContract(name: string, make: () => Promise<EncodedImageSubject>): void {
  describe(`${name} keeps the contract of an encoded image`, () => {
    test("any range at any time gives the same bytes as one read", async () => {
      const { image } = await make();
      const whole = await readAll(image);
      for (const [seed, pieces] of [
        [1, 3],
        [2, 40],
        [3, 300],
      ] as const) {
        const put = new Uint8Array(whole.length).fill(0x5a);
        await Promise.all(
          shuffledCuts(whole.length, pieces, seed).map((range) =>
            image.read(range, put.subarray(range.offset, rangeEnd(range))),
          ),
        );
        expect(firstDifference(put, whole)).toBe(-1);
      }
    });

    test("making it again from an equal source gives the same bytes", async () => {
      const [one, other] = [(await make()).image, (await make()).image];
      expect(other.sizeBytes).toBe(one.sizeBytes);
      expect(firstDifference(await readAll(other), await readAll(one))).toBe(-1);
    });

    test("reads only data of the map, every byte once, and says how much that is", async () => {
      const { image, source } = await make();
      const before = source.reads.length;
      await readAll(image);
      const reads = source.reads.slice(before);
      for (const range of reads) {
        for (const extent of source.map.within(range)) expect(extent.kind).toBe("data");
      }
      expect(reads.reduce((sum, range) => sum + range.length, 0)).toBe(image.dataBytes);
      expect(image.dataBytes).toBe(source.map.dataBytes);
    });

    test("a read of the whole image takes few and large reads of the source", async () => {
      const { image, source } = await make();
      const before = source.reads.length;
      await readAll(image);
      const runs = source.map.extents.filter((extent) => extent.kind === "data").length;
      expect(source.reads.length - before).toBeLessThanOrEqual(
        runs + Math.ceil(image.sizeBytes / (2 * 1024 * 1024)),
      );
    });

    test("the disk inside is not smaller than the source", async () => {
      const { image, source } = await make();
      expect(image.virtualSizeBytes).toBeGreaterThanOrEqual(source.sizeBytes);
      expect(image.virtualSizeBytes - source.sizeBytes).toBeLessThan(1024 * 1024);
    });

    test("its extents cover the file, and what is not data is zero", async () => {
      const { image } = await make();
      if (!image.extents) return;
      const whole = await readAll(image);
      let position = 0;
      for (const extent of image.extents()) {
        expect(extent.offset).toBe(position);
        position = rangeEnd(extent);
        if (extent.kind !== "data") expect(isZero(whole.subarray(extent.offset, position))).toBe(true);
      }
      expect(position).toBe(image.sizeBytes);
    });

    test("a range outside the file or of another length than the buffer is refused with IMAGE_RANGE", async () => {
      const { image } = await make();
      const { sizeBytes } = image;
      for (const [range, bytes] of [
        [{ offset: sizeBytes, length: 1 }, 1],
        [{ offset: 0, length: sizeBytes + 1 }, sizeBytes + 1],
        [{ offset: -1, length: 1 }, 1],
        [{ offset: 0, length: 1 }, 2],
      ] as const) {
        await expect(image.read(range, new Uint8Array(bytes))).rejects.toMatchObject({ code: "IMAGE_RANGE" });
      }
    });

    test("a signal that has aborted ends reads", async () => {
      const { image } = await make();
      const read = image.read({ offset: 0, length: 1 }, new Uint8Array(1), AbortSignal.abort());
      await expect(read).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    });
  });
}
