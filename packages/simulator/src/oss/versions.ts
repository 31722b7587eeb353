import { randomBytes } from "node:crypto";
import { isContent } from "../state/content.ts";
import {
  type BucketRecord,
  type DeleteMarker,
  isObject,
  type ObjectDraft,
  type ObjectRecord,
  type VersionRecord,
} from "./records.ts";

/** The versions of one key, the latest first. Never empty where it is kept. */
export type Versions = readonly VersionRecord[];

/** How a key is kept on disk: an object that has no versions as itself, else all its versions in one file. */
export type StoredKey = ObjectRecord | { readonly versions: Versions };

type Versioning = BucketRecord["versioning"];

/** Id of what was written while versioning was not switched on. */
export const nullVersionId = "null";

/** Puts an object in front of the versions of its key, in place of an earlier one where versioning is not on. */
export function publish(
  versions: Versions,
  draft: ObjectDraft,
  versioning: Versioning,
): { readonly versions: Versions; readonly record: ObjectRecord } {
  const record = { ...draft, versionId: newVersionId(versioning) };
  return { versions: [record, ...withoutVersion(versions, record.versionId)], record };
}

/**
 * Deletes a key without naming a version: for good in a bucket without versions, else by a marker in front. A marker is
 * made also where there is nothing to delete.
 */
export function markDeleted(
  versions: Versions,
  stamp: Omit<DeleteMarker, "versionId" | "isDeleteMarker">,
  versioning: Versioning,
): { readonly versions: Versions; readonly marker: DeleteMarker | undefined } {
  if (versioning === undefined) return { versions: [], marker: undefined };
  const marker: DeleteMarker = { ...stamp, versionId: newVersionId(versioning), isDeleteMarker: true };
  return { versions: [marker, ...withoutVersion(versions, marker.versionId)], marker };
}

/** The versions but one. */
export function withoutVersion(versions: Versions, versionId: string): Versions {
  return versions.filter((version) => version.versionId !== versionId);
}

/** The form of a key on disk. */
export function toStored(versions: Versions): StoredKey {
  const [first] = versions;
  if (versions.length === 1 && isObject(first) && first.versionId === nullVersionId) return first;
  return { versions };
}

/** Reads a key back. Records written before there were versions and tags lack them. */
export function fromStored(stored: StoredKey): Versions {
  return versionsIn(stored).map((version) =>
    isObject(version)
      ? { ...version, versionId: version.versionId ?? nullVersionId, tags: version.tags ?? [] }
      : version,
  );
}

/** The key a file is about; `undefined` when it does not say. */
export function keyOf(stored: StoredKey): string | undefined {
  return versionsIn(stored)[0]?.key;
}

/** Whether what was read from a file is a key of that bucket with its versions. */
export function isSoundKey(stored: StoredKey, bucket: string): boolean {
  const versions = versionsIn(stored);
  const [first] = versions;
  return (
    first !== undefined &&
    versions.every(
      (version) =>
        version.bucket === bucket &&
        version.key === first.key &&
        (!isObject(version) || isContent(version.content)),
    )
  );
}

function versionsIn(stored: StoredKey): Versions {
  if (!("versions" in stored)) return [stored];
  return Array.isArray(stored.versions) ? stored.versions.filter((version) => version !== null) : [];
}

function newVersionId(versioning: Versioning): string {
  // Opaque to clients; letters and digits only, as in the vendor's examples.
  return versioning === "Enabled" ? `CAEQ${randomBytes(24).toString("hex").toUpperCase()}` : nullVersionId;
}
