import { SampanError, Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import type { ObjectStore } from "../object-store.ts";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import {
  digestKey,
  Journal,
  partBytes,
  preparedUpload,
  sourceOf,
  target,
} from "../testing/upload-fixture.ts";
import { reusableObject } from "./reuse.ts";
import { uploadObject } from "./upload-object.ts";
import type { UploadProgress } from "./upload-options.ts";

const later = { bucket: target.bucket, key: "web-01-tuesday.vhd" };

/** The disk a day later: one block changed, two swapped, some more at the end. */
function changed(bytes: Uint8Array): Uint8Array {
  const next = new Uint8Array(bytes.length + 1000);
  next.set(bytes);
  next.fill(7, 2 * partBytes + 10, 2 * partBytes + 20);
  next.set(bytes.subarray(4 * partBytes, 5 * partBytes), 5 * partBytes);
  next.set(bytes.subarray(5 * partBytes, 6 * partBytes), 4 * partBytes);
  return next;
}

async function earlier() {
  const begun = await preparedUpload();
  const journal = new Journal();
  await uploadObject(begun.store, begun.source, target, { ...begun.options, ...journal.hooks });
  begun.cloud.world.calls.length = 0;
  return { ...begun, next: changed(begun.bytes), reuse: reusableObject(target, journal.parts) };
}

const reasons = {
  gone: "it is gone",
  other: "it is another by now, by its checksum",
  unchecked: "the store keeps no checksum of it",
};

const whole = (store: ObjectStore, sizeBytes: number) =>
  store.readObject(later, { offset: 0, length: sizeBytes });

describe("an upload after an earlier one of the same host", () => {
  it("copies the parts that are the same wherever they lay, and sends the others", async () => {
    const { cloud, store, next, options, reuse } = await earlier();
    const told: UploadProgress[] = [];
    const result = await uploadObject(store, sourceOf(next), later, {
      ...options,
      reuse,
      onProgress: (progress) => told.push(progress),
    });
    expect(result).toMatchObject({
      copiedBytes: 6 * partBytes,
      sentBytes: partBytes + 1123,
      crc64: plainCrc64(next).toString(),
      verified: true,
    });
    expect(told.at(-1)).toEqual({
      doneBytes: next.length,
      totalBytes: next.length,
      sentBytes: partBytes + 1123,
    });
    expect(cloud.world.calls.filter((call) => call === "copyPart")).toHaveLength(6);
    expect(Buffer.compare(await whole(store, next.length), next)).toBe(0);
  });

  it("does so at the simulator of OSS, over its wire", async () => {
    const simulator = await Simulator.start({ timeScale: 100_000 });
    const { accessKeyId, accessKeySecret } = simulator.credentials;
    const cloud = connectAlibabaCloud({
      endpoints: { simulator: simulator.endpoint },
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
    });
    const store = cloud.objects("cn-hangzhou");
    await store.createBucket(target.bucket);
    const { source, bytes } = await preparedUpload();
    const journal = new Journal();
    await uploadObject(store, source, target, { partBytes, digestKey, ...journal.hooks });
    const reuse = reusableObject(target, journal.parts);
    const next = changed(bytes);
    const result = await uploadObject(store, sourceOf(next), later, { partBytes, digestKey, reuse });
    expect(result).toMatchObject({ copiedBytes: 6 * partBytes, sentBytes: partBytes + 1123 });
    expect(Buffer.compare(await whole(store, next.length), next)).toBe(0);
    await cloud.close();
    await simulator.stop();
  });

  it("copies nothing from an object that is gone, or is not what its parts say", async () => {
    for (const spoil of ["gone", "other", "unchecked"] as const) {
      const { cloud, store, next, options, reuse, bytes } = await earlier();
      if (spoil === "gone") await store.deleteObject(target);
      if (spoil === "other") {
        const other = bytes.slice();
        other[0] = (other[0] ?? 0) ^ 1;
        await uploadObject(store, sourceOf(other), target, options);
      }
      if (spoil === "unchecked") {
        const headObject = store.headObject.bind(store);
        store.headObject = async (object, signal) => {
          const info = await headObject(object, signal);
          return info && object.key === target.key ? { ...info, crc64: null } : info;
        };
      }
      const told: string[] = [];
      const onNotReused = (reason: string) => told.push(reason);
      const result = await uploadObject(store, sourceOf(next), later, { ...options, reuse, onNotReused });
      expect(result, spoil).toMatchObject({ copiedBytes: 0, sentBytes: next.length });
      expect(cloud.world.calls, spoil).not.toContain("copyPart");
      expect(told).toEqual([reasons[spoil]]);
    }
  });

  it("sends what cannot be copied, and asks no more after a refusal", async () => {
    const { cloud, store, next, options, reuse } = await earlier();
    cloud.fail("copyPart", new SampanError("CLOUD_PERMISSION_DENIED", "copying: AccessDenied"), { skip: 1 });
    const told: string[] = [];
    const given = { ...options, parallel: 1, reuse, onNotReused: (reason: string) => told.push(reason) };
    const result = await uploadObject(store, sourceOf(next), later, given);
    expect(result).toMatchObject({ copiedBytes: partBytes, sentBytes: next.length - partBytes });
    expect(told).toEqual(["copying from it failed: CLOUD_PERMISSION_DENIED: copying: AccessDenied"]);
    expect(cloud.world.calls.filter((call) => call === "copyPart")).toHaveLength(2);
    expect(Buffer.compare(await whole(store, next.length), next)).toBe(0);
  });

  it("does not take parts of one CRC-64 for the same without their digests", async () => {
    const { store, next, options, reuse } = await earlier();
    const forged = reuse.parts.map((part) => ({ ...part, digest: "0".repeat(32) }));
    const result = await uploadObject(store, sourceOf(next), later, {
      ...options,
      reuse: { ...reuse, parts: forged },
    });
    expect(result).toMatchObject({ copiedBytes: 0, sentBytes: next.length });
    const unsigned = reuse.parts.map(({ digest: _, ...part }) => part);
    const told: string[] = [];
    const again = await uploadObject(
      store,
      sourceOf(next),
      { ...later, key: "web-01-wednesday.vhd" },
      { ...options, reuse: { ...reuse, parts: unsigned }, onNotReused: (reason) => told.push(reason) },
    );
    expect(again).toMatchObject({ copiedBytes: 0 });
    expect(told).toEqual(["no digests were recorded of its parts"]);
    for (const [key, reasons] of [
      [undefined, ["the key of its digests is not known"]],
      [new Uint8Array(16), []],
    ] as const) {
      const said: string[] = [];
      const { digestKey: _, ...others } = options;
      const other = await uploadObject(
        store,
        sourceOf(next),
        { ...later, key: `key-${reasons.length}.vhd` },
        {
          ...others,
          ...(key === undefined ? {} : { digestKey: key }),
          reuse,
          onNotReused: (reason) => said.push(reason),
        },
      );
      expect(other).toMatchObject({ copiedBytes: 0, sentBytes: next.length });
      expect(said).toEqual(reasons);
    }
  });

  it("goes by the ETag where the store keeps no checksum, and copies nothing when it is another", async () => {
    const { store, next, options, reuse } = await earlier();
    const info = await store.headObject(target);
    const headObject = store.headObject.bind(store);
    store.headObject = async (object, signal) => {
      const found = await headObject(object, signal);
      return found && object.key === target.key ? { ...found, crc64: null } : found;
    };
    const told: string[] = [];
    const given = { ...options, onNotReused: (reason: string) => told.push(reason) };
    const other = { ...reuse, etag: '"ANOTHER"' };
    expect((await uploadObject(store, sourceOf(next), later, { ...given, reuse: other })).copiedBytes).toBe(
      0,
    );
    expect(told).toEqual([`it is another by now, with ETag ${info?.etag} instead of "ANOTHER"`]);
    const same = { ...reuse, etag: info?.etag ?? "" };
    const result = await uploadObject(store, sourceOf(next), later, { ...given, reuse: same });
    expect(result.copiedBytes).toBe(6 * partBytes);
  });

  it("is cut as the earlier one was, whatever the options say", async () => {
    const { store, next, options, reuse } = await earlier();
    const result = await uploadObject(store, sourceOf(next), later, {
      ...options,
      partBytes: 3 * partBytes,
      reuse: { ...reuse, partBytes },
    });
    expect(result).toMatchObject({ parts: 8, copiedBytes: 6 * partBytes });
    const tooSmall = { ...reuse, partBytes: 1000 };
    const other = await uploadObject(
      store,
      sourceOf(next),
      { ...later, key: "web-01-wednesday.vhd" },
      { ...options, reuse: tooSmall },
    );
    expect(other).toMatchObject({ parts: 8, copiedBytes: 6 * partBytes });
  });

  it("does not take a copy of something else for the same", async () => {
    const { store, next, options, reuse } = await earlier();
    const copyPart = store.copyPart.bind(store);
    store.copyPart = async (upload, number, from, range, signal) =>
      copyPart(upload, number, from, { ...range, offset: range.offset === 0 ? 1 : range.offset }, signal);
    const result = await uploadObject(store, sourceOf(next), later, { ...options, reuse });
    expect(result.copiedBytes).toBe(5 * partBytes);
    expect(Buffer.compare(await whole(store, next.length), next)).toBe(0);
  });

  it("is unverified, and says so, where the store keeps no checksum for an object of copies", async () => {
    const { store, next, options, reuse } = await earlier();
    const headObject = store.headObject.bind(store);
    const copyPart = store.copyPart.bind(store);
    store.copyPart = async (...given) => ({ ...(await copyPart(...given)), crc64: null });
    store.headObject = async (object, signal) => {
      const info = await headObject(object, signal);
      return info && object.key === later.key ? { ...info, crc64: null } : info;
    };
    const result = await uploadObject(store, sourceOf(next), later, { ...options, reuse });
    expect(result).toMatchObject({ copiedBytes: 6 * partBytes, verified: false });
  });

  it("resumes with the parts that were copied", async () => {
    const { cloud, store, next, options, reuse } = await earlier();
    const journal = new Journal();
    const given = { ...options, ...journal.hooks, parallel: 1, reuse };
    cloud.fail("copyPart", new SampanError("CORE_CANCELLED", "cancelled on request"), { skip: 3 });
    await uploadObject(store, sourceOf(next), later, given).catch(() => {});
    const result = await uploadObject(store, sourceOf(next), later, { ...given, resume: journal.checkpoint });
    expect(result).toMatchObject({ keptBytes: 4 * partBytes, copiedBytes: 3 * partBytes });
    expect(Buffer.compare(await whole(store, next.length), next)).toBe(0);
  });
});
