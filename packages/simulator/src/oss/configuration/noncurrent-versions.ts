import { isObject, type ObjectRecord, type VersionRecord } from "../records.ts";
import type { OssStore } from "../store.ts";
import { fits } from "./lifecycle-match.ts";
import { coldnessOf } from "./lifecycle-rules.ts";
import type { LifecycleRule } from "./records.ts";

const dayMs = 86_400_000;

/**
 * Applies lifecycle rules to the versions of a key that are no longer current: their days count from the write that
 * replaced them. A deletion marker with nothing behind it goes where a rule wants that.
 */
export async function applyToNoncurrent(
  store: OssStore,
  rules: readonly LifecycleRule[],
  { bucket, key }: { readonly bucket: string; readonly key: string },
  midnightMs: number,
): Promise<void> {
  const [latest, ...earlier] = store.versions(bucket, key);
  let successor = latest;
  for (const version of earlier) {
    const ageMs = midnightMs - writtenAtMs(successor);
    successor = version;
    const own = rules.filter((rule) => concerns(rule, version));
    const remove = own.some(({ noncurrentExpirationDays: days }) => days !== null && ageMs >= days * dayMs);
    if (remove) await store.removeObject(bucket, key, { versionId: version.versionId, atMs: midnightMs });
    else if (isObject(version)) await cool(store, own, version, ageMs);
  }
  const [only, ...others] = store.versions(bucket, key);
  if (!only || isObject(only) || others.length > 0) return;
  if (rules.some((rule) => rule.expiration?.expiredObjectDeleteMarker && concerns(rule, only))) {
    await store.removeObject(bucket, key, { versionId: only.versionId, atMs: midnightMs });
  }
}

async function cool(
  store: OssStore,
  rules: readonly LifecycleRule[],
  version: ObjectRecord,
  ageMs: number,
): Promise<void> {
  const [coldest] = rules
    .flatMap((rule) => rule.noncurrentTransitions)
    .filter(({ noncurrentDays }) => ageMs >= noncurrentDays * dayMs)
    .map(({ storageClass }) => storageClass)
    .sort((a, b) => coldnessOf(b) - coldnessOf(a));
  if (coldest === undefined || coldnessOf(coldest) <= coldnessOf(version.storageClass)) return;
  await store.changeVersion(version, (current) => ({ ...current, storageClass: coldest }));
}

/** A marker has no tags and no size: only the prefix counts. */
function concerns(rule: LifecycleRule, version: VersionRecord): boolean {
  return isObject(version) ? fits(rule, version) : version.key.startsWith(rule.prefix);
}

function writtenAtMs(version: VersionRecord | undefined): number {
  return version?.simulatedAtMs ?? version?.modifiedAtMs ?? 0;
}
