import { requireThawed } from "../archive.ts";
import {
  copySourceHeaders,
  forbidsOverwrite,
  overwriteGuard,
  readAttributes,
  versionHeaders,
  writtenHeaders,
} from "../attributes.ts";
import {
  headerOf,
  invalidArgument,
  type OssCall,
  type OssHandler,
  queryOf,
  requireBucket,
  requireKeyAllowed,
  xmlAnswer,
} from "../call.ts";
import { answerCallback, readCallback } from "../callback.ts";
import { requireCopySource } from "../copy-source.ts";
import { ossError } from "../errors.ts";
import { receiveBody } from "../receive.ts";
import { isObject, type ObjectAttributes, type ObjectDraft, type ObjectRecord } from "../records.ts";

/** CopyObject takes objects up to 1 GB; larger ones are copied in parts. */
const copyLimitBytes = 1024 ** 3;

/** Stores the request's body as an object; the object it replaces stays until the last byte is here. */
export const putObject: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const attributes = readAttributes(call, bucket);
  const callback = readCallback(call);
  const guard = overwriteGuard(forbidsOverwrite(call), bucket);
  guard(call.world.oss.object(bucket.name, call.key));
  const { content, digest } = await receiveBody(call);
  const record = await call.world.oss.putObject(
    {
      ...attributes,
      bucket: bucket.name,
      key: call.key,
      content,
      etag: digest.md5Hex,
      crc64: digest.crc64.toString(),
      type: "Normal",
      modifiedAtMs: call.world.clock.serviceNow(),
      uploadId: null,
    },
    guard,
  );
  const headers = { ...writtenHeaders(call, record), "Content-MD5": digest.md5Base64 };
  return answerCallback(call, callback, record, { status: 200, headers });
};

/** Removes an object, or a version of it; 204 also when there was none. In a bucket with versions a marker may take its place. */
export const deleteObject: OssHandler = async (call) => {
  requireBucket(call, "write");
  const { removed, marker } = await call.world.oss.removeObject(call.bucketName, call.key, {
    versionId: queryOf(call, "versionId") || undefined,
    atMs: call.world.clock.serviceNow(),
  });
  const version = marker ?? removed;
  const headers: Record<string, string> = version ? versionHeaders(call, version) : {};
  if (version && !isObject(version)) headers["x-oss-delete-marker"] = "true";
  return { status: 204, headers };
};

/**
 * Makes an object of another one without moving bytes. Metadata and tags come from the source unless their directives say
 * `REPLACE`; class, permissions and encryption always come from the request. An object may be copied over itself to change
 * them.
 */
export const copyObject: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const source = requireCopySource(call, bucket.region);
  requireThawed(source, call.world.clock.now());
  const isOnItself = source.bucket === bucket.name && source.key === call.key;
  if (source.content.sizeBytes > copyLimitBytes && !isOnItself) {
    throw ossError("EntityTooLarge", { message: "CopyObject takes up to 1 GB; use UploadPartCopy." });
  }
  const own = readAttributes(call, bucket);
  const draft: ObjectDraft = {
    ...own,
    ...inherited(call, source, own),
    bucket: bucket.name,
    key: call.key,
    content: source.content,
    etag: source.etag,
    crc64: call.world.options.switches.crcOfCopies === "present" ? source.crc64 : null,
    type: source.type === "Appendable" ? "Normal" : source.type,
    modifiedAtMs: call.world.clock.serviceNow(),
    uploadId: null,
  };
  const record = await call.world.oss.putObject(draft, overwriteGuard(forbidsOverwrite(call), bucket));
  return xmlAnswer(
    "CopyObjectResult",
    { ETag: `"${record.etag}"`, LastModified: new Date(record.modifiedAtMs).toISOString() },
    { ...writtenHeaders(call, record), ...copySourceHeaders(call, source) },
  );
};

function inherited(
  call: OssCall,
  source: ObjectRecord,
  own: ObjectAttributes,
): Pick<ObjectAttributes, "headers" | "tags"> {
  return {
    headers: isReplaced(call, "x-oss-metadata-directive") ? own.headers : source.headers,
    tags: isReplaced(call, "x-oss-tagging-directive") ? own.tags : source.tags,
  };
}

function isReplaced(call: OssCall, name: string): boolean {
  const directive = (headerOf(call, name) ?? "COPY").toUpperCase();
  if (directive !== "COPY" && directive !== "REPLACE") throw invalidArgument(name, directive);
  return directive === "REPLACE";
}
