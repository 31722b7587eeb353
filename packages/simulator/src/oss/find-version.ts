import { ossError } from "./errors.ts";
import { isObject, type ObjectRecord, type VersionRecord } from "./records.ts";
import type { OssStore } from "./store.ts";

/** Which version of an object is meant: the latest unless one is named. */
export interface WantedVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Named in the refusal of a deletion marker. */
  readonly method: string;
}

/** Finds a version, be it an object or the mark of a deletion. */
export function findVersion(store: OssStore, wanted: WantedVersion): VersionRecord | undefined {
  const versions = store.versions(wanted.bucket, wanted.key);
  if (wanted.versionId === undefined || wanted.versionId === "") return versions[0];
  return versions.find((version) => version.versionId === wanted.versionId);
}

/**
 * Finds an object, or a version of one. `NoSuchKey` or `NoSuchVersion` when there is none; where the latest version marks a
 * deletion, `NoSuchKey` says so in its headers, and where the marker itself was named, `MethodNotAllowed`.
 */
export function requireVersion(store: OssStore, wanted: WantedVersion): ObjectRecord {
  const version = findVersion(store, wanted);
  if (isObject(version)) return version;
  const { key, method, versionId } = wanted;
  if (!version) {
    if (!versionId) throw ossError("NoSuchKey", { elements: { Key: key } });
    throw ossError("NoSuchVersion", { elements: { Key: key, VersionId: versionId } });
  }
  const headers = { "x-oss-delete-marker": "true", "x-oss-version-id": version.versionId };
  if (!versionId) throw ossError("NoSuchKey", { elements: { Key: key }, headers });
  throw ossError("MethodNotAllowed", {
    elements: { Method: method, ResourceType: "DeleteMarker" },
    headers: { ...headers, Allow: "DELETE" },
  });
}

/** What a symbolic link stands for, now; any other object stands for itself. */
export function followSymlink(store: OssStore, object: ObjectRecord): ObjectRecord {
  if (object.symlinkTarget === undefined) return object;
  const target = store.object(object.bucket, object.symlinkTarget);
  if (!target) throw ossError("NoSuchSymLinkTarget", { elements: { Key: object.symlinkTarget } });
  if (target.symlinkTarget !== undefined) throw ossError("InvalidTargetType");
  return target;
}
