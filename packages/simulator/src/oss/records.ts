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
}

/** What a writer may set on an object, apart from its bytes. */
export interface ObjectAttributes {
  /** Standard headers and `x-oss-meta-*`, names in lower case, values as received. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly acl: BucketAcl | "default";
  readonly encryption: string | null;
}

/** An object as it is kept. */
export interface ObjectRecord extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  readonly content: Content;
  /** Without quotes. */
  readonly etag: string;
  /** Decimal; `null` when nothing but copied parts is known of it. */
  readonly crc64: string | null;
  readonly type: "Normal" | "Multipart";
  readonly modifiedAtMs: number;
  /** Simulated time of the write, by which lifecycle and retention are judged; the store fills it in. */
  readonly simulatedAtMs?: number;
  /** The upload it was completed from: an upload of that id found after a crash is already done. */
  readonly uploadId: string | null;
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
