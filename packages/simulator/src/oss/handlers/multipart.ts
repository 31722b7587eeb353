import { createHash, randomBytes } from "node:crypto";
import { combineCrc64 } from "@sampan/core";
import { readWholeBody } from "../../http/body.ts";
import { encodeRfc3986 } from "../../http/url.ts";
import { joinContents, sliceContent } from "../../state/content.ts";
import { requireThawed } from "../archive.ts";
import {
  copySourceHeaders,
  encryptionHeaders,
  forbidsOverwrite,
  identityHeaders,
  overwriteGuard,
  readAttributes,
  writtenHeaders,
} from "../attributes.ts";
import {
  headerOf,
  integerOf,
  invalidArgument,
  type OssCall,
  type OssHandler,
  queryOf,
  requireBucket,
  requireKeyAllowed,
  xmlAnswer,
} from "../call.ts";
import { answerCallback, readCallback } from "../callback.ts";
import { isSameEtag } from "../conditions.ts";
import { requireCopySource } from "../copy-source.ts";
import { OssError, ossError } from "../errors.ts";
import { bodySpoilingOf, receiveBody } from "../receive.ts";
import type { ObjectDraft, ObjectRecord, PartRecord, UploadRecord } from "../records.ts";
import { readXml, xmlList, xmlText } from "../xml.ts";

const partLimit = 10_000;
const smallestPartBytes = 100 * 1024;
const completeBodyLimitBytes = 8 * 1024 * 1024;

/** Begins a multipart upload. */
export const initiateMultipartUpload: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const attributes = readAttributes(call, bucket);
  const forbidOverwrite = forbidsOverwrite(call);
  overwriteGuard(forbidOverwrite, bucket)(call.world.oss.object(bucket.name, call.key));
  const uploadId = randomBytes(16).toString("hex").toUpperCase();
  await call.world.oss.createUpload({
    ...attributes,
    uploadId,
    bucket: bucket.name,
    key: call.key,
    initiatedAtMs: call.world.clock.serviceNow(),
    forbidOverwrite,
  });
  const encode = encoderOf(call);
  return xmlAnswer(
    "InitiateMultipartUploadResult",
    {
      EncodingType: queryOf(call, "encoding-type") || undefined,
      Bucket: bucket.name,
      Key: encode(call.key),
      UploadId: uploadId,
    },
    encryptionHeaders(attributes),
  );
};

/** Takes one part. The body is received before the upload is looked at again: it may have ended meanwhile. */
export const uploadPart: OssHandler = async (call) => {
  const { upload, number } = requirePartAddress(call);
  const { content, digest } = await receiveBody(call);
  const part: PartRecord = {
    number,
    etag: digest.md5Hex,
    crc64: digest.crc64.toString(),
    content,
    modifiedAtMs: call.world.clock.serviceNow(),
  };
  await keepPart(call, upload, part);
  return {
    status: 200,
    headers: {
      ...identityHeaders(part),
      ...encryptionHeaders(upload),
      "Content-MD5": digest.md5Base64,
    },
  };
};

/**
 * Makes a part from a range of an object, without moving bytes. A range that is malformed or does not lie inside the
 * source copies all of it and leaves `Content-Range` out, as OSS does.
 */
export const uploadPartCopy: OssHandler = async (call) => {
  const { upload, number } = requirePartAddress(call);
  const bucket = requireBucket(call, "write");
  const source = requireCopySource(call, bucket.region);
  requireThawed(source, call.world.clock.now());
  const { sizeBytes } = source.content;
  const range = /^bytes=(\d+)-(\d+)$/.exec(headerOf(call, "x-oss-copy-source-range")?.trim() ?? "");
  const first = Number(range?.[1]);
  const last = Number(range?.[2]);
  const isInside = range !== null && first <= last && last < sizeBytes;
  const content = isInside
    ? sliceContent(source.content, { offset: first, length: last - first + 1 })
    : source.content;
  const keepsCrc = call.world.options.switches.crcOfCopies === "present" && content.sizeBytes === sizeBytes;
  const part: PartRecord = {
    number,
    etag: etagOfCopy(source, content.sizeBytes === sizeBytes ? "" : `${first}-${last}`),
    crc64: keepsCrc ? source.crc64 : null,
    content,
    modifiedAtMs: call.world.clock.serviceNow(),
  };
  await keepPart(call, upload, part);
  return xmlAnswer(
    "CopyPartResult",
    { LastModified: new Date(part.modifiedAtMs).toISOString(), ETag: `"${part.etag}"` },
    {
      ...identityHeaders(part),
      ...copySourceHeaders(call, source),
      ...(isInside ? { "Content-Range": `bytes ${first}-${last}/${sizeBytes}` } : {}),
    },
  );
};

/** Parts of an upload, ascending. */
export const listParts: OssHandler = async (call) => {
  requireBucket(call, "write");
  const upload = requireUpload(call);
  const limit = integerOf(call, "max-parts", { min: 1, max: 1000 }, 1000);
  const marker = integerOf(call, "part-number-marker", { min: 0, max: partLimit }, 0);
  const after = call.world.oss.parts(upload.uploadId).filter((part) => part.number > marker);
  const page = after.slice(0, limit);
  const encode = encoderOf(call);
  return xmlAnswer("ListPartsResult", {
    EncodingType: queryOf(call, "encoding-type") || undefined,
    Bucket: upload.bucket,
    Key: encode(upload.key),
    UploadId: upload.uploadId,
    StorageClass: upload.storageClass,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? marker,
    MaxParts: limit,
    IsTruncated: after.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modifiedAtMs).toISOString(),
      ETag: `"${part.etag}"`,
      HashCrc64ecma: part.crc64 ?? undefined,
      Size: part.content.sizeBytes,
    })),
  });
};

/** Uploads in progress in a bucket. */
export const listMultipartUploads: OssHandler = async (call) => {
  const bucket = requireBucket(call, "read");
  const prefix = queryOf(call, "prefix") ?? "";
  const delimiter = queryOf(call, "delimiter") ?? "";
  const keyMarker = queryOf(call, "key-marker") ?? "";
  const idMarker = queryOf(call, "upload-id-marker") ?? "";
  const limit = integerOf(call, "max-uploads", { min: 1, max: 1000 }, 1000);
  const encode = encoderOf(call);
  const prefixes = new Set<string>();
  const matching = call.world.oss.uploads(bucket.name).filter((upload) => {
    if (!upload.key.startsWith(prefix)) return false;
    const isBehind =
      upload.key > keyMarker || (upload.key === keyMarker && idMarker !== "" && upload.uploadId > idMarker);
    if (keyMarker !== "" && !isBehind) return false;
    const end = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    if (end >= 0) prefixes.add(upload.key.slice(0, end + delimiter.length));
    return end < 0;
  });
  const page = matching.slice(0, limit);
  const isTruncated = matching.length > page.length;
  const last = page.at(-1);
  return xmlAnswer("ListMultipartUploadsResult", {
    EncodingType: queryOf(call, "encoding-type") || undefined,
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated && last ? encode(last.key) : "",
    NextUploadIdMarker: isTruncated && last ? last.uploadId : "",
    Delimiter: encode(delimiter),
    Prefix: encode(prefix),
    MaxUploads: limit,
    IsTruncated: isTruncated,
    Upload: page.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.uploadId,
      StorageClass: upload.storageClass,
      Initiated: new Date(upload.initiatedAtMs).toISOString(),
    })),
    CommonPrefixes: [...prefixes].map((value) => ({ Prefix: encode(value) })),
  });
};

/** Joins parts to the object: checked as a whole, then published at once; the earlier object stays until then. */
export const completeMultipartUpload: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  const callback = readCallback(call);
  const body = await readWholeBody(call.incoming, completeBodyLimitBytes, bodySpoilingOf(call));
  call.onReceived(body.length);
  const claimed = headerOf(call, "content-md5");
  if (claimed !== undefined && claimed !== createHash("md5").update(body).digest("base64")) {
    throw ossError("InvalidDigest", { elements: { ClientContentMd5: claimed } });
  }
  const upload = requireUpload(call);
  const takesAll = headerOf(call, "x-oss-complete-all")?.toLowerCase() === "yes";
  const text = body.toString("utf8");
  if (takesAll && text.trim() !== "") {
    throw invalidArgument("x-oss-complete-all", "yes", { message: "x-oss-complete-all takes no body." });
  }
  const wanted = takesAll ? undefined : readPartList(text);
  const forbidden = upload.forbidOverwrite || forbidsOverwrite(call);
  const record = await call.world.oss.completeUpload(
    upload.uploadId,
    (current, parts) => assemble(call, current, chooseParts(call, parts, wanted)),
    overwriteGuard(forbidden, bucket),
  );
  if (!record) throw noSuchUpload(upload.uploadId);
  const answer = xmlAnswer(
    "CompleteMultipartUploadResult",
    {
      EncodingType: queryOf(call, "encoding-type") || undefined,
      Location: `http://${record.bucket}.oss-${regionOf(call)}.aliyuncs.com/${encodeRfc3986(record.key).replaceAll("%2F", "/")}`,
      Bucket: record.bucket,
      Key: encoderOf(call)(record.key),
      ETag: `"${record.etag}"`,
    },
    writtenHeaders(call, record),
  );
  return answerCallback(call, callback, record, answer);
};

/** Ends an upload and frees its parts. */
export const abortMultipartUpload: OssHandler = async (call) => {
  requireBucket(call, "write");
  const upload = requireUpload(call);
  if (!(await call.world.oss.removeUpload(upload.uploadId))) throw noSuchUpload(upload.uploadId);
  return { status: 204 };
};

function requireUpload(call: OssCall): UploadRecord {
  const uploadId = queryOf(call, "uploadId") ?? "";
  const upload = call.world.oss.upload(uploadId);
  if (!upload || upload.bucket !== call.bucketName || upload.key !== call.key) throw noSuchUpload(uploadId);
  return upload;
}

function requirePartAddress(call: OssCall): { readonly upload: UploadRecord; readonly number: number } {
  requireBucket(call, "write");
  const text = queryOf(call, "partNumber") ?? "";
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > partLimit) {
    throw invalidArgument("partNumber", text, {
      message: `Part number must be an integer between 1 and ${partLimit}, inclusive.`,
    });
  }
  return { upload: requireUpload(call), number };
}

async function keepPart(call: OssCall, upload: UploadRecord, part: PartRecord): Promise<void> {
  if (!(await call.world.oss.putPart(upload.uploadId, part))) throw noSuchUpload(upload.uploadId);
}

function noSuchUpload(uploadId: string): Error {
  return ossError("NoSuchUpload", { elements: { UploadId: uploadId } });
}

function readPartList(text: string): readonly { readonly number: number; readonly etag: string }[] {
  const items = xmlList(readXml(text, "CompleteMultipartUpload"), "Part");
  if (items.length === 0 || items.length > partLimit) throw ossError("MalformedXML");
  return items.map((item) => {
    const number = Number(xmlText(item, "PartNumber"));
    const etag = xmlText(item, "ETag");
    if (!Number.isInteger(number) || number < 1 || number > partLimit || etag === undefined) {
      throw ossError("MalformedXML");
    }
    return { number, etag };
  });
}

function chooseParts(
  call: OssCall,
  parts: ReadonlyMap<number, PartRecord>,
  wanted: readonly { readonly number: number; readonly etag: string }[] | undefined,
): readonly PartRecord[] {
  const chosen = wanted
    ? wanted.map(({ number, etag }, index) => {
        const before = wanted[index - 1];
        if (before && before.number >= number) throw ossError("InvalidPartOrder");
        const part = parts.get(number);
        if (!part || !isSameEtag(etag, part.etag)) {
          throw ossError("InvalidPart", { elements: { PartNumber: String(number) } });
        }
        return part;
      })
    : [...parts.values()].sort((a, b) => a.number - b.number);
  if (chosen.length === 0) throw ossError("InvalidPart", { message: "The upload has no parts." });
  for (const part of chosen.slice(0, -1)) {
    if (part.content.sizeBytes < smallestPartBytes) {
      throw new OssError(call.world.options.switches.smallPartCode, {
        status: 400,
        message: "A part other than the last is smaller than 100 KB.",
        elements: {
          PartNumber: String(part.number),
          ProposedSize: String(part.content.sizeBytes),
          MinSizeAllowed: String(smallestPartBytes),
        },
      });
    }
  }
  return chosen;
}

function assemble(call: OssCall, upload: UploadRecord, parts: readonly PartRecord[]): ObjectDraft {
  const { headers, storageClass, acl, encryption, tags } = upload;
  return {
    headers,
    storageClass,
    acl,
    encryption,
    tags,
    bucket: upload.bucket,
    key: upload.key,
    content: joinContents(parts.map((part) => part.content)),
    etag: etagOfParts(parts, call.world.options.switches.multipartEtag === "dashed"),
    crc64: crcOfParts(parts),
    type: "Multipart",
    modifiedAtMs: call.world.clock.serviceNow(),
    uploadId: upload.uploadId,
  };
}

/** Opaque to clients: MD5 of the parts' ETags, in the dashed form with their number behind. */
function etagOfParts(parts: readonly PartRecord[], dashed: boolean): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part.etag);
  const hex = hash.digest("hex").toUpperCase();
  return dashed ? `${hex}-${parts.length}` : hex;
}

function crcOfParts(parts: readonly PartRecord[]): string | null {
  let whole = 0n;
  for (const part of parts) {
    if (part.crc64 === null) return null;
    whole = combineCrc64(whole, BigInt(part.crc64), part.content.sizeBytes);
  }
  return whole.toString();
}

/** No bytes are read to copy a part, so its ETag is made of the source's; clients may not read meaning into it. */
function etagOfCopy(source: ObjectRecord, range: string): string {
  if (range === "" && /^[0-9A-F]{32}$/.test(source.etag)) return source.etag;
  return createHash("md5").update(`${source.etag} ${range}`).digest("hex").toUpperCase();
}

function encoderOf(call: OssCall): (text: string) => string {
  return queryOf(call, "encoding-type") === "url" ? encodeRfc3986 : (text) => text;
}

function regionOf(call: OssCall): string {
  return call.world.oss.bucket(call.bucketName)?.region ?? "";
}
