import { restoreText } from "./archive.ts";
import { headerOf, invalidArgument, type OssCall } from "./call.ts";
import { ossError } from "./errors.ts";
import type { BucketAcl, BucketRecord, ObjectAttributes, ObjectRecord } from "./records.ts";
import type { PublishGuard } from "./store.ts";
import { readTaggingHeader } from "./tags.ts";

const keptHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
const storageClasses = ["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];
/** What all metadata of an object may be together: 8 KB. */
const metadataLimitBytes = 8 * 1024;
/** Headers whose effect the simulator cannot have: refused rather than ignored. */
const refusedHeaders = ["x-oss-process", "x-oss-server-side-encryption-customer-algorithm"];

/** Reads what a request sets on the object it writes: headers, metadata, class, permissions, encryption, tags. */
export function readAttributes(call: OssCall, bucket: BucketRecord): ObjectAttributes {
  for (const name of refusedHeaders) {
    if (headerOf(call, name) !== undefined) {
      throw ossError("NotImplemented", { message: `The simulator does not imitate the header ${name}.` });
    }
  }
  const storageClass = headerOf(call, "x-oss-storage-class") ?? bucket.storageClass;
  if (!storageClasses.includes(storageClass)) throw invalidArgument("x-oss-storage-class", storageClass);
  const encryption = headerOf(call, "x-oss-server-side-encryption") ?? bucket.encryption;
  if (encryption !== null && !["AES256", "KMS", "SM4"].includes(encryption)) {
    throw invalidArgument("x-oss-server-side-encryption", encryption);
  }
  const acl = headerOf(call, "x-oss-object-acl");
  return {
    headers: readHeaders(call),
    storageClass,
    acl: acl === undefined || acl === "default" ? "default" : (readAcl(acl, "x-oss-object-acl") ?? "default"),
    encryption,
    tags: readTaggingHeader(headerOf(call, "x-oss-tagging")),
  };
}

/** Reads an ACL header; `undefined` when absent. */
export function readAcl(text: string | undefined, name: string): BucketAcl | undefined {
  if (text === undefined) return undefined;
  if (text === "private" || text === "public-read" || text === "public-read-write") return text;
  throw invalidArgument(name, text);
}

/** Whether the request forbids to replace an object. */
export function forbidsOverwrite(call: OssCall): boolean {
  return headerOf(call, "x-oss-forbid-overwrite")?.toLowerCase() === "true";
}

/**
 * A guard for {@link OssStore.putObject} that keeps an earlier object. A bucket with versions keeps it anyway: there the wish
 * is ignored, as OSS does.
 */
export function overwriteGuard(forbidden: boolean, bucket: BucketRecord): PublishGuard {
  return (earlier) => {
    if (forbidden && earlier && bucket.versioning === undefined) throw ossError("FileAlreadyExists");
  };
}

/** Headers of an object as GET and HEAD give them. */
export function objectHeaders(call: OssCall, object: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/octet-stream",
    ...object.headers,
    ...identityHeaders(object),
    "Last-Modified": new Date(object.modifiedAtMs).toUTCString(),
    "Accept-Ranges": "bytes",
    "x-oss-object-type": object.type,
    "x-oss-storage-class": object.storageClass,
  };
  if (object.type === "Appendable") headers["x-oss-next-append-position"] = String(object.content.sizeBytes);
  if (object.tags.length > 0) headers["x-oss-tagging-count"] = String(object.tags.length);
  const restore = restoreText(object, call.world.clock.now());
  if (restore !== undefined) headers["x-oss-restore"] = restore;
  return { ...headers, ...encryptionHeaders(object), ...versionHeaders(call, object) };
}

/** What the answer to a call that wrote an object says of it. */
export function writtenHeaders(call: OssCall, object: ObjectRecord): Record<string, string> {
  return { ...identityHeaders(object), ...encryptionHeaders(object), ...versionHeaders(call, object) };
}

/** Names the version, in a bucket that has them. */
export function versionHeaders(
  call: OssCall,
  version: { readonly bucket: string; readonly versionId: string },
): Record<string, string> {
  const hasVersions = call.world.oss.bucket(version.bucket)?.versioning !== undefined;
  return hasVersions ? { "x-oss-version-id": version.versionId } : {};
}

/** Names the version a copy was made of, in a bucket that has them. */
export function copySourceHeaders(call: OssCall, source: ObjectRecord): Record<string, string> {
  const version = versionHeaders(call, source)["x-oss-version-id"];
  return version === undefined ? {} : { "x-oss-copy-source-version-id": version };
}

/** Names the encryption, where there is one. */
export function encryptionHeaders({ encryption }: ObjectAttributes): Record<string, string> {
  return encryption === null ? {} : { "x-oss-server-side-encryption": encryption };
}

/** ETag and checksum of an object or part. */
export function identityHeaders(stored: {
  readonly etag: string;
  readonly crc64: string | null;
}): Record<string, string> {
  return {
    ETag: `"${stored.etag}"`,
    ...(stored.crc64 === null ? {} : { "x-oss-hash-crc64ecma": stored.crc64 }),
  };
}

function readHeaders(call: OssCall): Record<string, string> {
  const headers: Record<string, string> = {};
  let metadataBytes = 0;
  for (const [name, value] of Object.entries(call.request.headers)) {
    if (!keptHeaders.includes(name) && !name.startsWith("x-oss-meta-")) continue;
    headers[name] = value;
    if (name.startsWith("x-oss-meta-")) metadataBytes += name.length + value.length;
  }
  if (metadataBytes > metadataLimitBytes) {
    throw invalidArgument("x-oss-meta-*", String(metadataBytes), {
      message: "The metadata of an object may be 8 KB together.",
    });
  }
  return headers;
}
