import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileCases, writeHostileCase } from "./index.ts";

/** A limit, not a measurement: those that broke readers took hours. */
const limitMs = 10_000;

describe("a hostile image:", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sampan-hostile-cases-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(hostileCases.map((hostile) => [hostile.name, hostile] as const))(
    "%s",
    { timeout: 3 * limitMs },
    async (_, hostile) => {
      const home = await mkdtemp(join(folder, "case-"));
      const path = await writeHostileCase(hostile, home);
      const started = processorMs();
      const outcome = await use(path).then(
        () => "value",
        (error: unknown) => {
          if (!isSampanError(error)) throw error;
          return error.code;
        },
      );
      expect(processorMs() - started).toBeLessThan(limitMs);
      expect(outcome).toBe(hostile.ends);
      await rm(home, { recursive: true });
    },
  );
});

/** Opens an image, lists what it holds, and reads its beginning, its middle and its end. */
async function use(path: string): Promise<void> {
  const { source } = await openDiskImage(path);
  try {
    await AllocationMap.read(source);
    const { sizeBytes } = source;
    for (const offset of [0, Math.floor(sizeBytes / 2), Math.max(0, sizeBytes - MiB)]) {
      const length = Math.min(MiB, sizeBytes - offset);
      await source.read({ offset, length }, new Uint8Array(length));
    }
  } finally {
    await source.close();
  }
}
