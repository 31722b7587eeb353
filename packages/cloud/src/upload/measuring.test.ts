import { KiB, MiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import type { StoredPart } from "../object-store.ts";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { Journal, target } from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";
import type { PartSource, UploadOptions } from "./upload-options.ts";

/**
 * An upload over a line of a rate, on the clock of the test: the store counts the parts it gets and keeps no bytes, so that
 * images of many MiB cost nothing.
 */
async function measured(bytesPerSecond: number, sizeBytes = 66 * MiB) {
  const cloud = memoryCloud();
  const store = cloud.objects("cn-hangzhou");
  await store.createBucket(target.bucket);
  const timers: { readonly bytes: number; readonly timeoutMs: number }[] = [];
  const held = new Map<number, StoredPart>();
  let failingAt: number | undefined;
  store.uploadPart = async (_upload, number, body, { timeoutMs }) => {
    if (number === failingAt) throw denied();
    timers.push({ bytes: body.length, timeoutMs });
    await cloud.clock.sleep((body.length / bytesPerSecond) * 1000);
    const part = { number, sizeBytes: body.length, etag: `"part ${number}"`, crc64: null };
    held.set(number, part);
    if (failingAt === 0) throw denied();
    return part;
  };
  store.listParts = async () => [...held.values()];
  store.completeMultipartUpload = async () => ({ etag: '"whole"', crc64: null });
  store.headObject = async () => ({
    ...target,
    sizeBytes,
    etag: '"whole"',
    crc64: null,
    metadata: {},
    storageClass: "Standard",
  });
  const source: PartSource = { sizeBytes, async read() {} };
  const journal = new Journal();
  const options: UploadOptions = { clock: cloud.clock, random: () => 0.5, ...journal.hooks };
  return {
    store,
    source,
    timers,
    journal,
    options,
    /** Makes this part be refused, or the first one be taken and then refused for 0. */
    failAt(number: number | undefined) {
      failingAt = number;
    },
  };
}

describe("the size of parts of an upload", () => {
  it.each([
    [100 * KiB, 1 * MiB],
    [300 * KiB, 2 * MiB],
    [50 * MiB, 8 * MiB],
  ])("follows the rate at which the first one was sent: %i bytes a second", async (rate, expected) => {
    const { store, source, journal, options, timers } = await measured(rate);
    const result = await uploadObject(store, source, target, options);
    const sizes = journal.parts.map((part) => part.sizeBytes);
    expect(sizes[0]).toBe(1 * MiB);
    expect(new Set(sizes.slice(1, -1))).toEqual(new Set([expected]));
    expect(result.parts).toBe(1 + Math.ceil((65 * MiB) / expected));
    expect(journal.checkpoint.partBytes).toBe(expected);
    // No timer was shorter than its part needed.
    expect(timers.every(({ bytes, timeoutMs }) => timeoutMs > (bytes / rate) * 1000)).toBe(true);
  });

  it("is saved before a second part is sent, and kept by a resume on a line of another rate", async () => {
    const { store, source, failAt, journal, options } = await measured(300 * KiB);
    failAt(6);
    await refused(uploadObject(store, source, target, { ...options, parallel: 1 }));
    const { checkpoint } = journal;
    expect(checkpoint).toMatchObject({ phase: "sending", firstPartBytes: 1 * MiB, partBytes: 2 * MiB });
    expect(JSON.parse(JSON.stringify(checkpoint))).toEqual(checkpoint);
    failAt(undefined);
    const result = await uploadObject(store, source, target, { ...options, resume: checkpoint });
    expect(result).toMatchObject({ keptBytes: 9 * MiB, sentBytes: 57 * MiB, parts: 34 });
  });

  it("stays as it was cut when the crash came before the first part was measured", async () => {
    const { store, source, failAt, journal, options } = await measured(300 * KiB);
    failAt(0);
    await refused(uploadObject(store, source, target, options));
    expect(journal.checkpoint).toMatchObject({ firstPartBytes: 1 * MiB, partBytes: 8 * MiB });
    failAt(undefined);
    const result = await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(result.parts).toBe(10);
  });

  it("is not measured when the rate is known, is limited, or the image is small", async () => {
    const known = await measured(50 * MiB);
    const expecting = { ...known.options, parallel: 4, expectedBytesPerSecond: 2 * MiB };
    await uploadObject(known.store, known.source, target, expecting);
    expect(known.journal.parts[0]?.sizeBytes).toBe(5 * MiB);
    const limited = await measured(50 * MiB);
    const limit = { ...limited.options, parallel: 4, bytesPerSecond: 800 * KiB };
    await uploadObject(limited.store, limited.source, target, limit);
    expect(limited.journal.parts[0]?.sizeBytes).toBe(1 * MiB);
    const small = await measured(50 * MiB, 20 * MiB);
    await uploadObject(small.store, small.source, target, small.options);
    expect(small.journal.checkpoint.partBytes).toBe(8 * MiB);
    expect(small.journal.parts).toHaveLength(3);
  });

  it("may be told by the rate that an earlier upload reached", async () => {
    const { store, source, options } = await measured(3 * MiB);
    const { bytesPerSecond } = await uploadObject(store, source, target, { ...options, parallel: 1 });
    expect(bytesPerSecond).toBeGreaterThan(2.9 * MiB);
    expect(bytesPerSecond).toBeLessThan(3.1 * MiB);
  });
});

function denied() {
  return new SampanError("CLOUD_PERMISSION_DENIED", "sending: AccessDenied");
}
