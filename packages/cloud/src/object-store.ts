import type { ByteRange } from "@sampan/core";

/** A bucket as the store describes it. */
export interface BucketInfo {
  readonly name: string;
  /** Region id, such as `cn-hangzhou` (never `oss-cn-hangzhou`). */
  readonly region: string;
  /** `Standard`, `IA`, `Archive` … as the vendor spells it. */
  readonly storageClass: string;
  /** Server-side encryption algorithm; `null` for none. */
  readonly encryption: string | null;
}

/** A bucket in a list. */
export interface ListedBucket extends Pick<BucketInfo, "name" | "region" | "storageClass"> {
  /** ISO 8601, as the store says; empty when it does not. */
  readonly createdAt: string;
}

/** What of a bucket's settings can get in the way of an import, as the store describes them. */
export interface BucketSettings {
  /** `private`, `public-read` or `public-read-write`. */
  readonly acl: string;
  /** `null` where versions were never kept. */
  readonly versioning: "Enabled" | "Suspended" | null;
  readonly transferAcceleration: boolean;
}

/** What a rule of a bucket's lifecycle does to objects that go on lying there. */
export interface LifecycleRule {
  readonly id: string;
  /** Beginning of the keys it is about; empty for all. */
  readonly prefix: string;
  readonly enabled: boolean;
  /** Whether it deletes objects, and after how many days where it says so. */
  readonly deletes: { readonly afterDays: number | null } | null;
  /** Classes it moves objects to. */
  readonly movesTo: readonly string[];
}

/** An object as the store describes it. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque, with its quotes. */
  readonly etag: string;
  /** CRC-64/XZ of the whole object; `null` when the store has none (objects made by copying parts). */
  readonly crc64: bigint | null;
  /** User metadata, names in lower case without the vendor's prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
}

/** Where an object lies or will lie. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** A multipart upload in progress. */
export interface UploadAddress extends ObjectAddress {
  readonly uploadId: string;
}

/** A part the store holds. */
export interface StoredPart {
  /** 1 to 10,000. */
  readonly number: number;
  readonly sizeBytes: number;
  /** Opaque, with its quotes. */
  readonly etag: string;
  /** CRC-64/XZ of the part; `null` when the store did not say. */
  readonly crc64: bigint | null;
}

/** An object in a list. */
export interface ListedObject extends ObjectAddress {
  readonly sizeBytes: number;
  /** ISO 8601, as the store says; empty when it does not. */
  readonly changedAt: string;
}

/** An upload in progress in a list. */
export interface ListedUpload extends UploadAddress {
  /** ISO 8601, as the store says; empty when it does not. */
  readonly startedAt: string;
}

/** What a store can do beyond the port; asked, never guessed. */
export interface ObjectStoreFeatures {
  /** Smallest size of a part but the last, in bytes. */
  readonly minPartBytes: number;
  readonly maxPartBytes: number;
  readonly maxParts: number;
  /** Whether answers carry CRC-64/XZ. */
  readonly crc64: boolean;
}

/** Options of {@link ObjectStore.createMultipartUpload}. */
export interface CreateUploadOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Refuses with `CLOUD_OBJECT_EXISTS` when the object is already there. */
  readonly forbidOverwrite?: boolean;
  readonly signal?: AbortSignal;
}

/** Options of {@link ObjectStore.uploadPart}. */
export interface PartBodyOptions {
  /** Bounds the whole call, sending included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told, piece by piece, how many bytes were handed to the connection. */
  readonly onSent?: (bytes: number) => void;
  /** Awaited before each piece of at most 64 KiB: holds a limit of bandwidth. */
  readonly pace?: (bytes: number) => Promise<void>;
}

/**
 * A port to the buckets of one region.
 *
 * Every method makes one call and does not retry: the engine above decides by the error's `retryable`. All methods may
 * be called many times at once and reject only with SampanError. An aborted signal rejects with `CORE_CANCELLED` and
 * frees the connection. Implemented by the OSS adapter and by the in-memory store of `@sampan/cloud/testing`.
 */
export interface ObjectStore {
  readonly region: string;
  readonly features: ObjectStoreFeatures;
  /** Describes a bucket of any region; `CLOUD_BUCKET_NOT_FOUND` when there is none. */
  describeBucket(bucket: string, signal?: AbortSignal): Promise<BucketInfo>;
  /** The account's buckets of all regions, by name. */
  listBuckets(signal?: AbortSignal): Promise<readonly ListedBucket[]>;
  /** Tells the settings of a bucket of this region. */
  describeBucketSettings(bucket: string, signal?: AbortSignal): Promise<BucketSettings>;
  /** Tells the rules of a bucket's lifecycle; none where it has no lifecycle. */
  listLifecycleRules(bucket: string, signal?: AbortSignal): Promise<readonly LifecycleRule[]>;
  /** Creates a bucket of class Standard in this region; succeeds when this account already has it here. */
  createBucket(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Describes an object; `undefined` when there is none. */
  headObject(object: ObjectAddress, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /** Reads a range of an object; `CLOUD_OBJECT_NOT_FOUND` when there is none. */
  readObject(object: ObjectAddress, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array>;
  /** Removes an object; succeeds when there is none. */
  deleteObject(object: ObjectAddress, signal?: AbortSignal): Promise<void>;
  /** Opens an upload; its parts cost money until it is completed or aborted. */
  createMultipartUpload(object: ObjectAddress, options?: CreateUploadOptions): Promise<UploadAddress>;
  /**
   * Sends one part, replacing an earlier one of the same number. `body` must not change until the promise settles.
   * `timeoutMs` bounds the whole call, sending included. `CLOUD_UPLOAD_GONE` when the upload no longer exists.
   */
  uploadPart(
    upload: UploadAddress,
    number: number,
    body: Uint8Array,
    options: PartBodyOptions,
  ): Promise<StoredPart>;
  /**
   * Makes a part from a range of another object of the same region, with no bytes sent from here. `CLOUD_OBJECT_NOT_FOUND`
   * when there is none; `CLOUD_FAILED` with the vendor's code `PreconditionFailed` when `from.etag` is given and is no longer
   * its ETag. The part may have no checksum.
   */
  copyPart(
    upload: UploadAddress,
    number: number,
    from: ObjectAddress & { readonly etag?: string },
    range: ByteRange,
    signal?: AbortSignal,
  ): Promise<StoredPart>;
  /** All parts the store holds, ascending; `CLOUD_UPLOAD_GONE` when the upload no longer exists. */
  listParts(upload: UploadAddress, signal?: AbortSignal): Promise<readonly StoredPart[]>;
  /**
   * Joins parts to the object. The parts are given ascending; gaps in the numbers are allowed. A success here is the
   * store's word only: look at the object afterwards.
   */
  completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly { readonly number: number; readonly etag: string }[],
    signal?: AbortSignal,
  ): Promise<{ readonly etag: string; readonly crc64: bigint | null }>;
  /** Frees the parts; succeeds when the upload no longer exists. */
  abortMultipartUpload(upload: UploadAddress, signal?: AbortSignal): Promise<void>;
  /** Uploads in progress in a bucket whose key begins with `prefix`. */
  listMultipartUploads(
    bucket: string,
    prefix: string,
    signal?: AbortSignal,
  ): Promise<readonly ListedUpload[]>;
  /** Objects of a bucket whose key begins with `prefix`, by key. */
  listObjects(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly ListedObject[]>;
  /** Frees connections. */
  close(): Promise<void>;
}
