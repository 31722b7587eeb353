import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MiB, SampanError, TiB } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AllocationMap } from "./allocation-map.ts";
import { encodeRaw } from "./encoders/raw/encode-raw.ts";
import { encodeVhd } from "./encoders/vhd/encode-vhd.ts";
import { refineZeros } from "./refine-zeros.ts";
import { firstDifference, memorySource, patternSource, readAll, withFault } from "./testing/index.ts";
import { writeImage } from "./write-image.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-write-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const size = 12 * MiB + 100;
const source = () => patternSource(size, AllocationMap.ofData(size, [{ offset: 1000, length: 5 * MiB }]));

test("an image is written byte for byte, and zeros take no room", async () => {
  const encoded = await encodeVhd(memorySource(await readAll(source())));
  const path = join(folder, "disk.vhd");
  const seen: number[] = [];
  const written = await writeImage(encoded, path, {
    onProgress: (doneBytes, totalBytes) => {
      expect(doneBytes).toBeLessThanOrEqual(totalBytes);
      seen.push(doneBytes);
    },
  });
  expect(firstDifference(await readFile(path), await readAll(encoded))).toBe(-1);
  expect(written).toMatchObject({ path, sizeBytes: encoded.sizeBytes });
  // The data in steps of 64 KiB, a bitmap for each of three blocks, and both ends of the file.
  expect(written.writtenBytes).toBeGreaterThan(5 * MiB);
  expect(written.writtenBytes).toBeLessThan(5.6 * MiB);
  expect(await readdir(folder)).toEqual(["disk.vhd"]);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(seen.reduce((a, b) => Math.max(a, b)));
});

test("terabytes of holes are skipped without being looked at", async () => {
  const bytes = 4 * TiB;
  const map = AllocationMap.ofData(bytes, [{ offset: 3 * TiB, length: MiB }]);
  const path = join(folder, "large.raw");
  const written = await writeImage(await encodeRaw(patternSource(bytes, map)), path);
  expect(written.writtenBytes).toBe(MiB);
  expect((await stat(path)).size).toBe(bytes);
});

describe("an existing file", () => {
  test("is refused and left as it is", async () => {
    const path = join(folder, "there");
    await writeFile(path, "precious");
    await symlink("nowhere", join(folder, "link"));
    for (const name of ["there", "link"]) {
      const writing = writeImage(await encodeRaw(source()), join(folder, name));
      await expect(writing).rejects.toMatchObject({ code: "IMAGE_TARGET_EXISTS" });
    }
    expect(await readFile(path, "utf8")).toBe("precious");
    expect(await readdir(folder)).toEqual(["link", "there"]);
  });

  test("is replaced when that is asked for", async () => {
    const path = join(folder, "there");
    await writeFile(path, "old");
    await writeImage(await encodeRaw(source()), path, { overwrite: true });
    expect((await stat(path)).size).toBe(size);
  });

  test("that appears meanwhile is not replaced", async () => {
    const path = join(folder, "late");
    const late = withFault(source(), { beforeRead: () => writeFile(path, "precious") });
    const writing = writeImage(await encodeRaw(late), path);
    await expect(writing).rejects.toMatchObject({ code: "IMAGE_TARGET_EXISTS" });
    expect(await readFile(path, "utf8")).toBe("precious");
    expect(await readdir(folder)).toEqual(["late"]);
  });
});

describe("nothing is left behind", () => {
  test("when a read fails", async () => {
    const broken = withFault(source(), {
      beforeRead: (_, count) => {
        if (count > 1) throw new SampanError("IMAGE_UNREADABLE", "a bad sector");
      },
    });
    const writing = writeImage(await encodeRaw(broken), join(folder, "disk"));
    await expect(writing).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("when it is cancelled on the way", async () => {
    const controller = new AbortController();
    const writing = writeImage(await encodeRaw(source()), join(folder, "disk"), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(writing).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("when there is too little room, which is seen before the first byte is read", async () => {
    const huge = patternSource(1024 * TiB);
    const writing = writeImage(await encodeRaw(huge), join(folder, "disk"));
    await expect(writing).rejects.toMatchObject({ code: "IMAGE_NO_SPACE" });
    expect(huge.reads).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test("when the folder does not exist", async () => {
    const writing = writeImage(await encodeRaw(source()), join(folder, "missing", "disk"));
    await expect(writing).rejects.toMatchObject({ code: "IMAGE_WRITE_FAILED" });
  });
});

test("data that turns out to be zero becomes a zero extent, and nothing else changes", async () => {
  const bytes = await readAll(source());
  const whole = AllocationMap.ofData(size, [{ offset: 0, length: 11 * MiB }]);
  const refined = await refineZeros(memorySource(bytes), whole);
  expect(refined.dataBytes).toBe(5 * MiB + 64 * 1024);
  expect([...refined.within({ offset: 8 * MiB, length: 1 })][0]?.kind).toBe("zero");
  expect(refined.extents.at(-1)?.kind).toBe("hole");
  expect((await refineZeros(memorySource(bytes.fill(0)), whole)).dataBytes).toBe(0);
});
