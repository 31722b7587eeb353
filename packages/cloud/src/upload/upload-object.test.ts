import { type ErrorCode, isSampanError, KiB, SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import { type MemoryCloud, memoryCloud } from "../testing/memory-cloud.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import { seededBytes } from "../testing/random-bytes.ts";
import { uploadObject } from "./upload-object.ts";
import type {
  PartSource,
  UploadCheckpoint,
  UploadOptions,
  UploadPartRecord,
  UploadProgress,
  UploadState,
} from "./upload-options.ts";

const partBytes = 100 * KiB;
const target = { bucket: "images", key: "web-01.vhd" };
const metadata = { "sampan-run": "r1" };
const broken = () =>
  new SampanError("CLOUD_UNREACHABLE", "sending: the connection was reset", { retryable: true });

/** A source that counts what is read of it. */
function sourceOf(bytes: Uint8Array) {
  const reads: number[] = [];
  const source: PartSource = {
    sizeBytes: bytes.length,
    async read({ offset, length }, into) {
      reads.push(offset / partBytes + 1);
      into.set(bytes.subarray(offset, offset + length));
    },
  };
  return { source, reads };
}

/** What a journal would hold. */
class Journal {
  state: UploadState | undefined;
  readonly phases: string[] = [];
  readonly parts: UploadPartRecord[] = [];
  readonly hooks: Pick<UploadOptions, "onCheckpoint" | "onPart"> = {
    onCheckpoint: (state) => {
      this.state = state;
      this.phases.push(state.phase);
    },
    onPart: (part) => {
      this.parts.push(part);
    },
  };
  get checkpoint(): UploadCheckpoint {
    if (this.state === undefined) throw new Error("nothing was saved");
    return { ...this.state, parts: this.parts };
  }
}

async function prepared(sizeBytes = 7 * partBytes + 123) {
  const cloud = memoryCloud();
  const store = cloud.objects("cn-hangzhou");
  await store.createBucket(target.bucket);
  const bytes = seededBytes(sizeBytes, 42);
  const { source, reads } = sourceOf(bytes);
  const options: UploadOptions = { partBytes, clock: cloud.clock, random: () => 0.5, metadata };
  return { cloud, store, bytes, source, reads, options };
}

const stored = (cloud: MemoryCloud) => cloud.world.objects.get(keyOf(target));
const sends = (cloud: MemoryCloud) => cloud.world.calls.filter((call) => call === "uploadPart").length;

async function refused(work: Promise<unknown>): Promise<SampanError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSampanError(error)) throw new Error(`expected a SampanError, got ${String(error)}`);
  return error;
}

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
    expect(journal.phases).toEqual(["creating", "sending", "completing", "done"]);
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
    const { source } = sourceOf(bytes.subarray(0, 3 * partBytes));
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
