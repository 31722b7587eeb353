import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BlockSource } from "../block-source.ts";
import type { EncodedImage } from "../encoded-image.ts";
import { encodeQcow2 } from "../encoders/qcow2/encode-qcow2.ts";
import { encodeRaw } from "../encoders/raw/encode-raw.ts";
import { encodeVhd } from "../encoders/vhd/encode-vhd.ts";
import { openDiskImage } from "../open-disk-image.ts";
import { createOverlay } from "../overlay/overlay.ts";
import { openFileSource } from "../sources/file-source.ts";
import { firstDifference, readAll } from "../testing/index.ts";
import { writeImage } from "../write-image.ts";
import { CopyBatch } from "./copy-batch.ts";
import { isDirect } from "./deferred-reads.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-copy-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const encoders: readonly ((source: BlockSource) => Promise<EncodedImage>)[] = [
  (source) => encodeVhd(source),
  (source) => encodeVhd(source, { subformat: "fixed" }),
  (source) => encodeRaw(source),
  (source) => encodeQcow2(source),
];

describe("an image of a file, copied by threads", () => {
  test("is byte for byte what reading it gives, whatever the file holds and where", async () => {
    const stretches = fc.array(
      fc.record({
        at: fc.nat(9 * MiB),
        length: fc.integer({ min: 1, max: 3 * MiB }),
        byte: fc.constantFrom(0, 1, 0x5a, 0xff),
      }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(stretches, fc.nat(encoders.length - 1), async (holding, which) => {
        const path = join(folder, "disk.raw");
        await makeDisk(path, 9 * MiB + 700, holding);
        const source = await openFileSource(path);
        const encoded = await (encoders[which] as (typeof encoders)[0])(source);
        expect(isDirect(encoded)).toBe(true);
        const written = join(folder, "written");
        await writeImage(encoded, written, { overwrite: true, durable: false });
        expect(firstDifference(await readFile(written), await readAll(encoded))).toBe(-1);
        await source.close();
      }),
      { numRuns: 25 },
    );
  });

  test("is also right when a format says where the bytes lie", async () => {
    const path = join(folder, "disk.raw");
    await makeDisk(path, 20 * MiB, [
      { at: 100 * KiB, length: 5 * MiB, byte: 7 },
      { at: 11 * MiB + 5, length: 300, byte: 9 },
    ]);
    const raw = await openFileSource(path);
    const qcow2 = join(folder, "disk.qcow2");
    await writeImage(await encodeQcow2(raw), qcow2);
    const image = await openDiskImage(qcow2);
    const vhd = await encodeVhd(image.source);
    expect(isDirect(vhd)).toBe(true);
    await writeImage(vhd, join(folder, "disk.vhd"));
    expect(firstDifference(await readFile(join(folder, "disk.vhd")), await readAll(vhd))).toBe(-1);
    expect(firstDifference(await readAll(image.source), await readAll(raw))).toBe(-1);
    await Promise.all([image.source.close(), raw.close()]);
  });

  test("is refused, with nothing left behind, when the file shrinks meanwhile", async () => {
    const path = join(folder, "disk.raw");
    await writeFile(path, Buffer.alloc(8 * MiB, 1));
    const source = await openFileSource(path);
    const encoded = await encodeVhd(source);
    await truncate(path, 5 * MiB);
    await expect(writeImage(encoded, join(folder, "disk.vhd"))).rejects.toMatchObject({
      code: "IMAGE_TRUNCATED",
    });
    expect(await readdir(folder)).toEqual(["disk.raw"]);
    await source.close();
  });

  test("lets the file be closed after it was cancelled", async () => {
    const path = join(folder, "disk.raw");
    await writeFile(path, Buffer.alloc(64 * MiB, 1));
    const source = await openFileSource(path);
    const stop = new AbortController();
    const writing = writeImage(await encodeVhd(source), join(folder, "disk.vhd"), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(writing).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    await source.close();
    expect(await readdir(folder)).toEqual(["disk.raw"]);
  });
});

test("a source that changes what it reads is never copied around", async () => {
  const path = join(folder, "disk.raw");
  await writeFile(path, Buffer.alloc(4 * MiB, 1));
  const base = await openFileSource(path);
  const overlay = createOverlay(base);
  await overlay.write({ offset: MiB, length: 512 }, Buffer.alloc(512, 2));
  const encoded = await encodeRaw(overlay);
  expect(isDirect(encoded)).toBe(false);
  await writeImage(encoded, join(folder, "mended.raw"));
  const written = await readFile(join(folder, "mended.raw"));
  expect([written[MiB - 1], written[MiB], written[MiB + 511], written[MiB + 512]]).toEqual([1, 2, 2, 1]);
  await overlay.close();
});

test("a write that fails gives the system's code, and the source's file can be closed", async () => {
  const path = join(folder, "disk.raw");
  await writeFile(path, Buffer.alloc(MiB, 1));
  const source = await openFileSource(path);
  const encoded = await encodeRaw(source);
  await using target = await open(path, "r");
  const batch = new CopyBatch(target, MiB, 2);
  const range = { offset: 0, length: MiB };
  await encoded.read(range, batch.slot(range.length));
  expect(batch.add(range)).toBe(true);
  await expect(batch.copy()).rejects.toMatchObject({ code: "EBADF" });
  await source.close();
});

/** Writes a sparse file that holds some stretches of one byte each. */
async function makeDisk(
  path: string,
  sizeBytes: number,
  holding: readonly { readonly at: number; readonly length: number; readonly byte: number }[],
): Promise<void> {
  await writeFile(path, "");
  await truncate(path, sizeBytes);
  const file = await open(path, "r+");
  try {
    for (const { at, length, byte } of holding) {
      const fitting = Math.min(length, sizeBytes - at);
      await file.write(Buffer.alloc(fitting, byte), 0, fitting, at);
    }
  } finally {
    await file.close();
  }
}
