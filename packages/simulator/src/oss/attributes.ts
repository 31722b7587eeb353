import { headerOf, invalidArgument, type OssCall } from "./call.ts";
import { ossError } from "./errors.ts";
import type { BucketAcl, BucketRecord, ObjectAttributes, ObjectRecord } from "./records.ts";

const keptHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
const storageClasses = ["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];
const refusedHeaders = ["x-oss-callback", "x-oss-callback-var", "x-oss-tagging", "x-oss-process"];

/** Reads what a request sets on the object it writes: headers, metadata, class, permissions, encryption. */
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

/** A guard for {@link OssStore.putObject} that keeps an earlier object. */
export function overwriteGuard(forbidden: boolean): (earlier: ObjectRecord | undefined) => void {
  return (earlier) => {
    if (forbidden && earlier) throw ossError("FileAlreadyExists");
  };
}

/** Headers of an object as GET and HEAD give them. */
export function objectHeaders(object: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/octet-stream",
    ...object.headers,
    ...identityHeaders(object),
    "Last-Modified": new Date(object.modifiedAtMs).toUTCString(),
    "Accept-Ranges": "bytes",
    "x-oss-object-type": object.type,
    "x-oss-storage-class": object.storageClass,
  };
  if (object.encryption) headers["x-oss-server-side-encryption"] = object.encryption;
  return headers;
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
  for (const [name, value] of Object.entries(call.request.headers)) {
    if (keptHeaders.includes(name) || name.startsWith("x-oss-meta-")) headers[name] = value;
  }
  return headers;
}
