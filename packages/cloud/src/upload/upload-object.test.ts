import { type ErrorCode, KiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import {
  broken,
  Journal,
  metadata,
  partBytes,
  preparedUpload,
  sends,
  stored,
  target,
} from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";
import type { PartSource, UploadOptions, UploadProgress } from "./upload-options.ts";

const prepared = (sizeBytes?: number) => preparedUpload(sizeBytes, { metadata });

describe("an upload", () => {
  it("sends every byte once and proves it by the combined checksum", async () => {
    const { cloud, store, bytes, source, reads, options } = await prepared();
    const journal = new Journal();
    const result = await uploadObject(store, source, target, { ...options, ...journal.hooks });
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    expect(result).toMatchObject({
      ...target,
      sizeBytes: bytes.length,
      crc64: plainCrc64(bytes).toString(),
      verified: true,
      parts: 8,
      sentBytes: bytes.length,
      keptBytes: 0,
    });
    expect([...reads].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(journal.states.map(({ phase }) => phase)).toEqual(["creating", "sending", "completing", "done"]);
    expect(journal.parts).toHaveLength(8);
    expect(stored(cloud)?.info.metadata).toEqual(metadata);
    expect(JSON.parse(JSON.stringify(journal.checkpoint))).toEqual(journal.checkpoint);
  });

  it.each([1, 99, partBytes - 1, partBytes, partBytes + 1])(
    "takes an object of %i bytes",
    async (sizeBytes) => {
      const { cloud, store, bytes, source, options } = await prepared(sizeBytes);
      await uploadObject(store, source, target, options);
      expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    },
  );

  it("saves its intent before each effect, and the upload's id right after it exists", async () => {
    const { cloud, store, source, options } = await prepared();
    const seen: string[] = [];
    await uploadObject(store, source, target, {
      ...options,
      onCheckpoint: (state) => {
        seen.push(`${state.phase} ${state.uploadId === null ? "-" : "id"} ${cloud.world.calls.at(-1)}`);
      },
    });
    expect(seen).toEqual([
      "creating - createBucket",
      "sending id createMultipartUpload",
      "completing id uploadPart",
      "done id headObject",
    ]);
  });

  it("keeps as many parts in flight as asked for and no more buffers than that", async () => {
    const { store, bytes, options } = await prepared(20 * partBytes);
    let open = 0;
    let most = 0;
    const buffers = new Set<ArrayBufferLike>();
    const source: PartSource = {
      sizeBytes: bytes.length,
      async read({ offset, length }, into) {
        buffers.add(into.buffer);
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        into.set(bytes.subarray(offset, offset + length));
        open--;
      },
    };
    await uploadObject(store, source, target, { ...options, parallel: 3 });
    expect(most).toBeLessThanOrEqual(3);
    expect(buffers.size).toBe(3);
    expect([...buffers].every((buffer) => buffer.byteLength === partBytes)).toBe(true);
  });

  it("tells progress that never falls, also over a retry, and ends at the whole", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    cloud.fail("uploadPart", broken(), { skip: 2, times: 2 });
    const told: UploadProgress[] = [];
    await uploadObject(store, source, target, { ...options, onProgress: (progress) => told.push(progress) });
    expect(
      told.every(({ doneBytes }, index) => index === 0 || doneBytes > (told[index - 1]?.doneBytes ?? 0)),
    ).toBe(true);
    expect(told.at(-1)).toEqual({
      doneBytes: bytes.length,
      totalBytes: bytes.length,
      sentBytes: bytes.length,
    });
  });

  it("keeps to a limit of bandwidth", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    const startedAt = cloud.clock.now();
    await uploadObject(store, source, target, { ...options, bytesPerSecond: 100 * KiB });
    const seconds = (cloud.clock.now() - startedAt) / 1000;
    expect(seconds).toBeGreaterThan(bytes.length / (100 * KiB) - 1.5);
  });

  it("opens no more connections than the limit of bandwidth keeps busy", async () => {
    const { store, source, options } = await prepared();
    const uploadPart = store.uploadPart.bind(store);
    let open = 0;
    let most = 0;
    store.uploadPart = async (...given) => {
      most = Math.max(most, ++open);
      const part = await uploadPart(...given);
      open--;
      return part;
    };
    await uploadObject(store, source, target, { ...options, parallel: 8, bytesPerSecond: 40 * KiB });
    expect(most).toBe(2);
  });

  it("refuses an object that is there when it must not be overwritten", async () => {
    const { store, source, options } = await prepared();
    await uploadObject(store, source, target, options);
    const again = uploadObject(store, source, target, { ...options, forbidOverwrite: true });
    expect((await refused(again)).code).toBe("CLOUD_OBJECT_EXISTS");
  });

  it.each([
    [{ parallel: 0 }, "CORE_ARGUMENT"],
    [{ parallel: 65 }, "CORE_ARGUMENT"],
    [{ bytesPerSecond: 1 }, "CORE_ARGUMENT"],
    [{ partBytes: 10 }, "CORE_ARGUMENT"],
  ] satisfies [UploadOptions, ErrorCode][])("refuses the options %o", async (wrong, code) => {
    const { cloud, store, source, options } = await prepared();
    expect((await refused(uploadObject(store, source, target, { ...options, ...wrong }))).code).toBe(code);
    expect(cloud.world.uploads.size).toBe(0);
  });

  it("refuses an empty image", async () => {
    const { store, source, options } = await prepared();
    const empty = uploadObject(store, { ...source, sizeBytes: 0 }, target, options);
    expect((await refused(empty)).code).toBe("CORE_ARGUMENT");
  });
});

describe("a failing store", () => {
  it("is asked again for what may pass, and every retry is told with its part", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    cloud.fail("createMultipartUpload", broken());
    cloud.fail("uploadPart", broken(), { skip: 3, times: 2 });
    cloud.fail("completeMultipartUpload", broken());
    cloud.fail("headObject", broken());
    const retried: (number | null)[] = [];
    await uploadObject(store, source, target, { ...options, onRetry: ({ part }) => retried.push(part) });
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    expect(retried.filter((part) => part === null)).toHaveLength(3);
    expect(retried.filter((part) => part !== null)).toHaveLength(2);
    expect(cloud.world.uploads.size).toBe(0);
  });

  it("ends the upload when the attempts are used up, and stops the other parts", async () => {
    const { cloud, store, source, options } = await prepared(40 * partBytes);
    cloud.fail("uploadPart", broken(), { skip: 5, times: 1000 });
    const failed = uploadObject(store, source, target, {
      ...options,
      retry: { attempts: 3, baseMs: 1, capMs: 1 },
    });
    expect((await refused(failed)).code).toBe("CLOUD_UNREACHABLE");
    expect(sends(cloud)).toBeLessThan(25);
    expect(cloud.world.uploads.size).toBe(1);
  });

  it("ends the upload at once for what no retry can mend", async () => {
    const { cloud, store, source, options } = await prepared();
    cloud.fail("uploadPart", new SampanError("CLOUD_PERMISSION_DENIED", "sending: AccessDenied"));
    const failed = uploadObject(store, source, target, { ...options, parallel: 1 });
    expect((await refused(failed)).code).toBe("CLOUD_PERMISSION_DENIED");
    expect(sends(cloud)).toBe(1);
  });

  it("ends the upload with what the source threw", async () => {
    const { store, source, options } = await prepared();
    const failing: PartSource = {
      sizeBytes: source.sizeBytes,
      async read(range, into) {
        if (range.offset >= 3 * partBytes)
          throw new SampanError("IMAGE_CORRUPT", "reading block 7: its checksum is wrong");
        await source.read(range, into);
      },
    };
    expect((await refused(uploadObject(store, failing, target, options))).code).toBe("IMAGE_CORRUPT");
  });

  it("does not leave a second upload when the answer to the first was lost", async () => {
    const { cloud, store, source, options } = await prepared();
    cloud.fail("createMultipartUpload", broken(), { answerLost: true });
    await uploadObject(store, source, target, options);
    expect(cloud.world.uploads.size).toBe(0);
    expect(cloud.world.calls.filter((call) => call === "createMultipartUpload")).toHaveLength(1);
  });

  it("has its lost answer to the completion found out by looking at the object", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    cloud.fail("completeMultipartUpload", broken(), { answerLost: true });
    const result = await uploadObject(store, source, target, options);
    expect(result.crc64).toBe(plainCrc64(bytes).toString());
  });

  it("is not believed when someone else's object is there in place of a lost completion", async () => {
    const { cloud, store, source, options } = await prepared();
    const gone = new SampanError("CLOUD_UPLOAD_GONE", "joining: NoSuchUpload");
    cloud.fail("completeMultipartUpload", gone);
    const other = {
      ...target,
      sizeBytes: source.sizeBytes,
      etag: '"X"',
      crc64: 1n,
      metadata,
      storageClass: "Standard",
    };
    cloud.world.objects.set(keyOf(target), { info: other, bytes: new Uint8Array(0) });
    expect((await refused(uploadObject(store, source, target, options))).code).toBe("CLOUD_UPLOAD_GONE");
  });

  it("that received other bytes is sent the part again", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    const uploadPart = store.uploadPart.bind(store);
    let spoiled = 0;
    store.uploadPart = async (upload, number, body, given) => {
      if (number !== 3 || spoiled++ > 0) return uploadPart(upload, number, body, given);
      const wrong = body.slice();
      wrong[17] = (wrong[17] ?? 0) ^ 1;
      return uploadPart(upload, number, wrong, given);
    };
    await uploadObject(store, source, target, options);
    expect(spoiled).toBe(2);
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("that gives no checksum is checked by the ETag of the part", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    const uploadPart = store.uploadPart.bind(store);
    let spoiled = 0;
    store.uploadPart = async (upload, number, body, given) => {
      const sent = number === 2 && spoiled++ === 0 ? body.map((byte) => byte ^ 1) : body;
      return { ...(await uploadPart(upload, number, sent, given)), crc64: null };
    };
    await uploadObject(store, source, target, options);
    expect(spoiled).toBe(2);
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("that joined the parts wrongly has the object deleted", async () => {
    const { cloud, store, source, options } = await prepared();
    const headObject = store.headObject.bind(store);
    store.headObject = async (object, signal) => {
      const info = await headObject(object, signal);
      return info === undefined ? undefined : { ...info, crc64: 12345n };
    };
    const journal = new Journal();
    const error = await refused(uploadObject(store, source, target, { ...options, ...journal.hooks }));
    expect(error.code).toBe("CLOUD_UPLOAD_CORRUPT");
    expect(error.details.storedCrc64).toBe("12345");
    expect(stored(cloud)).toBeUndefined();
    expect(journal.state).toMatchObject({ phase: "creating", uploadId: null });
  });

  it("that keeps no checksum for the object leaves it unverified, and says so", async () => {
    const { store, source, options } = await prepared();
    const headObject = store.headObject.bind(store);
    store.headObject = async (object, signal) => {
      const info = await headObject(object, signal);
      return info === undefined ? undefined : { ...info, crc64: null };
    };
    expect((await uploadObject(store, source, target, options)).verified).toBe(false);
  });
});
