import { execFileSync } from "node:child_process";
import { isSampanError } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unpackZstdUnit } from "./zstd-unit.ts";

/** A frame of raw blocks and repeated bytes, by hand: descriptor with neither size nor checksum, a window of 64 KiB. */
function frame(
  ...blocks: readonly { readonly raw?: Uint8Array; readonly repeat?: readonly [number, number] }[]
) {
  const parts: number[] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 6 << 3];
  blocks.forEach(({ raw, repeat }, index) => {
    const last = index === blocks.length - 1 ? 1 : 0;
    const size = raw?.length ?? repeat?.[1] ?? 0;
    const header = last | ((raw ? 0 : 1) << 1) | (size << 3);
    parts.push(header & 255, (header >>> 8) & 255, header >>> 16, ...(raw ?? [repeat?.[0] ?? 0]));
  });
  return Uint8Array.from(parts);
}
const corrupt = { code: "IMAGE_CORRUPT" };

describe("a zstd unit", () => {
  test("is unpacked, whatever stands behind it", async () => {
    const packed = frame({ raw: Uint8Array.of(1, 2, 3) }, { repeat: [9, 5] });
    const padded = new Uint8Array(512).fill(0xff);
    padded.set(packed);
    for (const bytes of [packed, padded])
      expect([...(await unpackZstdUnit(bytes, 4096, 0))]).toEqual([1, 2, 3, 9, 9, 9, 9, 9]);
  });

  test("that would be more than a unit, or is no frame, is refused", async () => {
    const bomb = frame(...Array.from({ length: 500 }, () => ({ repeat: [1, 65536] as const })));
    await expect(unpackZstdUnit(bomb, 65536, 0)).rejects.toMatchObject(corrupt);
    await expect(unpackZstdUnit(new Uint8Array(100), 65536, 0)).rejects.toMatchObject(corrupt);
    await expect(unpackZstdUnit(new Uint8Array(0), 65536, 0)).rejects.toMatchObject(corrupt);
    const cut = frame({ raw: new Uint8Array(100) }).subarray(0, 50);
    await expect(unpackZstdUnit(cut, 65536, 0)).rejects.toMatchObject(corrupt);
    const window = frame({ raw: Uint8Array.of(1) });
    window[5] = 31 << 3;
    await expect(unpackZstdUnit(window, 65536, 0)).rejects.toMatchObject(corrupt);
  });

  const zstd = (() => {
    try {
      return execFileSync("zstd", ["-q", "-c", "-3"], { input: Buffer.from("sampan\n".repeat(5000)) });
    } catch {
      return undefined;
    }
  })();
  test.skipIf(!zstd)(
    "made by zstd is read, and any change of it ends in a value or a SampanError",
    async () => {
      const packed = Uint8Array.from(zstd ?? []);
      const unpacked = await unpackZstdUnit(packed, 65536, 0);
      expect(Buffer.from(unpacked).toString()).toBe("sampan\n".repeat(5000));
      await expect(unpackZstdUnit(packed, 30_000, 0)).rejects.toMatchObject(corrupt);
      await fc.assert(
        fc.asyncProperty(fc.nat(packed.length - 1), fc.nat(255), async (at, value) => {
          const bytes = packed.slice();
          bytes[at] = value;
          const result = await unpackZstdUnit(bytes, 65536, 0).catch((error: unknown) => error);
          expect(result instanceof Uint8Array ? result.length <= 65536 : isSampanError(result)).toBe(true);
        }),
        { numRuns: 300 },
      );
    },
  );
});
