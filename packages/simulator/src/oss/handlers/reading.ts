import { setTimeout as wait } from "node:timers/promises";
import { sliceContent, streamContent } from "../../state/content.ts";
import { requireThawed } from "../archive.ts";
import { identityHeaders, objectHeaders, versionHeaders } from "../attributes.ts";
import { headerOf, type OssCall, type OssHandler, queryOf, requireObject } from "../call.ts";
import { checkConditions } from "../conditions.ts";
import { ossError } from "../errors.ts";
import { followSymlink } from "../find-version.ts";
import { readRange } from "../range.ts";
import type { ObjectRecord } from "../records.ts";
import { trafficLimitOf } from "../traffic-limit.ts";

/** Sends an object or a range of it. */
export const getObject: OssHandler = async (call) => {
  const found = requireObject(call);
  if (queryOf(call, "x-oss-process") !== undefined) {
    throw ossError("NotImplemented", { message: "The simulator does not process images or documents." });
  }
  const object = followSymlink(call.world.oss, found);
  requireThawed(object, call.world.clock.now());
  const headers = { ...headersOf(call, found, object), ...responseHeaders(call) };
  if (isUnmodified(call, object)) return { status: 304, headers };
  const { sizeBytes } = object.content;
  const range = readRange(call, sizeBytes);
  const content = range ? sliceContent(object.content, range) : object.content;
  if (range) {
    headers["Content-Range"] = `bytes ${range.offset}-${range.offset + range.length - 1}/${sizeBytes}`;
  }
  const { blobs } = call.world.oss;
  const limit = trafficLimitOf(call);
  const pieces = blobs.holding(content, streamContent(blobs, content));
  return {
    status: range ? 206 : 200,
    headers,
    contentLength: content.sizeBytes,
    body: limit === undefined ? pieces : atSpeed(pieces, limit),
  };
};

/** The headers of an object. */
export const headObject: OssHandler = async (call) => {
  const found = requireObject(call);
  const object = followSymlink(call.world.oss, found);
  const headers = headersOf(call, found, object);
  if (isUnmodified(call, object)) return { status: 304, headers };
  return { status: 200, headers, contentLength: object.content.sizeBytes };
};

/** The few headers of GetObjectMeta: size, ETag, time, checksum, version. Of a symbolic link: its own. */
export const getObjectMeta: OssHandler = async (call) => {
  const object = requireObject(call);
  return {
    status: 200,
    headers: {
      ...identityHeaders(object),
      ...versionHeaders(call, object),
      "Last-Modified": new Date(object.modifiedAtMs).toUTCString(),
    },
    contentLength: object.content.sizeBytes,
  };
};

/** A symbolic link shows what it stands for under its own type, metadata and version. */
function headersOf(call: OssCall, found: ObjectRecord, object: ObjectRecord): Record<string, string> {
  if (found === object) return objectHeaders(call, object);
  const own = { ...found.headers, "x-oss-object-type": found.type, ...versionHeaders(call, found) };
  return { "content-type": "application/octet-stream", ...objectHeaders(call, object), ...own };
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

/** Hands pieces on no faster than so many bytes per second. */
async function* atSpeed(
  pieces: AsyncIterable<Uint8Array>,
  bytesPerSecond: number,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + Math.ceil(bytesPerSecond / 10));
      await wait((part.length / bytesPerSecond) * 1000);
      yield part;
      from += part.length;
    }
  }
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
