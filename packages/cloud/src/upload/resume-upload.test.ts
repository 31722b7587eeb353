import { isSampanError, KiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import { seededBytes } from "../testing/random-bytes.ts";
import {
  Journal,
  metadata,
  partBytes,
  preparedUpload,
  sends,
  sourceOf,
  stored,
  target,
} from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";
import type { UploadCheckpoint, UploadOptions } from "./upload-options.ts";

const prepared = (sizeBytes?: number) => preparedUpload(sizeBytes, { metadata });

describe("a resumed upload", () => {
  /** An upload that was cut off after some parts, as a killed process leaves it. */
  async function cutOff(after: number, changes: UploadOptions = {}) {
    const begun = await prepared();
    const journal = new Journal();
    const denied = new SampanError("CLOUD_PERMISSION_DENIED", "sending: AccessDenied");
    begun.cloud.fail("uploadPart", denied, { skip: after });
    const options = { ...begun.options, parallel: 1, ...changes };
    await refused(uploadObject(begun.store, begun.source, target, { ...options, ...journal.hooks }));
    begun.cloud.world.calls.length = 0;
    begun.reads.length = 0;
    return { ...begun, options, journal };
  }

  it("sends only what the store does not hold, and reads only that", async () => {
    const { cloud, store, bytes, source, reads, options, journal } = await cutOff(5);
    const result = await uploadObject(store, source, target, {
      ...options,
      ...journal.hooks,
      resume: journal.checkpoint,
    });
    expect(sends(cloud)).toBe(3);
    expect(reads).toEqual([6, 7, 8]);
    expect(result).toMatchObject({ sentBytes: 2 * partBytes + 123, keptBytes: 5 * partBytes });
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    expect(cloud.world.calls).not.toContain("createMultipartUpload");
  });

  it("keeps a part that landed without being recorded, after comparing it here", async () => {
    const { cloud, store, source, reads, options, journal } = await cutOff(5);
    const resume = { ...journal.checkpoint, parts: journal.parts.slice(0, 3) };
    const told: number[] = [];
    await uploadObject(store, source, target, {
      ...options,
      resume,
      onPart: ({ number }) => void told.push(number),
    });
    expect(reads).toEqual([4, 5, 6, 7, 8]);
    expect(sends(cloud)).toBe(3);
    expect(told).toEqual([4, 5, 6, 7, 8]);
  });

  it("sends a part again that is not the one recorded, or is unrecorded and differs", async () => {
    const { cloud, store, bytes, source, options, journal } = await cutOff(5);
    const upload = { ...target, uploadId: journal.checkpoint.uploadId ?? "" };
    await store.uploadPart(upload, 2, seededBytes(partBytes, 99), { timeoutMs: 1000 });
    await store.uploadPart(upload, 6, seededBytes(partBytes, 98), { timeoutMs: 1000 });
    cloud.world.calls.length = 0;
    await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(sends(cloud)).toBe(4);
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("compares unrecorded parts by MD5 where the list has no checksums", async () => {
    const { cloud, store, source, options, journal } = await cutOff(5);
    const listParts = store.listParts.bind(store);
    store.listParts = async (upload, signal) =>
      (await listParts(upload, signal)).map((part) => ({ ...part, crc64: null }));
    await uploadObject(store, source, target, { ...options, resume: { ...journal.checkpoint, parts: [] } });
    expect(sends(cloud)).toBe(3);
  });

  it("keeps the size of parts it began with", async () => {
    const { store, source, options, journal } = await cutOff(5);
    const resumed = { ...options, partBytes: 150 * KiB, resume: journal.checkpoint };
    expect((await uploadObject(store, source, target, resumed)).parts).toBe(8);
  });

  it("begins anew when the upload is gone and no object of its own is there", async () => {
    const { cloud, store, bytes, source, options, journal } = await cutOff(5);
    cloud.world.uploads.clear();
    await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(sends(cloud)).toBe(8);
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("finds the object when it died between the completion and its record", async () => {
    const { cloud, store, bytes, source, options } = await prepared();
    const journal = new Journal();
    await uploadObject(store, source, target, { ...options, ...journal.hooks });
    cloud.world.calls.length = 0;
    const resume: UploadCheckpoint = { ...journal.checkpoint, phase: "completing" };
    const result = await uploadObject(store, source, target, { ...options, resume });
    expect(result).toMatchObject({
      sentBytes: 0,
      keptBytes: bytes.length,
      crc64: plainCrc64(bytes).toString(),
    });
    expect(sends(cloud)).toBe(0);
  });

  it("does nothing when it was done", async () => {
    const { cloud, store, source, options } = await prepared();
    const journal = new Journal();
    await uploadObject(store, source, target, { ...options, ...journal.hooks });
    const before = cloud.world.calls.length;
    await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(cloud.world.calls.slice(before)).toEqual(["listParts", "headObject"]);
  });

  it("adopts an upload whose id was never saved, if nothing was sent to it", async () => {
    const { cloud, store, source, options } = await prepared();
    const orphan = await store.createMultipartUpload(target, { metadata });
    const sizeBytes = source.sizeBytes;
    const resume: UploadCheckpoint = {
      phase: "creating",
      uploadId: null,
      partBytes,
      sizeBytes,
      crc64: null,
      parts: [],
    };
    const journal = new Journal();
    await uploadObject(store, source, target, { ...options, ...journal.hooks, resume });
    expect(journal.state?.uploadId).toBe(orphan.uploadId);
    expect(cloud.world.uploads.size).toBe(0);
  });

  it("leaves another's upload to the same key alone", async () => {
    const { cloud, store, source, options } = await prepared();
    const other = await store.createMultipartUpload(target);
    await store.uploadPart(other, 1, seededBytes(10, 1), { timeoutMs: 1000 });
    const sizeBytes = source.sizeBytes;
    const resume: UploadCheckpoint = {
      phase: "creating",
      uploadId: null,
      partBytes,
      sizeBytes,
      crc64: null,
      parts: [],
    };
    await uploadObject(store, source, target, { ...options, resume });
    expect([...cloud.world.uploads.keys()]).toEqual([other.uploadId]);
  });

  it("drops the parts of a checkpoint made for another size", async () => {
    const { cloud, store, bytes, options, journal } = await cutOff(5);
    const source = sourceOf(bytes.subarray(0, 3 * partBytes));
    await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(cloud.world.uploads.size).toBe(0);
    expect(stored(cloud)?.bytes.length).toBe(3 * partBytes);
  });

  it("may be cut off after every call and still ends with the right object and nothing left over", async () => {
    const calls = [
      "createMultipartUpload",
      "uploadPart",
      "completeMultipartUpload",
      "headObject",
      "listParts",
    ] as const;
    for (const call of calls) {
      for (const answerLost of [false, true]) {
        for (const skip of [0, 1, 6]) {
          const { cloud, store, bytes, source, options } = await prepared();
          const journal = new Journal();
          const denied = new SampanError("CLOUD_PERMISSION_DENIED", "cut off");
          cloud.fail(call, denied, { skip, answerLost });
          const attempt = (resume?: UploadCheckpoint) =>
            uploadObject(store, source, target, {
              ...options,
              ...journal.hooks,
              ...(resume ? { resume } : {}),
            });
          let tries = 0;
          for (let resume: UploadCheckpoint | undefined; tries < 4; tries++) {
            try {
              await attempt(resume);
              break;
            } catch (error) {
              expect(isSampanError(error, "CLOUD_PERMISSION_DENIED"), String(error)).toBe(true);
              resume = journal.checkpoint;
            }
          }
          const where = `${call} after ${skip}${answerLost ? ", answer lost" : ""}`;
          expect(tries, where).toBeLessThan(3);
          expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes), where).toBe(0);
          expect(cloud.world.uploads.size, where).toBe(0);
        }
      }
    }
  });
});

describe("a cancelled upload", () => {
  it("stops, keeps the upload and can be resumed", async () => {
    const { cloud, store, bytes, source, options } = await prepared(30 * partBytes);
    const journal = new Journal();
    const cancel = new AbortController();
    const hooks: UploadOptions = {
      ...journal.hooks,
      onPart: (part) => {
        journal.parts.push(part);
        if (journal.parts.length === 6) cancel.abort();
      },
    };
    const error = await refused(
      uploadObject(store, source, target, { ...options, ...hooks, signal: cancel.signal }),
    );
    expect(error.code).toBe("CORE_CANCELLED");
    expect(cloud.world.uploads.size).toBe(1);
    expect(sends(cloud)).toBeLessThan(15);
    const result = await uploadObject(store, source, target, { ...options, resume: journal.checkpoint });
    expect(result.keptBytes).toBeGreaterThanOrEqual(6 * partBytes);
    expect(Buffer.compare(stored(cloud)?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("frees the parts when asked to", async () => {
    const { cloud, store, source, options } = await prepared();
    const cancel = new AbortController();
    const journal = new Journal();
    const onPart = () => cancel.abort();
    const given = { ...options, ...journal.hooks, onPart, signal: cancel.signal, abortOnCancel: true };
    await refused(uploadObject(store, source, target, given));
    expect(cloud.world.uploads.size).toBe(0);
    expect(journal.state).toMatchObject({ phase: "creating", uploadId: null });
  });

  it("ends with the reason the signal was given", async () => {
    const { store, source, options } = await prepared();
    const lost = new SampanError("CLOUD_DEADLINE", "waiting ended");
    const signal = AbortSignal.abort(lost);
    expect(await refused(uploadObject(store, source, target, { ...options, signal }))).toBe(lost);
  });
});
