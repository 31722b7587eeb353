import { isSampanError, SampanError } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { blockSourceContract, firstDifference, patternSource, readAll, withFault } from "../testing/index.ts";
import { createOverlay, openOverlay } from "./overlay.ts";

const size = 300_000;
const map = AllocationMap.ofData(size, [{ offset: 8000, length: 100_000 }]);
const base = () => patternSource(size, map);

async function changed() {
  const overlay = createOverlay(base());
  const expected = await readAll(base());
  for (const [offset, length, value] of [
    [0, 10, 1],
    [4090, 9000, 2],
    [150_000, 1, 3],
    [size - 5, 5, 4],
    [20_480, 4096, 0],
  ] as const) {
    const bytes = new Uint8Array(length).fill(value);
    await overlay.write({ offset, length }, bytes);
    expected.set(bytes, offset);
  }
  return { overlay, expected };
}

blockSourceContract("an overlay with changes", async () => {
  const { overlay, expected } = await changed();
  return { source: overlay, expected };
});
blockSourceContract("a saved overlay", async () => {
  const { overlay, expected } = await changed();
  return { source: openOverlay(base(), overlay.save()), expected };
});

describe("an overlay", () => {
  test("behaves like a writable array whatever is written, and keeps it when saved", async () => {
    const write = fc.record({ offset: fc.nat(30_000), length: fc.nat(9000), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25_000 }),
        fc.array(write, { maxLength: 8 }),
        async (bytes, writes) => {
          const source = patternSource(bytes);
          const overlay = createOverlay(source);
          const expected = await readAll(source);
          await Promise.all(
            writes.map(({ offset, length, value }) => {
              const from = Math.min(offset, bytes);
              const part = new Uint8Array(Math.min(length, bytes - from)).fill(value);
              expected.set(part, from);
              return overlay.write({ offset: from, length: part.length }, part);
            }),
          );
          expect(firstDifference(await readAll(overlay), expected)).toBe(-1);
          expect(
            firstDifference(await readAll(openOverlay(patternSource(bytes), overlay.save())), expected),
          ).toBe(-1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("counts its memory in blocks of 4 KiB, and lists them as data", async () => {
    const overlay = createOverlay(base());
    expect(overlay.dirtyBytes).toBe(0);
    await overlay.write({ offset: 4095, length: 2 }, new Uint8Array(2));
    expect(overlay.dirtyBytes).toBe(8192);
    expect((await AllocationMap.read(overlay)).extents[0]).toEqual({
      offset: 0,
      length: 108_000,
      kind: "data",
    });
  });

  test("refuses to write past the end, and changes nothing when the base cannot be read", async () => {
    const source = withFault(base(), {
      beforeRead() {
        throw new SampanError("IMAGE_UNREADABLE", "a broken base");
      },
    });
    const overlay = createOverlay(source);
    await expect(overlay.write({ offset: size, length: 1 }, new Uint8Array(1))).rejects.toMatchObject({
      code: "IMAGE_RANGE",
    });
    await expect(overlay.write({ offset: 1, length: 9000 }, new Uint8Array(9000))).rejects.toMatchObject({
      code: "IMAGE_UNREADABLE",
    });
    expect(overlay.dirtyBytes).toBe(0);
    await overlay.write({ offset: 4096, length: 4096 }, new Uint8Array(4096)); // whole blocks need no base
    expect(overlay.dirtyBytes).toBe(4096);
  });

  test("saved twice gives the same bytes, in which zero blocks take no room", async () => {
    const one = createOverlay(base());
    const other = createOverlay(base());
    await one.write({ offset: 0, length: 8192 }, new Uint8Array(8192).fill(9));
    await other.write({ offset: 4096, length: 4096 }, new Uint8Array(4096).fill(9));
    await other.write({ offset: 0, length: 4096 }, new Uint8Array(4096).fill(9));
    expect(one.save()).toEqual(other.save());
    await one.write({ offset: 81_920, length: 190_000 }, new Uint8Array(190_000));
    expect(one.save().length).toBeLessThan(64 + 3 * 16 + 5 * 4096);
  });
});

describe("saved changes", () => {
  test("are refused over a base of another size", async () => {
    const { overlay } = await changed();
    expect(() => openOverlay(patternSource(size + 512), overlay.save())).toThrow(/made over/);
  });

  test("are refused with IMAGE_CORRUPT when any byte is changed, added or missing", async () => {
    const saved = (await changed()).overlay.save();
    const refuse = (bytes: Uint8Array) => {
      try {
        openOverlay(base(), bytes);
      } catch (error) {
        expect(isSampanError(error, "IMAGE_CORRUPT")).toBe(true);
        return;
      }
      throw new Error("the damage was not seen");
    };
    fc.assert(
      fc.property(fc.nat(saved.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
        const bytes = saved.slice();
        bytes[place] = (bytes[place] as number) ^ flip;
        refuse(bytes);
        refuse(saved.subarray(0, place));
      }),
    );
    refuse(Uint8Array.from([...saved, 0]));
    refuse(new Uint8Array(0));
  });
});
