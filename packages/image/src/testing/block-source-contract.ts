import { isSampanError, rangeEnd } from "@sampan/core";
import { afterEach, describe, expect, test } from "vitest";
import type { BlockSource } from "../block-source.ts";
import type { Extent } from "../extent.ts";
import { isZero } from "../io/zeros.ts";
import { firstDifference, readAll, shuffledCuts } from "./cuts.ts";

/** What the contract suite needs to test one source. */
export interface BlockSourceSubject {
  /** A fresh source of 1 byte to about 64 MiB; the suite closes it. */
  readonly source: BlockSource;
  /** The bytes it must have, where the test knows them. */
  readonly expected?: Uint8Array;
}

/**
 * Declares the tests every {@link BlockSource} must pass. Call it once for each implementation, at the top of a vitest file.
 *
 * @example
 * ```ts
 * blockSourceContract("offsetBy", async () => ({ source: offsetBy(patternSource(8192), { offset: 512, length: 4096 }) }));
 * ```
 */
export function blockSourceContract(name: string, make: () => Promise<BlockSourceSubject>): void {
  describe(`${name} keeps the contract of a block source`, () => {
    const opened: BlockSource[] = [];
    const open = async () => {
      const subject = await make();
      opened.push(subject.source);
      return subject;
    };
    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close();
    });

    test("one read gives the same bytes as any parallel reads in any order", async () => {
      const { source, expected } = await open();
      const whole = await readAll(source);
      if (expected) expect(firstDifference(whole, expected)).toBe(-1);
      for (const [seed, pieces] of [
        [1, 2],
        [2, 17],
        [3, 200],
      ] as const) {
        const put = new Uint8Array(whole.length).fill(0x5a);
        await Promise.all(
          shuffledCuts(whole.length, pieces, seed).map((range) =>
            source.read(range, put.subarray(range.offset, rangeEnd(range))),
          ),
        );
        expect(firstDifference(put, whole)).toBe(-1);
      }
    });

    test("a range outside the disk or of another length than the buffer is refused with IMAGE_RANGE", async () => {
      const { source } = await open();
      const { sizeBytes } = source;
      const wrong = [
        [{ offset: sizeBytes, length: 1 }, 1],
        [{ offset: 0, length: sizeBytes + 1 }, sizeBytes + 1],
        [{ offset: -1, length: 1 }, 1],
        [{ offset: 0.5, length: 1 }, 1],
        [{ offset: 0, length: 1 }, 2],
      ] as const;
      for (const [range, bytes] of wrong) {
        await expect(source.read(range, new Uint8Array(bytes))).rejects.toMatchObject({
          code: "IMAGE_RANGE",
        });
      }
      await expect(collect(source.extents({ offset: 0, length: sizeBytes + 1 }))).rejects.toMatchObject({
        code: "IMAGE_RANGE",
      });
    });

    test("reading nothing is allowed anywhere, even at the end", async () => {
      const { source } = await open();
      await source.read({ offset: 0, length: 0 }, new Uint8Array(0));
      await source.read({ offset: source.sizeBytes, length: 0 }, new Uint8Array(0));
      expect(await collect(source.extents({ offset: source.sizeBytes, length: 0 }))).toEqual([]);
    });

    test("extents cover the disk in order, joined, and what is not data reads as zero", async () => {
      const { source } = await open();
      const extents = await collect(source.extents());
      let position = 0;
      let before: Extent | undefined;
      for (const extent of extents) {
        expect(extent.offset).toBe(position);
        expect(extent.length).toBeGreaterThan(0);
        expect(before?.kind).not.toBe(extent.kind);
        position = rangeEnd(extent);
        before = extent;
      }
      expect(position).toBe(source.sizeBytes);
      const whole = await readAll(source);
      for (const extent of extents) {
        if (extent.kind !== "data")
          expect(isZero(whole.subarray(extent.offset, rangeEnd(extent)))).toBe(true);
      }
      if (source.features.extents === "none") expect(extents.map((extent) => extent.kind)).toEqual(["data"]);
    });

    test("extents of a part are the part of the extents", async () => {
      const { source } = await open();
      const all = await collect(source.extents());
      for (const range of shuffledCuts(source.sizeBytes, 9, 4)) {
        const cut = all.flatMap(({ offset, length, kind }) => {
          const from = Math.max(offset, range.offset);
          const to = Math.min(offset + length, rangeEnd(range));
          return to > from ? [{ offset: from, length: to - from, kind }] : [];
        });
        expect(await collect(source.extents(range))).toEqual(cut);
      }
    });

    test("a signal that has aborted ends reads and listings", async () => {
      const { source } = await open();
      const signal = AbortSignal.abort();
      const read = source.read({ offset: 0, length: 1 }, new Uint8Array(1), signal);
      await expect(read).rejects.toMatchObject({ code: "CORE_CANCELLED" });
      await expect(collect(source.extents(undefined, signal))).rejects.toMatchObject({
        code: "CORE_CANCELLED",
      });
    });

    test("closing twice is harmless, and a read afterwards gives a value or a SampanError", async () => {
      const { source } = await open();
      await source.close();
      await source.close();
      await source.read({ offset: 0, length: 1 }, new Uint8Array(1)).catch((error: unknown) => {
        expect(isSampanError(error)).toBe(true);
      });
    });
  });
}

async function collect(extents: AsyncIterable<Extent>): Promise<Extent[]> {
  const list: Extent[] = [];
  for await (const extent of extents)
    list.push({ offset: extent.offset, length: extent.length, kind: extent.kind });
  return list;
}
