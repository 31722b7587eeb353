import { isSampanError, MiB } from "@sampan/core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { OpenImageOptions } from "../disk-image.ts";
import type { FormatReader } from "../formats/format.ts";
import { firstDifference, readAll } from "./cuts.ts";
import { hostileRuns, hostileTimeoutMs } from "./hostile-runs.ts";
import { memorySource } from "./memory-source.ts";
import { memoryContext } from "./open-context.ts";

/** An image to be broken in every way. */
export interface HostileSubject {
  readonly name: string;
  readonly reader: FormatReader;
  readonly make: () => Promise<Uint8Array>;
  /** The disk inside, before anything is broken. */
  readonly disk: () => Promise<Uint8Array>;
  /** Where headers and tables stand. */
  readonly regions: (bytes: Uint8Array) => readonly (readonly [offset: number, length: number])[];
  /** True when what makes it is not installed. */
  readonly absent?: boolean;
  /** Puts right the checksums that would otherwise catch every mutation. */
  readonly mend?: (bytes: Uint8Array) => void;
  /** What the image is opened with. */
  readonly options?: OpenImageOptions;
}

/**
 * Declares the tests every reader must pass with images whose headers and tables lie: each open and read ends in a value or a
 * `SampanError`, within five seconds.
 */
export function hostileImageContract(subject: HostileSubject): void {
  const { name, reader, make, disk, regions, mend, absent = false, options } = subject;
  describe.skipIf(absent)(`a hostile ${name}`, () => {
    let sound: Uint8Array;
    beforeAll(async () => {
      sound = await make();
    });

    const attempt = async (bytes: Uint8Array) => {
      const started = performance.now();
      try {
        const { source } = await reader.open(memorySource(bytes), memoryContext(options));
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
      const { source } = await reader.open(memorySource(sound), memoryContext(options));
      const inside = (await readAll(source)).subarray(0, (await disk()).length);
      expect(firstDifference(inside, await disk())).toBe(-1);
    });

    test("gives a value or a SampanError when single bytes are changed", {
      timeout: hostileTimeoutMs,
    }, async () => {
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
        hostileRuns(250),
      );
    });

    test("gives a value or a SampanError when whole fields become extreme numbers", {
      timeout: hostileTimeoutMs,
    }, async () => {
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
        hostileRuns(250),
      );
    });

    test("gives a value or a SampanError when it is cut anywhere", {
      timeout: hostileTimeoutMs,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: sound.length - 1 }), (length) =>
          attempt(sound.slice(0, length)),
        ),
        hostileRuns(60),
      );
    });
  });
}

function expectSampanError(error: unknown): void {
  if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
}
