import { type ByteRange, GiB, isSampanError, SampanError } from "@sampan/core";
import type OSS from "ali-oss";
import type { ConnectionOptions } from "../connection-options.ts";
import type { CredentialProvider } from "../credentials/credentials.ts";
import type {
  BucketInfo,
  BucketSettings,
  CreateUploadOptions,
  LifecycleRule,
  ListedBucket,
  ListedObject,
  ListedUpload,
  ObjectAddress,
  ObjectInfo,
  ObjectStore,
  ObjectStoreFeatures,
  PartBodyOptions,
  StoredPart,
  UploadAddress,
} from "../object-store.ts";
import { regionOfOssLocation } from "../regions.ts";
import { type FailedCall, invalidAnswer, refusal } from "../vendor-failure.ts";
import type { OssAddress } from "./ali-oss.ts";
import { crc64Of, listOf, metadataOf, sizeOf, textOf } from "./answers.ts";
import { bodyStream } from "./body-stream.ts";
import { readBucketSettings, readLifecycleRules } from "./bucket-settings.ts";
import { listBuckets } from "./list-buckets.ts";
import { assertBucketName, assertMetadata, assertObjectKey } from "./object-key.ts";
import { longTimeoutMs, OssCaller } from "./oss-caller.ts";
import { headerText, ossErrorBody } from "./oss-failure.ts";
import type { OssAnswer } from "./transport.ts";

const pageSize = 1000;
const maxPages = 1000;

/** What a store is given besides its address and key. */
interface StoreSettings {
  readonly connection?: ConnectionOptions | undefined;
  /** Told when the store is closed. */
  readonly onClose?: (store: ObjectStore) => void;
}

/**
 * The buckets of one region of OSS, through ali-oss's single calls.
 *
 * Sources: OSS API reference (PutObject, UploadPart, ListParts, CompleteMultipartUpload, HeadObject, GetBucketInfo),
 * 2021 to 2026, and the behaviour of ali-oss 6.23.0 as measured.
 */
export class OssObjectStore implements ObjectStore {
  readonly region: string;
  readonly features: ObjectStoreFeatures = {
    minPartBytes: 100 * 1024,
    maxPartBytes: 5 * GiB,
    maxParts: 10_000,
    crc64: true,
  };
  readonly #address: OssAddress;
  readonly #credentials: CredentialProvider;
  readonly #settings: StoreSettings;
  readonly #caller: OssCaller;

  constructor(address: OssAddress, credentials: CredentialProvider, settings: StoreSettings = {}) {
    this.region = address.region;
    this.#address = address;
    this.#credentials = credentials;
    this.#settings = settings;
    this.#caller = new OssCaller(address, credentials, settings.connection);
  }

  async describeBucket(bucket: string, signal?: AbortSignal): Promise<BucketInfo> {
    assertBucketName(bucket);
    try {
      return await this.#bucketInfo(bucket, signal);
    } catch (error) {
      const region = isSampanError(error, "CLOUD_BUCKET_REGION") ? error.details.bucketRegion : undefined;
      // The cloud answers only at the bucket's own endpoint and names it; a simulator has one endpoint for all.
      if (typeof region !== "string" || region === this.region || this.#address.endpoint !== undefined)
        throw error;
      const { connection } = this.#settings;
      const there = new OssObjectStore({ ...this.#address, region }, this.#credentials, { connection });
      try {
        return await there.#bucketInfo(bucket, signal);
      } finally {
        await there.close();
      }
    }
  }

  async #bucketInfo(bucket: string, signal: AbortSignal | undefined): Promise<BucketInfo> {
    const call = this.#caller.failed("GetBucketInfo", `describing the bucket ${bucket}`);
    const { result } = await this.#caller.call(call, bucket, { signal }, (client) =>
      client.getBucketInfo(bucket),
    );
    const info = listOf((result as { bucket?: unknown }).bucket)[0] ?? {};
    const location = textOf(info.Location);
    if (location === undefined) throw invalidAnswer(call, "the answer has no location", { retryable: false });
    const rule = listOf(info.ServerSideEncryptionRule)[0];
    const algorithm = textOf(rule?.SSEAlgorithm);
    return {
      name: textOf(info.Name) ?? bucket,
      region: regionOfOssLocation(location),
      storageClass: textOf(info.StorageClass) ?? "Standard",
      encryption: algorithm === undefined || algorithm === "None" ? null : algorithm,
    };
  }

  listBuckets(signal?: AbortSignal): Promise<readonly ListedBucket[]> {
    return listBuckets(this.#caller, signal);
  }

  describeBucketSettings(bucket: string, signal?: AbortSignal): Promise<BucketSettings> {
    return readBucketSettings(this.#caller, bucket, signal);
  }

  listLifecycleRules(bucket: string, signal?: AbortSignal): Promise<readonly LifecycleRule[]> {
    return readLifecycleRules(this.#caller, bucket, signal);
  }

  async createBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    assertBucketName(bucket);
    const call = this.#caller.failed("PutBucket", `creating the bucket ${bucket} in ${this.region}`);
    try {
      await this.#caller.call(call, bucket, { signal }, (client) => client.putBucket(bucket));
    } catch (error) {
      if (!isSampanError(error, "CLOUD_BUCKET_NAME_TAKEN")) throw error;
      const existing = await this.describeBucket(bucket, signal).catch(() => undefined);
      if (existing === undefined) throw error;
      if (existing.region === this.region) return;
      throw new SampanError("CLOUD_BUCKET_REGION", `${call.doing}: it exists in ${existing.region}`, {
        details: { ...error.details, bucketRegion: existing.region },
      });
    }
  }

  async headObject(object: ObjectAddress, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const call = this.#caller.failed("HeadObject", `looking at ${uri(object)}`);
    try {
      const { answer } = await this.#caller.call(call, object, { signal }, (client) =>
        client.head(object.key),
      );
      const sizeBytes = sizeOf(headerText(answer, "content-length"));
      if (sizeBytes === undefined)
        throw invalidAnswer(call, "the answer has no length", { retryable: false });
      return {
        bucket: object.bucket,
        key: object.key,
        sizeBytes,
        etag: headerText(answer, "etag") ?? "",
        crc64: crc64Of(answer.headers["x-oss-hash-crc64ecma"]),
        metadata: metadataOf(answer),
        storageClass: headerText(answer, "x-oss-storage-class") ?? "Standard",
      };
    } catch (error) {
      if (isSampanError(error, "CLOUD_OBJECT_NOT_FOUND")) return undefined;
      throw error;
    }
  }

  async readObject(object: ObjectAddress, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    if (range.length === 0) return new Uint8Array(0);
    const last = range.offset + range.length - 1;
    const call = this.#caller.failed(
      "GetObject",
      `reading bytes ${range.offset} to ${last} of ${uri(object)}`,
    );
    const headers = { Range: `bytes=${range.offset}-${last}` };
    const limits = { signal, timeoutMs: longTimeoutMs, maxAnswerBytes: Math.max(range.length, 64 * 1024) };
    const { answer } = await this.#caller.call(call, object, limits, (client) =>
      client.get(object.key, undefined, { headers }),
    );
    // A range that cannot be met is answered with the whole object and status 200.
    if (answer.body.length !== range.length) {
      throw invalidAnswer(call, `${answer.body.length} bytes came`, {
        retryable: false,
        httpStatus: answer.status,
      });
    }
    return answer.body;
  }

  async deleteObject(object: ObjectAddress, signal?: AbortSignal): Promise<void> {
    const call = this.#caller.failed("DeleteObject", `deleting ${uri(object)}`);
    await this.#caller.call(call, object, { signal }, (client) => client.delete(object.key));
  }

  async createMultipartUpload(
    object: ObjectAddress,
    options: CreateUploadOptions = {},
  ): Promise<UploadAddress> {
    const { metadata = {}, contentType, forbidOverwrite = false, signal } = options;
    assertMetadata(metadata);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(metadata)) headers[`x-oss-meta-${name}`] = value;
    if (forbidOverwrite) headers["x-oss-forbid-overwrite"] = "true";
    const call = this.#caller.failed("InitiateMultipartUpload", `beginning the upload of ${uri(object)}`);
    const { result } = await this.#caller.call(call, object, { signal }, (client) =>
      client.initMultipartUpload(object.key, {
        headers,
        ...(contentType === undefined ? {} : { mime: contentType }),
      }),
    );
    const uploadId = textOf(result.uploadId);
    if (uploadId === undefined)
      throw invalidAnswer(call, "the answer has no upload id", { retryable: false });
    return { bucket: object.bucket, key: object.key, uploadId };
  }

  async uploadPart(
    upload: UploadAddress,
    number: number,
    body: Uint8Array,
    options: PartBodyOptions,
  ): Promise<StoredPart> {
    const call = this.#caller.failed("UploadPart", `sending part ${number} of ${uri(upload)}`);
    const limits = { signal: options.signal, timeoutMs: options.timeoutMs };
    const { answer } = await this.#caller.call(call, upload, limits, (client) =>
      client.uploadPart(upload.key, upload.uploadId, number, bodyStream(body, options), 0, body.length),
    );
    return this.#storedPart(call, answer, number, body.length);
  }

  async copyPart(
    upload: UploadAddress,
    number: number,
    from: ObjectAddress & { readonly etag?: string },
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<StoredPart> {
    assertObjectKey(from.key);
    const call = this.#caller.failed(
      "UploadPartCopy",
      `copying part ${number} of ${uri(upload)} from ${uri(from)}`,
    );
    const bytes = `${range.offset}-${range.offset + range.length - 1}`;
    const source = { sourceKey: from.key, sourceBucketName: from.bucket };
    const headers = from.etag === undefined ? {} : { "x-oss-copy-source-if-match": from.etag };
    const { answer } = await this.#caller.call(call, upload, { signal, timeoutMs: longTimeoutMs }, (client) =>
      client.uploadPartCopy(upload.key, upload.uploadId, number, bytes, source, { headers }),
    );
    const part = this.#storedPart(call, answer, number, range.length);
    // A range that cannot be met copies the whole object, and then no Content-Range comes back.
    if (headerText(answer, "content-range") === undefined)
      await this.#assertPartSize(call, upload, part, signal);
    return part;
  }

  async #assertPartSize(
    call: FailedCall,
    upload: UploadAddress,
    part: StoredPart,
    signal: AbortSignal | undefined,
  ) {
    const [stored] = await this.#partsPage(upload, part.number - 1, 1, signal);
    if (stored?.number === part.number && stored.sizeBytes === part.sizeBytes) return;
    throw new SampanError(
      "CLOUD_UPLOAD_CORRUPT",
      `${call.doing}: the store copied another range than asked for`,
      {
        details: { askedBytes: part.sizeBytes, copiedBytes: stored?.sizeBytes ?? null },
      },
    );
  }

  #storedPart(call: FailedCall, answer: OssAnswer, number: number, sizeBytes: number): StoredPart {
    const etag = headerText(answer, "etag");
    if (etag === undefined) throw invalidAnswer(call, "the answer has no ETag", { retryable: true });
    return { number, sizeBytes, etag, crc64: crc64Of(answer.headers["x-oss-hash-crc64ecma"]) };
  }

  async listParts(upload: UploadAddress, signal?: AbortSignal): Promise<readonly StoredPart[]> {
    const parts: StoredPart[] = [];
    for (let page = 0; page < maxPages; page++) {
      const marker = parts.at(-1)?.number ?? 0;
      const found = await this.#partsPage(upload, marker, pageSize, signal);
      parts.push(...found.filter((part) => part.number > marker));
      if (!found.truncated || (parts.at(-1)?.number ?? 0) === marker) return parts;
    }
    return parts;
  }

  async #partsPage(upload: UploadAddress, marker: number, count: number, signal: AbortSignal | undefined) {
    const call = this.#caller.failed("ListParts", `listing the parts of ${uri(upload)}`);
    const query = { "max-parts": count, "part-number-marker": marker };
    const { result } = await this.#caller.call(call, upload, { signal }, (client) =>
      client.listParts(upload.key, upload.uploadId, query as unknown as OSS.ListPartsQuery),
    );
    const parts = listOf(result.parts).flatMap((part) => {
      const number = sizeOf(part.PartNumber);
      const sizeBytes = sizeOf(part.Size);
      const etag = textOf(part.ETag);
      if (number === undefined || sizeBytes === undefined || etag === undefined) return [];
      return [{ number, sizeBytes, etag, crc64: crc64Of(part.HashCrc64ecma) }];
    });
    return Object.assign(parts, { truncated: String(result.isTruncated) === "true" });
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly { readonly number: number; readonly etag: string }[],
    signal?: AbortSignal,
  ): Promise<{ readonly etag: string; readonly crc64: bigint | null }> {
    const call = this.#caller.failed("CompleteMultipartUpload", `joining the parts of ${uri(upload)}`);
    const { answer } = await this.#caller.call(call, upload, { signal, timeoutMs: longTimeoutMs }, (client) =>
      client.completeMultipartUpload(upload.key, upload.uploadId, [...parts]),
    );
    // The store may have begun its answer before it failed: status 200 with an error inside, which the client lets pass.
    const error = ossErrorBody(answer);
    if (error !== undefined) {
      throw refusal(call, {
        vendorCode: error.code,
        httpStatus: answer.status,
        requestId: error.requestId,
        message: error.message,
      });
    }
    const etag = headerText(answer, "etag");
    if (etag === undefined) throw invalidAnswer(call, "the answer has no ETag", { retryable: true });
    return { etag, crc64: crc64Of(answer.headers["x-oss-hash-crc64ecma"]) };
  }

  async abortMultipartUpload(upload: UploadAddress, signal?: AbortSignal): Promise<void> {
    const call = this.#caller.failed("AbortMultipartUpload", `dropping the parts of ${uri(upload)}`);
    try {
      await this.#caller.call(call, upload, { signal }, (client) =>
        client.abortMultipartUpload(upload.key, upload.uploadId),
      );
    } catch (error) {
      if (!isSampanError(error, "CLOUD_UPLOAD_GONE")) throw error;
    }
  }

  async listMultipartUploads(bucket: string, prefix: string, signal?: AbortSignal) {
    const call = this.#caller.failed("ListMultipartUploads", `listing unfinished uploads in ${bucket}`);
    const uploads: ListedUpload[] = [];
    let markers: Record<string, string> = {};
    for (let page = 0; page < maxPages; page++) {
      const query = { prefix, "max-uploads": pageSize, ...markers };
      const { result } = await this.#caller.call(call, bucket, { signal }, (client) =>
        client.listUploads(query as OSS.ListUploadsQuery),
      );
      for (const found of listOf(result.uploads)) {
        const key = textOf(found.name);
        const uploadId = textOf(found.uploadId);
        if (key === undefined || uploadId === undefined || !key.startsWith(prefix)) continue;
        uploads.push({ bucket, key, uploadId, startedAt: String(found.initiated ?? "") });
      }
      const next = {
        "key-marker": textOf(result.nextKeyMarker),
        "upload-id-marker": textOf(result.nextUploadIdMarker),
      };
      const known = Object.fromEntries(
        Object.entries(next).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
      );
      if (!result.isTruncated || JSON.stringify(known) === JSON.stringify(markers)) break;
      markers = known;
    }
    return uploads;
  }

  async listObjects(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly ListedObject[]> {
    const call = this.#caller.failed("ListObjectsV2", `listing the objects in ${bucket}`);
    const objects: ListedObject[] = [];
    let token: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const query = {
        prefix,
        "max-keys": String(pageSize),
        ...(token === undefined ? {} : { "continuation-token": token }),
      };
      const { result } = await this.#caller.call(call, bucket, { signal }, (client) =>
        client.listV2(query, {}),
      );
      for (const found of listOf(result.objects)) {
        const key = textOf(found.name);
        const sizeBytes = Number(found.size);
        if (key === undefined || !key.startsWith(prefix) || !Number.isSafeInteger(sizeBytes)) continue;
        objects.push({ bucket, key, sizeBytes, changedAt: String(found.lastModified ?? "") });
      }
      const next = textOf(result.nextContinuationToken);
      if (!result.isTruncated || next === undefined || next === token) break;
      token = next;
    }
    return objects;
  }

  async close(): Promise<void> {
    this.#caller.close();
    this.#settings.onClose?.(this);
  }
}

function uri(object: ObjectAddress): string {
  return `oss://${object.bucket}/${object.key}`;
}
