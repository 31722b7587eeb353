import { restoreText } from "../archive.ts";
import {
  integerOf,
  invalidArgument,
  type OssHandler,
  ownerElement,
  queryOf,
  requireBucket,
  xmlAnswer,
} from "../call.ts";
import { readListing } from "../listing.ts";
import { isObject, type VersionRecord } from "../records.ts";
import type { OssStore } from "../store.ts";

interface Selection {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly keyMarker: string;
  readonly versionMarker: string;
}

interface Entry {
  readonly version: VersionRecord;
  readonly isLatest: boolean;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly prefixes: readonly string[];
  /** Where the next page begins, when there is one. */
  readonly next: { readonly key: string; readonly versionId: string } | undefined;
}

/** Every version and deletion marker of a bucket: keys ascending, of each the latest first. */
export const listObjectVersions: OssHandler = async (call) => {
  const bucket = requireBucket(call, "read");
  const { prefix, delimiter, encode, encodingType } = readListing(call);
  const limit = integerOf(call, "max-keys", { min: 1, max: 1000 }, 100);
  const keyMarker = queryOf(call, "key-marker") ?? "";
  const versionMarker = queryOf(call, "version-id-marker") ?? "";
  if (versionMarker !== "" && keyMarker === "") {
    throw invalidArgument("version-id-marker", versionMarker, {
      message: "A version-id marker cannot be specified without a key marker.",
    });
  }
  const selection = { prefix, delimiter, limit, keyMarker, versionMarker };
  const page = cutPage(call.world.oss, bucket.name, selection);
  const owner = ownerElement(call, bucket.ownerId);
  const common = ({ version, isLatest }: Entry) => ({
    Key: encode(version.key),
    VersionId: version.versionId,
    IsLatest: isLatest,
    LastModified: new Date(version.modifiedAtMs).toISOString(),
  });
  return xmlAnswer("ListVersionsResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker,
    MaxKeys: limit,
    Delimiter: encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.next !== undefined,
    NextKeyMarker: page.next && encode(page.next.key),
    NextVersionIdMarker: page.next?.versionId,
    Version: page.entries.flatMap((entry) => {
      const { version } = entry;
      if (!isObject(version)) return [];
      return [
        {
          ...common(entry),
          ETag: `"${version.etag}"`,
          Type: version.type,
          Size: version.content.sizeBytes,
          StorageClass: version.storageClass,
          RestoreInfo: restoreText(version, call.world.clock.now()),
          Owner: owner,
        },
      ];
    }),
    DeleteMarker: page.entries
      .filter(({ version }) => !isObject(version))
      .map((entry) => ({ ...common(entry), Owner: owner })),
    CommonPrefixes: page.prefixes.map((value) => ({ Prefix: encode(value) })),
  });
};

function cutPage(store: OssStore, bucket: string, selection: Selection): Page {
  const { prefix, delimiter, limit, keyMarker, versionMarker } = selection;
  const entries: Entry[] = [];
  const prefixes: string[] = [];
  let next = { key: keyMarker, versionId: versionMarker };
  for (const key of store.allKeys(bucket)) {
    if (!key.startsWith(prefix) || key < keyMarker) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end >= 0) {
      const common = key.slice(0, end + delimiter.length);
      if (common === prefixes.at(-1) || common === keyMarker) continue;
      if (entries.length + prefixes.length >= limit) return { entries, prefixes, next };
      prefixes.push(common);
      next = { key: common, versionId: "" };
      continue;
    }
    const versions = store.versions(bucket, key);
    // Behind the marked version, or behind all of the marked key when no version is named.
    const marked = versions.findIndex(({ versionId }) => versionId === versionMarker);
    const from = key !== keyMarker ? 0 : versionMarker === "" ? versions.length : marked + 1;
    for (const [index, version] of versions.entries()) {
      if (index < from) continue;
      if (entries.length + prefixes.length >= limit) return { entries, prefixes, next };
      entries.push({ version, isLatest: index === 0 });
      next = { key, versionId: version.versionId };
    }
  }
  return { entries, prefixes, next: undefined };
}
