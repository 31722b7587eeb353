import { restoreText } from "../archive.ts";
import {
  integerOf,
  type OssCall,
  type OssHandler,
  ownerElement,
  queryOf,
  requireBucket,
  xmlAnswer,
} from "../call.ts";
import { readListing } from "../listing.ts";
import type { ObjectRecord } from "../records.ts";
import type { XmlChildren } from "../xml.ts";

/** A page of keys and common prefixes. */
interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** Last key or prefix of the page, when there is more. */
  readonly next: string | undefined;
}

/** Objects of a bucket, first version of the list. */
export const listObjects: OssHandler = async (call) => {
  const bucket = requireBucket(call, "read");
  const marker = queryOf(call, "marker") ?? "";
  const { prefix, delimiter, limit, encode, encodingType } = readSelection(call);
  const page = cutPage(call.world.oss.keys(bucket.name), { prefix, delimiter, limit, after: marker });
  const owner = ownerElement(call, bucket.ownerId);
  return xmlAnswer("ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    Marker: encode(marker),
    MaxKeys: limit,
    Delimiter: encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.next !== undefined,
    NextMarker: page.next === undefined ? undefined : encode(page.next),
    Contents: contents(call, page.keys, encode, owner),
    CommonPrefixes: page.prefixes.map((value) => ({ Prefix: encode(value) })),
  });
};

/** Objects of a bucket, second version: continuation tokens, owner only when asked for. */
export const listObjectsV2: OssHandler = async (call) => {
  const bucket = requireBucket(call, "read");
  const { prefix, delimiter, limit, encode, encodingType } = readSelection(call);
  const token = queryOf(call, "continuation-token");
  const startAfter = queryOf(call, "start-after") ?? "";
  const after = token ? Buffer.from(token, "base64url").toString("utf8") : startAfter;
  const page = cutPage(call.world.oss.keys(bucket.name), { prefix, delimiter, limit, after });
  const owner = queryOf(call, "fetch-owner") === "true" ? ownerElement(call, bucket.ownerId) : undefined;
  return xmlAnswer("ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    StartAfter: startAfter === "" ? undefined : encode(startAfter),
    MaxKeys: limit,
    Delimiter: encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
    KeyCount: page.keys.length + page.prefixes.length,
    Contents: contents(call, page.keys, encode, owner),
    CommonPrefixes: page.prefixes.map((value) => ({ Prefix: encode(value) })),
  });
};

function readSelection(call: OssCall) {
  return { ...readListing(call), limit: integerOf(call, "max-keys", { min: 0, max: 1000 }, 100) };
}

function contents(
  call: OssCall,
  keys: readonly string[],
  encode: (text: string) => string,
  owner: XmlChildren | undefined,
): XmlChildren[] {
  return keys
    .map((key) => call.world.oss.object(call.bucketName, key))
    .filter((object): object is ObjectRecord => object !== undefined)
    .map((object) => ({
      Key: encode(object.key),
      LastModified: new Date(object.modifiedAtMs).toISOString(),
      ETag: `"${object.etag}"`,
      Type: object.type,
      Size: object.content.sizeBytes,
      StorageClass: object.storageClass,
      RestoreInfo: restoreText(object, call.world.clock.now()),
      Owner: owner,
    }));
}

function cutPage(
  sortedKeys: readonly string[],
  selection: { prefix: string; delimiter: string; limit: number; after: string },
): Page {
  const { prefix, delimiter, limit, after } = selection;
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const key of sortedKeys) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    // A page that ended with a prefix goes on behind everything that has it.
    if (common !== undefined && (common === last || common === after)) continue;
    if (keys.length + prefixes.length >= limit) return { keys, prefixes, next: last ?? after };
    if (common === undefined) keys.push(key);
    else prefixes.push(common);
    last = common ?? key;
  }
  return { keys, prefixes, next: undefined };
}
