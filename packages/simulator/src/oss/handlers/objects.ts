import type { ByteRange } from "@sampan/core";
import { sliceContent, streamContent } from "../../state/content.ts";
import {
  forbidsOverwrite,
  identityHeaders,
  objectHeaders,
  overwriteGuard,
  readAcl,
  readAttributes,
} from "../attributes.ts";
import {
  headerOf,
  invalidArgument,
  type OssCall,
  type OssHandler,
  ownerElement,
  queryOf,
  requireBucket,
  requireKeyAllowed,
  requireObject,
  xmlAnswer,
} from "../call.ts";
import { checkConditions } from "../conditions.ts";
import { requireCopySource } from "../copy-source.ts";
import { ossError } from "../errors.ts";
import { receiveBody } from "../receive.ts";
import type { ObjectRecord } from "../records.ts";

/** CopyObject takes objects up to 1 GB; larger ones are copied in parts. */
const copyLimitBytes = 1024 ** 3;

/** Stores the request's body as an object; the object it replaces stays until the last byte is here. */
export const putObject: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const attributes = readAttributes(call, bucket);
  const forbidden = forbidsOverwrite(call);
  overwriteGuard(forbidden)(call.world.oss.object(bucket.name, call.key));
  const { content, digest } = await receiveBody(call);
  const record: ObjectRecord = {
    ...attributes,
    bucket: bucket.name,
    key: call.key,
    content,
    etag: digest.md5Hex,
    crc64: digest.crc64.toString(),
    type: "Normal",
    modifiedAtMs: call.world.clock.serviceNow(),
    uploadId: null,
  };
  await call.world.oss.putObject(record, overwriteGuard(forbidden));
  return { status: 200, headers: { ...identityHeaders(record), "Content-MD5": digest.md5Base64 } };
};

/** Sends an object or a range of it. */
export const getObject: OssHandler = async (call) => {
  const object = requireObject(call);
  if (queryOf(call, "x-oss-process") !== undefined) {
    throw ossError("NotImplemented", { message: "The simulator does not process images or documents." });
  }
  refuseFrozen(object);
  const headers = { ...objectHeaders(object), ...responseHeaders(call) };
  if (isUnmodified(call, object)) return { status: 304, headers };
  const { sizeBytes } = object.content;
  const range = readRange(call, sizeBytes);
  const content = range ? sliceContent(object.content, range) : object.content;
  if (range) {
    headers["Content-Range"] = `bytes ${range.offset}-${range.offset + range.length - 1}/${sizeBytes}`;
  }
  const { blobs } = call.world.oss;
  return {
    status: range ? 206 : 200,
    headers,
    contentLength: content.sizeBytes,
    body: blobs.holding(content, streamContent(blobs, content)),
  };
};

/** The headers of an object. */
export const headObject: OssHandler = async (call) => {
  const object = requireObject(call);
  const headers = objectHeaders(object);
  if (isUnmodified(call, object)) return { status: 304, headers };
  return { status: 200, headers, contentLength: object.content.sizeBytes };
};

/** The few headers of GetObjectMeta: size, ETag, time, checksum. */
export const getObjectMeta: OssHandler = async (call) => {
  const object = requireObject(call);
  return {
    status: 200,
    headers: { ...identityHeaders(object), "Last-Modified": new Date(object.modifiedAtMs).toUTCString() },
    contentLength: object.content.sizeBytes,
  };
};

/** Removes an object; 204 also when there was none. */
export const deleteObject: OssHandler = async (call) => {
  requireBucket(call, "write");
  await call.world.oss.removeObject(call.bucketName, call.key);
  return { status: 204 };
};

/** Makes an object of another one without moving bytes. */
export const copyObject: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const source = requireCopySource(call, bucket.region);
  refuseFrozen(source);
  if (source.content.sizeBytes > copyLimitBytes) {
    throw ossError("EntityTooLarge", { message: "CopyObject takes up to 1 GB; use UploadPartCopy." });
  }
  const directive = (headerOf(call, "x-oss-metadata-directive") ?? "COPY").toUpperCase();
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw invalidArgument("x-oss-metadata-directive", directive);
  }
  const own = readAttributes(call, bucket);
  const record: ObjectRecord = {
    ...own,
    headers: directive === "REPLACE" ? own.headers : source.headers,
    bucket: bucket.name,
    key: call.key,
    content: source.content,
    etag: source.etag,
    crc64: call.world.options.switches.crcOfCopies === "present" ? source.crc64 : null,
    type: source.type,
    modifiedAtMs: call.world.clock.serviceNow(),
    uploadId: null,
  };
  await call.world.oss.putObject(record, overwriteGuard(forbidsOverwrite(call)));
  return xmlAnswer(
    "CopyObjectResult",
    { ETag: `"${record.etag}"`, LastModified: new Date(record.modifiedAtMs).toISOString() },
    identityHeaders(record),
  );
};

/** The permissions of an object. */
export const getObjectAcl: OssHandler = async (call) => {
  const object = requireObject(call);
  const bucket = requireBucket(call, "own");
  return xmlAnswer("AccessControlPolicy", {
    Owner: ownerElement(call, bucket.ownerId),
    AccessControlList: { Grant: object.acl },
  });
};

/** Changes the permissions of an object. */
export const putObjectAcl: OssHandler = async (call) => {
  requireBucket(call, "own");
  const object = requireObject(call);
  const text = headerOf(call, "x-oss-object-acl");
  const acl = text === "default" ? "default" : readAcl(text, "x-oss-object-acl");
  if (!acl) throw invalidArgument("x-oss-object-acl", "");
  await call.world.oss.putObject({ ...object, acl });
  return { status: 200 };
};

/** Archive classes cannot be read before they are restored, which the simulator does not do. */
function refuseFrozen(object: ObjectRecord): void {
  if (!/Archive/.test(object.storageClass)) return;
  throw ossError("AccessDenied", { message: "The object is archived and not restored." });
}

function isUnmodified(call: OssCall, object: ObjectRecord): boolean {
  const outcome = checkConditions(object, {
    ifMatch: headerOf(call, "if-match"),
    ifNoneMatch: headerOf(call, "if-none-match"),
    ifModifiedSince: headerOf(call, "if-modified-since"),
    ifUnmodifiedSince: headerOf(call, "if-unmodified-since"),
  });
  return outcome === "not-modified";
}

/**
 * The range of a GET; `undefined` for the whole object.
 *
 * OSS ignores a range that does not lie wholly inside the object and sends all of it with 200, unless
 * `x-oss-range-behavior: standard` asks for the behaviour of HTTP. Source: vendor page on range requests, 2026-03.
 */
function readRange(call: OssCall, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)(?:,.*)?$/.exec(headerOf(call, "range")?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return undefined;
  const isStandard = headerOf(call, "x-oss-range-behavior") === "standard";
  const start = first === "" ? sizeBytes - Number(last) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Number(last);
  if (start >= 0 && start <= end && end < sizeBytes) return { offset: start, length: end - start + 1 };
  if (!isStandard || end < start) {
    if (isStandard && start >= sizeBytes) throw unsatisfiable(sizeBytes);
    return undefined;
  }
  if (start >= sizeBytes || (first === "" && last === "0")) throw unsatisfiable(sizeBytes);
  const from = Math.max(0, start);
  return { offset: from, length: Math.min(end, sizeBytes - 1) - from + 1 };
}

function unsatisfiable(sizeBytes: number): Error {
  return ossError("InvalidRange", { headers: { "Content-Range": `bytes */${sizeBytes}` } });
}

/** `response-*` parameters replace headers of the answer. */
function responseHeaders(call: OssCall): Record<string, string> {
  const names = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
  ];
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = queryOf(call, `response-${name}`);
    if (value) headers[name] = value;
  }
  return headers;
}
