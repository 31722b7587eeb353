import { setMaxListeners } from "node:events";
import { cancelledError, isSampanError, KiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectAddress, ObjectStore } from "../object-store.ts";
import { plainCrc64 } from "./memory-checksum.ts";
import { seededBytes } from "./random-bytes.ts";

/** What {@link objectStoreContract} needs of the implementation under test. */
export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  /** A region other than the store's. */
  readonly otherRegion: ObjectStore;
  /** Put before bucket names, so that runs against a shared store do not meet. */
  readonly prefix: string;
  close(): Promise<void>;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(cancelledError()), { once: true });
  });
}

/**
 * Runs the suite every {@link ObjectStore} passes, on a real store too: it makes two buckets, `PREFIX-contract` and
 * `PREFIX-elsewhere`, and empties the first when it ends.
 */
export function objectStoreContract(name: string, make: () => Promise<ObjectStoreUnderTest>): void {
  describe(`ObjectStore: ${name}`, () => {
    let subject: ObjectStoreUnderTest;
    let store: ObjectStore;
    let bucket: string;
    let count = 0;
    const fresh = (): ObjectAddress => ({ bucket, key: `disks/${++count}.vhd` });
    const codeOf = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, "should have been refused").toBeDefined();
      expect(isSampanError(error), String(error)).toBe(true);
      return isSampanError(error) ? error.code : undefined;
    };
    const timeoutMs = 30_000;

    beforeAll(async () => {
      subject = await make();
      store = subject.store;
      bucket = `${subject.prefix}-contract`;
      await store.createBucket(bucket);
    });
    afterAll(async () => {
      if (store === undefined) return;
      // A real store bills what is left; the buckets themselves cost nothing.
      for (const upload of await store.listMultipartUploads(bucket, "")) {
        await store.abortMultipartUpload(upload);
      }
      for (const object of await store.listObjects(bucket, "")) await store.deleteObject(object);
      await subject.close();
    }, 120_000);

    const upload = async (
      object: ObjectAddress,
      parts: readonly Uint8Array[],
      metadata?: Record<string, string>,
    ) => {
      const begun = await store.createMultipartUpload(object, metadata === undefined ? {} : { metadata });
      const stored = [];
      for (const [index, body] of parts.entries()) {
        stored.push(await store.uploadPart(begun, index + 1, body, { timeoutMs }));
      }
      return { begun, completed: await store.completeMultipartUpload(begun, stored) };
    };

    it("creates a bucket in its own region, and again without complaint", async () => {
      await store.createBucket(bucket);
      expect(await store.describeBucket(bucket)).toEqual({
        name: bucket,
        region: store.region,
        storageClass: "Standard",
        encryption: null,
      });
    });

    it("tells the settings of a bucket that nobody changed", async () => {
      expect(await store.describeBucketSettings(bucket)).toEqual({
        acl: "private",
        versioning: null,
        transferAcceleration: false,
      });
      expect(await store.listLifecycleRules(bucket)).toEqual([]);
      const nowhere = `${subject.prefix}-nowhere`;
      expect(await codeOf(store.describeBucketSettings(nowhere))).toBe("CLOUD_BUCKET_NOT_FOUND");
      expect(await codeOf(store.listLifecycleRules(nowhere))).toBe("CLOUD_BUCKET_NOT_FOUND");
    });

    it("describes a bucket of another region", async () => {
      const elsewhere = `${subject.prefix}-elsewhere`;
      await subject.otherRegion.createBucket(elsewhere);
      expect((await store.describeBucket(elsewhere)).region).toBe(subject.otherRegion.region);
    });

    it("lists the account's buckets of all regions by name", async () => {
      const mine = (await store.listBuckets()).filter(({ name }) => name.startsWith(subject.prefix));
      expect(mine.map(({ name, region, storageClass }) => ({ name, region, storageClass }))).toEqual([
        { name: bucket, region: store.region, storageClass: "Standard" },
        { name: `${subject.prefix}-elsewhere`, region: subject.otherRegion.region, storageClass: "Standard" },
      ]);
    });

    it("refuses a bucket that does not exist or cannot", async () => {
      expect(await codeOf(store.describeBucket(`${subject.prefix}-nowhere`))).toBe("CLOUD_BUCKET_NOT_FOUND");
      expect(await codeOf(store.describeBucket("UPPER_case"))).toBe("CLOUD_BUCKET_NOT_FOUND");
      const object = { bucket: `${subject.prefix}-nowhere`, key: "a.vhd" };
      expect(await codeOf(store.createMultipartUpload(object))).toBe("CLOUD_BUCKET_NOT_FOUND");
    });

    it("joins parts to an object with the bytes, size, checksum and metadata that were sent", async () => {
      const object = fresh();
      const parts = [seededBytes(256 * KiB, 1), seededBytes(100 * KiB, 2), seededBytes(777, 3)];
      const { completed } = await upload(object, parts, { "sampan-run": "r1" });
      const whole = Buffer.concat(parts);
      const info = await store.headObject(object);
      expect(info).toMatchObject({ ...object, sizeBytes: whole.length, metadata: { "sampan-run": "r1" } });
      expect(info?.etag).toBe(completed.etag);
      expect(info?.crc64).toBe(plainCrc64(whole));
      const range = { offset: 200 * KiB, length: 120 * KiB };
      const read = await store.readObject(object, range);
      expect(Buffer.compare(read, whole.subarray(range.offset, range.offset + range.length))).toBe(0);
    });

    it("makes an object of one small part", async () => {
      const object = fresh();
      await upload(object, [seededBytes(5, 4)]);
      expect((await store.headObject(object))?.sizeBytes).toBe(5);
    });

    it("answers a part with its checksum and an ETag, and takes it again", async () => {
      const begun = await store.createMultipartUpload(fresh());
      await store.uploadPart(begun, 1, seededBytes(3000, 5), { timeoutMs });
      const body = seededBytes(4000, 6);
      const sent: number[] = [];
      const part = await store.uploadPart(begun, 1, body, { timeoutMs, onSent: (bytes) => sent.push(bytes) });
      expect(part).toMatchObject({ number: 1, sizeBytes: 4000, crc64: plainCrc64(body) });
      expect(part.etag).not.toBe("");
      expect(sent.reduce((sum, bytes) => sum + bytes, 0)).toBe(4000);
      const listed = await store.listParts(begun);
      expect(listed).toHaveLength(1);
      expect(listed[0]).toMatchObject({ number: 1, sizeBytes: 4000, etag: part.etag });
      await store.abortMultipartUpload(begun);
    });

    it("awaits the pace before each piece of a part", async () => {
      const begun = await store.createMultipartUpload(fresh());
      const paced: number[] = [];
      const pace = async (bytes: number) => {
        paced.push(bytes);
      };
      await store.uploadPart(begun, 1, seededBytes(150 * KiB, 7), { timeoutMs, pace });
      expect(paced.reduce((sum, bytes) => sum + bytes, 0)).toBe(150 * KiB);
      expect(Math.max(...paced)).toBeLessThanOrEqual(64 * KiB);
      await store.abortMultipartUpload(begun);
    });

    it("lists no part, one part and several, ascending", async () => {
      const begun = await store.createMultipartUpload(fresh());
      expect(await store.listParts(begun)).toEqual([]);
      await store.uploadPart(begun, 7, seededBytes(10, 7), { timeoutMs });
      expect((await store.listParts(begun)).map((part) => part.number)).toEqual([7]);
      await store.uploadPart(begun, 3, seededBytes(10, 3), { timeoutMs });
      await store.uploadPart(begun, 10_000, seededBytes(10, 9), { timeoutMs });
      expect((await store.listParts(begun)).map((part) => part.number)).toEqual([3, 7, 10_000]);
      await store.abortMultipartUpload(begun);
    });

    it("refuses to join a part that is not the one it holds, and parts that are too small", async () => {
      const begun = await store.createMultipartUpload(fresh());
      const first = await store.uploadPart(begun, 1, seededBytes(100 * KiB, 1), { timeoutMs });
      const second = await store.uploadPart(begun, 2, seededBytes(10, 2), { timeoutMs });
      const small = await store.uploadPart(begun, 3, seededBytes(10, 3), { timeoutMs });
      expect(
        await codeOf(store.completeMultipartUpload(begun, [first, { ...second, etag: first.etag }])),
      ).toBe("CLOUD_UPLOAD_CORRUPT");
      expect(await codeOf(store.completeMultipartUpload(begun, [first, second, small]))).toBe("CLOUD_FAILED");
      await store.abortMultipartUpload(begun);
    });

    it("knows an upload no more once it was completed or aborted", async () => {
      const object = fresh();
      const { begun } = await upload(object, [seededBytes(10, 8)]);
      expect(await codeOf(store.listParts(begun))).toBe("CLOUD_UPLOAD_GONE");
      expect(await codeOf(store.uploadPart(begun, 1, seededBytes(10, 1), { timeoutMs }))).toBe(
        "CLOUD_UPLOAD_GONE",
      );
      expect(await codeOf(store.completeMultipartUpload(begun, [{ number: 1, etag: '"A"' }]))).toBe(
        "CLOUD_UPLOAD_GONE",
      );
      const other = await store.createMultipartUpload(fresh());
      await store.abortMultipartUpload(other);
      await store.abortMultipartUpload(other);
      expect(await codeOf(store.listParts(other))).toBe("CLOUD_UPLOAD_GONE");
    });

    it("lists unfinished uploads by prefix", async () => {
      const prefix = `leftovers-${++count}/`;
      const a = await store.createMultipartUpload({ bucket, key: `${prefix}a.vhd` });
      const b = await store.createMultipartUpload({ bucket, key: `${prefix}b c+ü.vhd` });
      const listed = await store.listMultipartUploads(bucket, prefix);
      expect(listed.map(({ key, uploadId }) => ({ key, uploadId }))).toEqual([
        { key: a.key, uploadId: a.uploadId },
        { key: b.key, uploadId: b.uploadId },
      ]);
      await store.abortMultipartUpload(a);
      await store.abortMultipartUpload(b);
      expect(await store.listMultipartUploads(bucket, prefix)).toEqual([]);
    });

    it("keeps an object that must not be overwritten", async () => {
      const object = fresh();
      await upload(object, [seededBytes(10, 9)]);
      expect(await codeOf(store.createMultipartUpload(object, { forbidOverwrite: true }))).toBe(
        "CLOUD_OBJECT_EXISTS",
      );
      await upload(object, [seededBytes(11, 9)]);
      expect((await store.headObject(object))?.sizeBytes).toBe(11);
    });

    it("makes a part from a range of another object", async () => {
      const source = fresh();
      const bytes = seededBytes(300 * KiB, 10);
      await upload(source, [bytes]);
      const object = fresh();
      const begun = await store.createMultipartUpload(object);
      const part = await store.copyPart(begun, 1, source, { offset: 1000, length: 200 * KiB });
      await store.completeMultipartUpload(begun, [part]);
      const read = await store.readObject(object, { offset: 0, length: 200 * KiB });
      expect(Buffer.compare(read, bytes.subarray(1000, 1000 + 200 * KiB))).toBe(0);
    });

    it("copies no part of an object that is gone, has changed, or is shorter than the range", async () => {
      const source = fresh();
      await upload(source, [seededBytes(200 * KiB, 13)]);
      const before = await store.headObject(source);
      const begun = await store.createMultipartUpload(fresh());
      const range = { offset: 0, length: 150 * KiB };
      const etag = before?.etag ?? "";
      expect((await store.copyPart(begun, 1, { ...source, etag }, range)).sizeBytes).toBe(150 * KiB);
      // OSS copies the whole object for a range that cannot be met.
      const beyond = { offset: 100 * KiB, length: 150 * KiB };
      expect(await codeOf(store.copyPart(begun, 2, source, beyond))).toMatch(
        /^CLOUD_(UPLOAD_CORRUPT|FAILED)$/,
      );
      await upload(source, [seededBytes(200 * KiB, 14)]);
      expect(await codeOf(store.copyPart(begun, 3, { ...source, etag }, range))).toBe("CLOUD_FAILED");
      const gone = { bucket, key: "disks/never.vhd" };
      expect(await codeOf(store.copyPart(begun, 4, gone, range))).toBe("CLOUD_OBJECT_NOT_FOUND");
      const ended = { ...begun, uploadId: "0004B999EF518A1FE585B0C9360DC4C8" };
      expect(await codeOf(store.copyPart(ended, 1, source, range))).toBe("CLOUD_UPLOAD_GONE");
      await store.abortMultipartUpload(begun);
    });

    it("lists objects by prefix, in the order of their keys", async () => {
      const prefix = `listed-${++count}/`;
      expect(await store.listObjects(bucket, prefix)).toEqual([]);
      for (const [key, bytes] of [
        ["b c+ü.vhd", 20],
        ["a.vhd", 10],
      ] as const) {
        await upload({ bucket, key: `${prefix}${key}` }, [seededBytes(bytes, 15)]);
      }
      const listed = await store.listObjects(bucket, prefix);
      expect(listed.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
        [`${prefix}a.vhd`, 10],
        [`${prefix}b c+ü.vhd`, 20],
      ]);
      expect(await codeOf(store.listObjects(`${subject.prefix}-nowhere`, ""))).toBe("CLOUD_BUCKET_NOT_FOUND");
    });

    it("lists more parts and uploads than fit in one answer of a thousand", async () => {
      const many = 1003;
      const atOnce = async <T>(work: (index: number) => Promise<T>) => {
        for (let from = 0; from < many; from += 50) {
          const length = Math.min(50, many - from);
          await Promise.all(Array.from({ length }, (_, index) => work(from + index)));
        }
      };
      const begun = await store.createMultipartUpload(fresh());
      await atOnce((index) => store.uploadPart(begun, index + 1, seededBytes(1, 1), { timeoutMs }));
      const parts = await store.listParts(begun);
      expect(parts.map((part) => part.number)).toEqual(Array.from({ length: many }, (_, i) => i + 1));
      await store.abortMultipartUpload(begun);
      const prefix = `many-${++count}/`;
      // Several uploads of one key too, which a marker by key alone would skip.
      await atOnce((index) =>
        store.createMultipartUpload({ bucket, key: `${prefix}${Math.floor(index / 3)}` }),
      );
      const uploads = await store.listMultipartUploads(bucket, prefix);
      expect(new Set(uploads.map((upload) => upload.uploadId)).size).toBe(many);
      await atOnce(async (index) => {
        const upload = uploads[index];
        if (upload !== undefined) await store.abortMultipartUpload(upload);
      });
      expect(await store.listMultipartUploads(bucket, prefix)).toEqual([]);
    }, 300_000);

    it("knows no object that is not there, and deletes it without complaint", async () => {
      const object = fresh();
      expect(await store.headObject(object)).toBeUndefined();
      expect(await codeOf(store.readObject(object, { offset: 0, length: 1 }))).toBe("CLOUD_OBJECT_NOT_FOUND");
      await upload(object, [seededBytes(10, 1)]);
      await store.deleteObject(object);
      await store.deleteObject(object);
      expect(await store.headObject(object)).toBeUndefined();
    });

    it("takes any key but those that would not arrive as written", async () => {
      for (const key of ["a b+c%20.vhd", "盘/ü.vhd", "a//b.vhd", "%2e%2e/x.vhd", "q?x=1&y#z.vhd"]) {
        await upload({ bucket, key }, [seededBytes(20, 11)]);
        expect((await store.headObject({ bucket, key }))?.sizeBytes, key).toBe(20);
      }
      for (const key of [
        "",
        "/a.vhd",
        "\\a.vhd",
        "a/../b.vhd",
        "./a.vhd",
        "a/.",
        "x".repeat(1024),
        "a\nb.vhd",
        "\ud800.vhd",
      ]) {
        expect(await codeOf(store.createMultipartUpload({ bucket, key })), key).toBe("CLOUD_OBJECT_INVALID");
      }
    });

    it("does nothing for a signal that has aborted", async () => {
      const aborted = AbortSignal.abort();
      expect(await codeOf(store.describeBucket(bucket, aborted))).toBe("CORE_CANCELLED");
      expect(await codeOf(store.headObject(fresh(), aborted))).toBe("CORE_CANCELLED");
      const begun = await store.createMultipartUpload(fresh());
      const body = seededBytes(10, 1);
      expect(await codeOf(store.uploadPart(begun, 1, body, { timeoutMs, signal: aborted }))).toBe(
        "CORE_CANCELLED",
      );
      expect(await store.listParts(begun)).toEqual([]);
      await store.abortMultipartUpload(begun);
    });

    it("cuts off a part whose signal aborts while it is being sent", async () => {
      const begun = await store.createMultipartUpload(fresh());
      const cancel = new AbortController();
      const body = seededBytes(512 * KiB, 12);
      const sending = store.uploadPart(begun, 1, body, {
        timeoutMs,
        signal: cancel.signal,
        pace: async () => cancel.abort(),
      });
      expect(await codeOf(sending)).toBe("CORE_CANCELLED");
      expect(await store.listParts(begun)).toEqual([]);
      await store.abortMultipartUpload(begun);
    });

    it("frees the connections of calls that are cut off", async () => {
      const begun = await store.createMultipartUpload(fresh());
      const cancel = new AbortController();
      setMaxListeners(200, cancel.signal);
      const never = new Promise<void>(() => {});
      const sending = Array.from({ length: 30 }, (_, index) =>
        codeOf(
          store.uploadPart(begun, index + 1, seededBytes(200 * KiB, index), {
            timeoutMs,
            signal: cancel.signal,
            // Each hangs in the midst of its body, on a connection of its own.
            pace: (bytes) =>
              bytes < 64 * KiB ? Promise.race([never, aborted(cancel.signal)]) : Promise.resolve(),
          }),
        ),
      );
      setTimeout(() => cancel.abort(), 50);
      expect(new Set(await Promise.all(sending))).toEqual(new Set(["CORE_CANCELLED"]));
      expect(await store.listParts(begun)).toEqual([]);
      await store.abortMultipartUpload(begun);
    });

    it("sends many parts at once", async () => {
      const object = fresh();
      const begun = await store.createMultipartUpload(object);
      const bodies = Array.from({ length: 12 }, (_, index) => seededBytes(100 * KiB, index + 20));
      const parts = await Promise.all(
        bodies.map((body, index) => store.uploadPart(begun, index + 1, body, { timeoutMs })),
      );
      const completed = await store.completeMultipartUpload(begun, parts);
      const crc64 = completed.crc64 ?? (await store.headObject(object))?.crc64;
      expect(crc64).toBe(plainCrc64(Buffer.concat(bodies)));
    });
  });
}
