import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BlobStore, StoreFullError } from "./blob-store.ts";
import { type Content, joinContents, readContent, sliceContent, streamContent } from "./content.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-blobs-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function store(blobs: BlobStore, ...chunks: Uint8Array[]): Promise<Content> {
  const writer = await blobs.create();
  for (const chunk of chunks) await writer.write(chunk);
  const content = await writer.finish();
  blobs.retain(content);
  return content;
}

async function files(): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function bytesOf(blobs: BlobStore, content: Content): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of streamContent(blobs, content)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("a blob store", () => {
  it("leaves runs of zeros out of the file and gives them back", async () => {
    const blobs = new BlobStore(folder, Number.POSITIVE_INFINITY);
    const data = randomBytes(10_000);
    const content = await store(blobs, Buffer.alloc(8 * 1024 ** 2), data, Buffer.alloc(8 * 1024 ** 2 + 17));
    const [path = ""] = await files();
    const { size, blocks } = await stat(path);
    expect(size).toBe(content.sizeBytes);
    expect(blocks * 512).toBeLessThan(100_000);
    const whole = Buffer.concat([Buffer.alloc(8 * 1024 ** 2), data, Buffer.alloc(8 * 1024 ** 2 + 17)]);
    expect((await bytesOf(blobs, content)).equals(whole)).toBe(true);
  });

  it("writes data right wherever it is cut, zeros inside and out", async () => {
    const blobs = new BlobStore(folder, Number.POSITIVE_INFINITY);
    const whole = Buffer.alloc(100_000);
    for (const at of [0, 1, 4095, 4096, 4097, 50_000, 99_999]) whole[at] = 1;
    for (const cut of [1, 511, 4095, 4096, 4097, 65_536]) {
      const chunks: Buffer[] = [];
      const step = cut === 1 ? 997 : cut;
      for (let at = 0; at < whole.length; at += step) chunks.push(whole.subarray(at, at + step));
      expect((await bytesOf(blobs, await store(blobs, ...chunks))).equals(whole)).toBe(true);
    }
  });

  it("reads any range across joined contents", async () => {
    const blobs = new BlobStore(folder, Number.POSITIVE_INFINITY);
    const parts = [randomBytes(1000), randomBytes(1), randomBytes(5000)];
    const contents: Content[] = [];
    for (const part of parts) contents.push(await store(blobs, part));
    const joined = joinContents(contents);
    const whole = Buffer.concat(parts);
    for (const [offset, length] of [
      [0, 6001],
      [999, 3],
      [1000, 1],
      [0, 0],
      [6000, 1],
    ] as const) {
      const into = new Uint8Array(length);
      await readContent(blobs, joined, { offset, length }, into);
      expect(Buffer.from(into).equals(whole.subarray(offset, offset + length))).toBe(true);
    }
    const middle = sliceContent(sliceContent(joined, { offset: 500, length: 2000 }), {
      offset: 100,
      length: 1000,
    });
    expect((await bytesOf(blobs, middle)).equals(whole.subarray(600, 1600))).toBe(true);
    expect(
      joinContents([
        sliceContent(joined, { offset: 0, length: 600 }),
        sliceContent(joined, { offset: 600, length: 400 }),
      ]).segments,
    ).toHaveLength(1);
  });

  it("deletes a blob when the last holder lets go", async () => {
    const blobs = new BlobStore(folder, Number.POSITIVE_INFINITY);
    const content = await store(blobs, randomBytes(100));
    blobs.retain(content);
    await blobs.release(content);
    expect(await files()).toHaveLength(1);
    await blobs.release(content);
    expect(await files()).toHaveLength(0);
    expect(blobs.usedBytes).toBe(0);
  });

  it("sweeps away what no record refers to after a restart", async () => {
    const before = new BlobStore(folder, Number.POSITIVE_INFINITY);
    const kept = await store(before, randomBytes(100));
    await store(before, randomBytes(200));
    const after = new BlobStore(folder, Number.POSITIVE_INFINITY);
    after.retain(kept);
    await after.sweep();
    expect(await files()).toHaveLength(1);
    expect(after.usedBytes).toBe(100);
    for (const path of await files()) await rm(path);
    const robbed = new BlobStore(folder, Number.POSITIVE_INFINITY);
    robbed.retain(kept);
    await expect(robbed.sweep()).rejects.toMatchObject({ code: "SIMULATOR_STATE" });
  });

  it("refuses bytes past its quota, and frees what was begun", async () => {
    const blobs = new BlobStore(folder, 150);
    const content = await store(blobs, randomBytes(100));
    const writer = await blobs.create();
    await writer.write(randomBytes(50));
    await expect(writer.write(randomBytes(1))).rejects.toBeInstanceOf(StoreFullError);
    await writer.discard();
    expect(blobs.usedBytes).toBe(100);
    await blobs.release(content);
    await store(blobs, randomBytes(150));
  });
});
