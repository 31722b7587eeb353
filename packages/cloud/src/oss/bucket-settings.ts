import type { BucketSettings, LifecycleRule } from "../object-store.ts";
import { vendorCodeOf } from "../vendor-failure.ts";
import { listOf, textOf } from "./answers.ts";
import type { OssCaller } from "./oss-caller.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Asks for the settings of a bucket. */
export async function readBucketSettings(
  caller: OssCaller,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<BucketSettings> {
  const call = caller.failed("GetBucketInfo", `reading the settings of the bucket ${bucket}`);
  const { result } = await caller.call(call, bucket, { signal }, (client) => client.getBucketInfo(bucket));
  return bucketSettingsOf(listOf((result as { bucket?: unknown }).bucket)[0] ?? {});
}

/** Asks for the lifecycle of a bucket; one without any has no rules. */
export async function readLifecycleRules(
  caller: OssCaller,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<readonly LifecycleRule[]> {
  const call = caller.failed("GetBucketLifecycle", `reading the lifecycle of the bucket ${bucket}`);
  try {
    const { result } = await caller.call(call, bucket, { signal }, (client) =>
      client.getBucketLifecycle(bucket),
    );
    return listOf((result as { rules?: unknown }).rules).map(lifecycleRuleOf);
  } catch (error) {
    if (vendorCodeOf(error) === "NoSuchLifecycle") return [];
    throw error;
  }
}

/** The settings in an answer to GetBucketInfo. */
function bucketSettingsOf(info: Fields): BucketSettings {
  const versioning = textOf(info.Versioning);
  return {
    acl: textOf(listOf(info.AccessControlList)[0]?.Grant) ?? "private",
    versioning: versioning === "Enabled" || versioning === "Suspended" ? versioning : null,
    transferAcceleration: textOf(info.TransferAcceleration) === "Enabled",
  };
}

/** A rule in an answer to GetBucketLifecycle, the beginnings of whose names ali-oss writes small. */
function lifecycleRuleOf(rule: Fields): LifecycleRule {
  const expirations = listOf(rule.expiration);
  const [expiration] = expirations;
  // A rule that only clears away the marks of deletions deletes no object.
  const deletes =
    expiration !== undefined && textOf(expiration.expiredObjectDeleteMarker) === undefined
      ? { afterDays: daysOf(expiration.days) }
      : null;
  return {
    id: textOf(rule.id) ?? "",
    prefix: textOf(rule.prefix) ?? "",
    enabled: textOf(rule.status) === "Enabled",
    deletes,
    movesTo: listOf(rule.transition).flatMap(({ storageClass }) => textOf(storageClass) ?? []),
  };
}

function daysOf(value: unknown): number | null {
  const days = Number(typeof value === "string" && value !== "" ? value : Number.NaN);
  return Number.isSafeInteger(days) ? days : null;
}
