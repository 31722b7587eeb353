import type { Content } from "../state/content.ts";
import type { BucketConfiguration } from "./configuration/records.ts";

/** Permissions of a bucket. Objects may also have `default`: those of their bucket. */
export type BucketAcl = "private" | "public-read" | "public-read-write";

/** A bucket as it is kept. */
export interface BucketRecord {
  readonly name: string;
  readonly ownerId: string;
  readonly region: string;
  readonly createdAtMs: number;
  readonly storageClass: string;
  readonly dataRedundancyType: string;
  readonly acl: BucketAcl;
  /** Server-side encryption by default; `null` for none. */
  readonly encryption: string | null;
  /** What its sub-resources have set. */
  readonly configuration?: BucketConfiguration;
  /** The bucket's policy, as it was put; absent for none. */
  readonly policy?: string;
  /** Absent until versioning has been switched on for the first time; it can only be suspended then. */
  readonly versioning?: "Enabled" | "Suspended";
  readonly liveChannels?: readonly LiveChannel[];
}

/** A channel that could be streamed to. */
export interface LiveChannel {
  readonly name: string;
  readonly description: string;
  readonly status: "enabled" | "disabled";
  readonly type: string;
  readonly fragDurationSeconds: number;
  readonly fragCount: number;
  readonly playlistName: string;
  readonly modifiedAtMs: number;
}

/** A tag of an object. */
export interface ObjectTag {
  readonly key: string;
  readonly value: string;
}

/** What a writer may set on an object, apart from its bytes. */
export interface ObjectAttributes {
  /** Standard headers and `x-oss-meta-*`, names in lower case, values as received. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly acl: BucketAcl | "default";
  readonly encryption: string | null;
  readonly tags: readonly ObjectTag[];
}

/** The thawing of an archived object, in simulated milliseconds since 1970. */
export interface Thawing {
  readonly askedAtMs: number;
  readonly readyAtMs: number;
  readonly expiresAtMs: number;
}

/** What all versions of a key have in common. */
interface VersionStamp {
  readonly bucket: string;
  readonly key: string;
  /** `null`, in letters, for what was written while versioning was not switched on. */
  readonly versionId: string;
  readonly modifiedAtMs: number;
  /** Simulated time of the write, by which lifecycle and retention are judged; the store fills it in. */
  readonly simulatedAtMs?: number;
}

/** An object as it is kept, or an earlier version of it. */
export interface ObjectRecord extends VersionStamp, ObjectAttributes {
  readonly content: Content;
  /** Without quotes. */
  readonly etag: string;
  /** Decimal; `null` when nothing but copied parts is known of it. */
  readonly crc64: string | null;
  readonly type: "Normal" | "Multipart" | "Appendable" | "Symlink";
  /** The upload it was completed from: an upload of that id found after a crash is already done. */
  readonly uploadId: string | null;
  /** Key a symbolic link stands for. */
  readonly symlinkTarget?: string;
  /** Present once an archived object has been asked for. */
  readonly thawing?: Thawing;
}

/** An object on its way into the store, which chooses its version. */
export type ObjectDraft = Omit<ObjectRecord, "versionId">;

/** A version that says that there is no object. */
export interface DeleteMarker extends VersionStamp {
  readonly isDeleteMarker: true;
}

/** A version of a key. */
export type VersionRecord = ObjectRecord | DeleteMarker;

/** Whether a version is an object rather than the mark of a deletion. */
export function isObject(version: VersionRecord | undefined): version is ObjectRecord {
  return version !== undefined && !("isDeleteMarker" in version);
}

/** A multipart upload in progress. */
export interface UploadRecord extends ObjectAttributes {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAtMs: number;
  /** Simulated time of the beginning; the store fills it in. */
  readonly simulatedAtMs?: number;
  readonly forbidOverwrite: boolean;
}

/** A part of an upload. */
export interface PartRecord {
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: string | null;
  readonly content: Content;
  readonly modifiedAtMs: number;
}
