import { findBucket, headerOf, invalidArgument, type OssCall } from "./call.ts";
import { checkConditions } from "./conditions.ts";
import { readCopySource } from "./copy-address.ts";
import { ossError } from "./errors.ts";
import { followSymlink, requireVersion } from "./find-version.ts";
import type { ObjectRecord } from "./records.ts";

/**
 * Finds the object a copy reads: `x-oss-copy-source: /bucket/url-encoded-key[?versionId=ID]`. It must lie in the
 * destination's region, be readable by the caller, and meet the `x-oss-copy-source-if-*` conditions. A symbolic link gives
 * what it stands for.
 */
export function requireCopySource(call: OssCall, destinationRegion: string): ObjectRecord {
  const header = headerOf(call, "x-oss-copy-source") ?? "";
  const source = readCopySource(header);
  if (!source) throw invalidArgument("x-oss-copy-source", header);
  const bucket = call.world.oss.bucket(source.bucket);
  if (bucket && bucket.region !== destinationRegion) {
    throw ossError("AccessDenied", { message: "The source lies in another region." });
  }
  findBucket(call, source.bucket);
  const found = requireVersion(call.world.oss, {
    bucket: source.bucket,
    key: source.key,
    versionId: source.versionId,
    method: call.request.method,
  });
  const object = followSymlink(call.world.oss, found);
  const outcome = checkConditions(object, {
    ifMatch: headerOf(call, "x-oss-copy-source-if-match"),
    ifNoneMatch: headerOf(call, "x-oss-copy-source-if-none-match"),
    ifModifiedSince: headerOf(call, "x-oss-copy-source-if-modified-since"),
    ifUnmodifiedSince: headerOf(call, "x-oss-copy-source-if-unmodified-since"),
  });
  if (outcome === "not-modified") throw ossError("PreconditionFailed", { status: 304 });
  return object;
}
