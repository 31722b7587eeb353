import { createHash } from "node:crypto";
import { type ByteRange, GiB, throwIfCancelled } from "@sampan/core";
import type {
  BucketInfo,
  BucketSettings,
  CreateUploadOptions,
  LifecycleRule,
  ListedBucket,
  ListedObject,
  ObjectAddress,
  ObjectInfo,
  ObjectStore,
  ObjectStoreFeatures,
  PartBodyOptions,
  StoredPart,
  UploadAddress,
} from "../object-store.ts";
import { assertBucketName, assertMetadata, assertObjectKey } from "../oss/object-key.ts";
import { plainCrc64 } from "./memory-checksum.ts";
import { type MemoryUpload, type MemoryWorld, refuse } from "./memory-world.ts";

const pieceBytes = 64 * 1024;

/** The buckets of one region, in memory, with the rules of OSS: sizes of parts, order, ETags, overwrite guard. */
export class MemoryObjectStore implements ObjectStore {
  readonly region: string;
  readonly features: ObjectStoreFeatures = {
    minPartBytes: 100 * 1024,
    maxPartBytes: 5 * GiB,
    maxParts: 10_000,
    crc64: true,
  };
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld, region: string) {
    this.#world = world;
    this.region = region;
  }

  async describeBucket(bucket: string, signal?: AbortSignal): Promise<BucketInfo> {
    assertBucketName(bucket);
    return this.#world.call("describeBucket", signal, () => {
      const found = this.#world.buckets.get(bucket);
      if (found === undefined)
        throw this.#refuse("GetBucketInfo", "NoSuchBucket", 404, `describing the bucket ${bucket}`);
      return found;
    });
  }

  async listBuckets(signal?: AbortSignal): Promise<readonly ListedBucket[]> {
    return this.#world.call("listBuckets", signal, () =>
      [...this.#world.buckets.values()]
        .map(({ name, region, storageClass }) => ({ name, region, storageClass, createdAt: "" }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  async describeBucketSettings(bucket: string, signal?: AbortSignal): Promise<BucketSettings> {
    assertBucketName(bucket);
    return this.#world.call("describeBucketSettings", signal, () => {
      this.#bucket("GetBucketInfo", bucket);
      return { acl: "private", versioning: null, transferAcceleration: false };
    });
  }

  async listLifecycleRules(bucket: string, signal?: AbortSignal): Promise<readonly LifecycleRule[]> {
    assertBucketName(bucket);
    return this.#world.call("listLifecycleRules", signal, () => {
      this.#bucket("GetBucketLifecycle", bucket);
      return [];
    });
  }

  /** Refuses a bucket that is not there. */
  #bucket(action: string, bucket: string): void {
    if (this.#world.buckets.has(bucket)) return;
    throw this.#refuse(action, "NoSuchBucket", 404, `describing the bucket ${bucket}`);
  }

  async createBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    assertBucketName(bucket);
    return this.#world.call("createBucket", signal, () => {
      const found = this.#world.buckets.get(bucket);
      if (found !== undefined && found.region !== this.region) {
        throw this.#refuse("PutBucket", "BucketAlreadyExists", 409, `creating the bucket ${bucket}`);
      }
      const made = { name: bucket, region: this.region, storageClass: "Standard", encryption: null };
      this.#world.buckets.set(bucket, found ?? made);
    });
  }

  async headObject(object: ObjectAddress, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    this.#assertAddress(object);
    return this.#world.call("headObject", signal, () => {
      this.#assertBucket("HeadObject", object.bucket);
      return this.#world.objects.get(keyOf(object))?.info;
    });
  }

  async readObject(object: ObjectAddress, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    this.#assertAddress(object);
    return this.#world.call("readObject", signal, () => {
      const found = this.#world.objects.get(keyOf(object));
      const doing = `reading ${keyOf(object)}`;
      if (found === undefined) throw this.#refuse("GetObject", "NoSuchKey", 404, doing);
      if (range.offset + range.length > found.bytes.length) {
        throw this.#refuse("GetObject", "InvalidRange", 416, doing);
      }
      return found.bytes.slice(range.offset, range.offset + range.length);
    });
  }

  async deleteObject(object: ObjectAddress, signal?: AbortSignal): Promise<void> {
    this.#assertAddress(object);
    return this.#world.call("deleteObject", signal, () => {
      this.#world.objects.delete(keyOf(object));
    });
  }

  async createMultipartUpload(
    object: ObjectAddress,
    options: CreateUploadOptions = {},
  ): Promise<UploadAddress> {
    this.#assertAddress(object);
    const { metadata = {}, forbidOverwrite = false, signal } = options;
    assertMetadata(metadata);
    return this.#world.call("createMultipartUpload", signal, () => {
      const action = "InitiateMultipartUpload";
      this.#assertBucket(action, object.bucket);
      if (forbidOverwrite && this.#world.objects.has(keyOf(object))) {
        throw this.#refuse(action, "FileAlreadyExists", 409, `beginning the upload of ${keyOf(object)}`);
      }
      const uploadId = this.#world.id("UPLOAD");
      const startedAt = new Date(this.#world.clock.now()).toISOString();
      const { bucket, key } = object;
      this.#world.uploads.set(uploadId, { bucket, key, uploadId, startedAt, metadata, parts: new Map() });
      return { bucket, key, uploadId };
    });
  }

  async uploadPart(
    upload: UploadAddress,
    number: number,
    body: Uint8Array,
    options: PartBodyOptions,
  ): Promise<StoredPart> {
    for (let offset = 0; offset < body.length; offset += pieceBytes) {
      const bytes = Math.min(pieceBytes, body.length - offset);
      await options.pace?.(bytes);
      throwIfCancelled(options.signal);
      options.onSent?.(bytes);
    }
    return this.#world.call("uploadPart", options.signal, () => {
      const found = this.#upload("UploadPart", upload);
      const bytes = body.slice();
      const etag = `"${createHash("md5").update(bytes).digest("hex").toUpperCase()}"`;
      const part = { number, sizeBytes: bytes.length, etag, crc64: plainCrc64(bytes) };
      found.parts.set(number, { part, bytes });
      return part;
    });
  }

  async copyPart(
    upload: UploadAddress,
    number: number,
    from: ObjectAddress & { readonly etag?: string },
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<StoredPart> {
    this.#assertAddress(from);
    return this.#world.call("copyPart", signal, () => {
      const action = "UploadPartCopy";
      const doing = `copying part ${number} of ${keyOf(upload)}`;
      const found = this.#upload(action, upload);
      const source = this.#world.objects.get(keyOf(from));
      if (source === undefined) throw this.#refuse(action, "NoSuchKey", 404, doing);
      if (from.etag !== undefined && from.etag !== source.info.etag) {
        throw this.#refuse(action, "PreconditionFailed", 412, doing);
      }
      // OSS copies the whole object for a range that cannot be met; what calls it counts and refuses that.
      if (range.offset + range.length > source.bytes.length) {
        throw this.#refuse(action, "InvalidRange", 416, doing);
      }
      const bytes = source.bytes.slice(range.offset, range.offset + range.length);
      const etag = `"${createHash("md5").update(bytes).digest("hex").toUpperCase()}"`;
      const part = { number, sizeBytes: bytes.length, etag, crc64: plainCrc64(bytes) };
      found.parts.set(number, { part, bytes });
      return part;
    });
  }

  async listParts(upload: UploadAddress, signal?: AbortSignal): Promise<readonly StoredPart[]> {
    return this.#world.call("listParts", signal, () => {
      const { parts } = this.#upload("ListParts", upload);
      return [...parts.values()].map(({ part }) => part).sort((a, b) => a.number - b.number);
    });
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly { readonly number: number; readonly etag: string }[],
    signal?: AbortSignal,
  ) {
    return this.#world.call("completeMultipartUpload", signal, () => {
      const action = "CompleteMultipartUpload";
      const doing = `joining the parts of ${keyOf(upload)}`;
      const found = this.#upload(action, upload);
      const bodies: Uint8Array[] = [];
      for (const [index, named] of parts.entries()) {
        const held = found.parts.get(named.number);
        const before = parts[index - 1];
        if (before !== undefined && before.number >= named.number) {
          throw this.#refuse(action, "InvalidPartOrder", 400, doing);
        }
        if (held === undefined || held.part.etag !== named.etag) {
          throw this.#refuse(action, "InvalidPart", 400, doing);
        }
        if (index < parts.length - 1 && held.bytes.length < this.features.minPartBytes) {
          throw this.#refuse(action, "EntityTooSmall", 400, doing);
        }
        bodies.push(held.bytes);
      }
      const info = this.#publish(found, new Uint8Array(Buffer.concat(bodies)), parts.length);
      this.#world.uploads.delete(upload.uploadId);
      return { etag: info.etag, crc64: info.crc64 };
    });
  }

  #publish(upload: MemoryUpload, bytes: Uint8Array, parts: number): ObjectInfo {
    const etag = `"${createHash("md5").update(bytes).digest("hex").toUpperCase()}-${parts}"`;
    const { bucket, key, metadata } = upload;
    const crc64 = plainCrc64(bytes);
    const info = { bucket, key, sizeBytes: bytes.length, etag, crc64, metadata, storageClass: "Standard" };
    this.#world.objects.set(keyOf(upload), { info, bytes });
    return info;
  }

  async abortMultipartUpload(upload: UploadAddress, signal?: AbortSignal): Promise<void> {
    return this.#world.call("abortMultipartUpload", signal, () => {
      this.#world.uploads.delete(upload.uploadId);
    });
  }

  async listMultipartUploads(bucket: string, prefix: string, signal?: AbortSignal) {
    return this.#world.call("listMultipartUploads", signal, () => {
      this.#assertBucket("ListMultipartUploads", bucket);
      return [...this.#world.uploads.values()]
        .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
        .map(({ key, uploadId, startedAt }) => ({ bucket, key, uploadId, startedAt }));
    });
  }

  async listObjects(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly ListedObject[]> {
    return this.#world.call("listObjects", signal, () => {
      this.#assertBucket("ListObjectsV2", bucket);
      return [...this.#world.objects.values()]
        .filter(({ info }) => info.bucket === bucket && info.key.startsWith(prefix))
        .map(({ info }) => ({ bucket, key: info.key, sizeBytes: info.sizeBytes, changedAt: "" }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  async close(): Promise<void> {}

  #assertAddress(object: ObjectAddress): void {
    assertBucketName(object.bucket);
    assertObjectKey(object.key);
  }

  #assertBucket(action: string, bucket: string): void {
    if (this.#world.buckets.has(bucket)) return;
    throw this.#refuse(action, "NoSuchBucket", 404, `using the bucket ${bucket}`);
  }

  #upload(action: string, upload: UploadAddress): MemoryUpload {
    const found = this.#world.uploads.get(upload.uploadId);
    if (found !== undefined && keyOf(found) === keyOf(upload)) return found;
    throw this.#refuse(action, "NoSuchUpload", 404, `using the upload of ${keyOf(upload)}`);
  }

  #refuse(action: string, vendorCode: string, httpStatus: number, doing: string) {
    return refuse("oss", action, vendorCode, httpStatus, doing);
  }
}

/** Name of an object in a world: `oss://bucket/key`. */
export function keyOf(object: ObjectAddress): string {
  return `oss://${object.bucket}/${object.key}`;
}
