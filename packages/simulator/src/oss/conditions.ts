import { ossError } from "./errors.ts";
import type { ObjectRecord } from "./records.ts";

/** Conditions a request puts on an object, from its headers or from those of a copy's source. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/** Checks conditions: `PreconditionFailed`, or `not-modified` where the reader already has the object. */
export function checkConditions(object: ObjectRecord, conditions: Conditions): "go on" | "not-modified" {
  // An empty header is no condition: ali-oss sends one for an option left empty.
  const [ifMatch, ifNoneMatch] = [conditions.ifMatch || undefined, conditions.ifNoneMatch || undefined];
  const ifModifiedSince = conditions.ifModifiedSince || undefined;
  const ifUnmodifiedSince = conditions.ifUnmodifiedSince || undefined;
  const wholeSeconds = Math.floor(object.modifiedAtMs / 1000) * 1000;
  if (ifMatch !== undefined && !isSameEtag(ifMatch, object.etag)) throw failed("If-Match");
  if (ifUnmodifiedSince !== undefined && wholeSeconds > Date.parse(ifUnmodifiedSince)) {
    throw failed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined && isSameEtag(ifNoneMatch, object.etag)) return "not-modified";
  if (ifModifiedSince !== undefined && wholeSeconds <= Date.parse(ifModifiedSince)) return "not-modified";
  return "go on";
}

/** Compares ETags without their quotes; `*` is like every one, and so is one of several with commas between. */
export function isSameEtag(given: string, etag: string): boolean {
  return given.split(",").some((one) => {
    const bare = one.trim().replace(/^"|"$/g, "");
    return bare === "*" || bare.toUpperCase() === etag.toUpperCase();
  });
}

function failed(condition: string): Error {
  return ossError("PreconditionFailed", { elements: { Condition: condition } });
}
