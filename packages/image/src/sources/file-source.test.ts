import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { blockSourceContract, readAll } from "../testing/index.ts";
import { openFileSource } from "./file-source.ts";
import { parseRuns } from "./hole-finder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-file-"));
  const file = await open(join(folder, "sparse"), "w");
  await file.write(new Uint8Array(64 * KiB).fill(1), 0, 64 * KiB, 0);
  await file.write(new Uint8Array(1000).fill(2), 0, 1000, 5 * MiB);
  await file.truncate(9 * MiB + 77);
  await file.close();
  await writeFile(join(folder, "full"), new Uint8Array(100_000).fill(3));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const name of ["sparse", "full"]) {
  blockSourceContract(`a ${name} file`, async () => ({ source: await openFileSource(join(folder, name)) }));
  blockSourceContract(`a ${name} file whose holes are not looked for`, async () => ({
    source: await openFileSource(join(folder, name), { findHoles: false }),
  }));
}

const hasFinder = ["perl", "python3"].some((command) => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

test.skipIf(!hasFinder)("the holes of a sparse file are found (needs perl or python3)", async () => {
  const source = await openFileSource(join(folder, "sparse"));
  expect(source.features.extents).toBe("exact");
  const map = await AllocationMap.read(source);
  await source.close();
  // Some file systems round to larger blocks; none calls megabytes of nothing data.
  expect(map.dataBytes).toBeGreaterThanOrEqual(64 * KiB + 1000);
  expect(map.dataBytes).toBeLessThan(MiB);
  expect(map.hasData({ offset: 5 * MiB, length: 1000 })).toBe(true);
  expect(map.hasData({ offset: 7 * MiB, length: MiB })).toBe(false);
});

test("a file that is stored whole has no holes, and no program is asked", async () => {
  const path = process.env.PATH;
  process.env.PATH = "";
  try {
    const source = await openFileSource(join(folder, "full"));
    expect(source.features.extents).toBe("exact");
    expect((await AllocationMap.read(source)).extents).toEqual([
      { offset: 0, length: 100_000, kind: "data" },
    ]);
    await source.close();
  } finally {
    process.env.PATH = path;
  }
});

test("a file that shrinks while open gives IMAGE_TRUNCATED", async () => {
  const path = join(folder, "shrinking");
  await writeFile(path, new Uint8Array(100_000));
  const source = await openFileSource(path);
  await truncate(path, 50_000);
  await source.read({ offset: 0, length: 50_000 }, new Uint8Array(50_000));
  const read = source.read({ offset: 40_000, length: 20_000 }, new Uint8Array(20_000));
  await expect(read).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
  await source.close();
});

test("what is no regular file is IMAGE_NOT_FOUND, and nothing is waited for", async () => {
  await mkdir(join(folder, "directory"));
  for (const path of [join(folder, "missing"), join(folder, "directory"), join(folder, "full", "below")]) {
    await expect(openFileSource(path)).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
  }
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await expect(openFileSource(join(folder, "pipe"))).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
});

test("closing waits for reads in flight, and later reads are refused", async () => {
  const source = await openFileSource(join(folder, "full"));
  const reads = Array.from({ length: 20 }, () => readAll(source));
  const closed = source.close();
  expect((await Promise.all(reads)).every((bytes) => bytes[99_999] === 3)).toBe(true);
  await closed;
  await expect(source.read({ offset: 0, length: 1 }, new Uint8Array(1))).rejects.toMatchObject({
    code: "IMAGE_UNREADABLE",
  });
});

describe("an answer about holes", () => {
  test("becomes a map", () => {
    const map = parseRuns("0 10\n50 25\nend\n", 100);
    expect(map?.extents.map(({ length, kind }) => `${length} ${kind}`)).toEqual([
      "10 data",
      "40 hole",
      "25 data",
      "25 hole",
    ]);
    expect(parseRuns("end\n", 5)?.dataBytes).toBe(0);
  });

  test("that is incomplete or nonsense is thrown away", () => {
    for (const answer of [
      "",
      "0 10\n",
      "0 10\nend",
      "5 5\n0 1\nend\n",
      "0 0\nend\n",
      "0 101\nend\n",
      "0 -1\nend\n",
      "a b\nend\n",
    ]) {
      expect(parseRuns(answer, 100)).toBeUndefined();
    }
  });
});

test("sparse files really are sparse here, or the tests above mean little", async () => {
  const status = await stat(join(folder, "sparse"));
  expect(status.blocks * 512).toBeLessThan(status.size);
});
