import { isSampanError, KiB, MiB, SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { blockSourceContract, memorySource, patternSource, readAll, withFault } from "../testing/index.ts";
import { offsetBy } from "./offset-by.ts";
import { withCache } from "./with-cache.ts";
import { withRateLimit } from "./with-rate-limit.ts";
import { withRetry } from "./with-retry.ts";
import { withUsedExtents } from "./with-used-extents.ts";

const size = MiB + 700;
const map = AllocationMap.ofData(
  size,
  [
    { offset: 100, length: 90_000 },
    { offset: 300_000, length: 400_000 },
    { offset: size - 10, length: 10 },
  ],
  "zero",
);
const disk = () => patternSource(size, map);
const flaky = () =>
  withFault(disk(), {
    beforeRead: (_, count) => {
      if (count % 3 === 1)
        throw new SampanError("IMAGE_UNREADABLE", "a read that fails now and then", { retryable: true });
    },
    beforeExtents: (_, count) => {
      if (count % 2 === 1)
        throw new SampanError("IMAGE_UNREADABLE", "a listing that fails at first", { retryable: true });
    },
  });

blockSourceContract("memorySource", async () => {
  const bytes = await readAll(disk());
  return { source: memorySource(bytes), expected: bytes };
});
blockSourceContract("patternSource", async () => ({ source: disk(), expected: await readAll(disk()) }));
blockSourceContract("withFault without faults", async () => ({
  source: withFault(disk(), {}),
  expected: await readAll(disk()),
}));
blockSourceContract("offsetBy", async () => ({
  source: offsetBy(disk(), { offset: 50_001, length: 300_000 }),
  expected: (await readAll(disk())).subarray(50_001, 350_001),
}));
blockSourceContract("withCache", async () => ({
  source: withCache(disk(), { blockBytes: 4 * KiB, maximumBytes: 32 * KiB }),
  expected: await readAll(disk()),
}));
blockSourceContract("withRetry", async () => ({
  source: withRetry(flaky(), { clock: virtualClock() }),
  expected: await readAll(disk()),
}));
blockSourceContract("withRateLimit", async () => ({
  source: withRateLimit(disk(), { bytesPerSecond: MiB, clock: virtualClock() }),
  expected: await readAll(disk()),
}));
const used = AllocationMap.ofData(size, [{ offset: 50_000, length: 500_000 }]);
blockSourceContract("withUsedExtents", async () => {
  const expected = await readAll(disk());
  expected.fill(0, 0, 50_000).fill(0, 550_000);
  return { source: withUsedExtents(disk(), used), expected };
});

describe("withUsedExtents", () => {
  test("never reads outside its map and lists what lies there as holes", async () => {
    const source = disk();
    const filtered = withUsedExtents(source, used);
    await readAll(filtered);
    expect(source.reads).toEqual([{ offset: 50_000, length: 500_000 }]);
    const read = await AllocationMap.read(filtered);
    expect([...read.within({ offset: 0, length: 50_000 })]).toEqual([
      { offset: 0, length: 50_000, kind: "hole" },
    ]);
    expect(read.dataBytes).toBe(90_100 - 50_000 + 250_000);
  });

  test("refuses a map of another size", () => {
    expect(() => withUsedExtents(disk(), AllocationMap.whole(size - 1, "data"))).toThrow(SampanError);
  });
});

describe("withCache", () => {
  test("reads a block once for many small reads, also when they come at once", async () => {
    const source = disk();
    const cached = withCache(source);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        cached.read({ offset: index * 9, length: 9 }, new Uint8Array(9)),
      ),
    );
    await cached.read({ offset: 5, length: 100 }, new Uint8Array(100));
    expect(source.reads).toEqual([{ offset: 0, length: 64 * KiB }]);
  });

  test("keeps no more than it may", async () => {
    const source = disk();
    const cached = withCache(source, { blockBytes: 4 * KiB, maximumBytes: 8 * KiB });
    const read = (offset: number) => cached.read({ offset, length: 1 }, new Uint8Array(1));
    for (const offset of [0, 4096, 8192, 4096, 8192]) await read(offset);
    expect(source.reads).toHaveLength(3);
    await read(0);
    expect(source.reads).toHaveLength(4);
  });

  test("does not keep a failure", async () => {
    let broken = true;
    const source = withFault(disk(), {
      beforeRead() {
        if (broken) throw new SampanError("IMAGE_UNREADABLE", "a broken read");
      },
    });
    const cached = withCache(source);
    await expect(cached.read({ offset: 0, length: 1 }, new Uint8Array(1))).rejects.toSatisfy((error) =>
      isSampanError(error),
    );
    broken = false;
    await cached.read({ offset: 0, length: 1 }, new Uint8Array(1));
  });
});

describe("withRetry", () => {
  test("gives up on an error that will not pass", async () => {
    let reads = 0;
    const source = withFault(disk(), {
      beforeRead() {
        reads++;
        throw new SampanError("IMAGE_CORRUPT", "broken for good");
      },
    });
    const read = withRetry(source, { clock: virtualClock() }).read(
      { offset: 0, length: 1 },
      new Uint8Array(1),
    );
    await expect(read).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    expect(reads).toBe(1);
  });
});

describe("withRateLimit", () => {
  test("lets reads take as long as their bytes at the rate, parallel ones together", async () => {
    const clock = virtualClock();
    const started = clock.now();
    const limited = withRateLimit(disk(), { bytesPerSecond: 100_000, clock });
    for (let index = 0; index < 5; index++)
      await limited.read({ offset: 0, length: 100_000 }, new Uint8Array(100_000));
    expect(clock.now() - started).toBe(4000);
  });

  test("refuses a rate of nothing", () => {
    expect(() => withRateLimit(disk(), { bytesPerSecond: 0 })).toThrow(SampanError);
  });
});
