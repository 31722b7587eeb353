import type { Cloud, LifecycleRule } from "@sampan/cloud";
import { isSampanError } from "@sampan/core";
import { count } from "../terminal/numbers.ts";
import { type Finding, failed, good, note, warning } from "./check.ts";

/** Everything about a bucket that could get in the way of an import. */
export async function bucketFindings(
  cloud: Cloud,
  bucket: string,
  region: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const anywhere = cloud.objects(region);
  try {
    const info = await anywhere.describeBucket(bucket, signal);
    const store = info.region === region ? anywhere : cloud.objects(info.region);
    const { acl, versioning, transferAcceleration } = await store.describeBucketSettings(bucket, signal);
    return [
      info.region === region
        ? good("region", `the bucket ${bucket} is in ${region}`)
        : warning(
            "region",
            `the bucket ${bucket} is in ${info.region}, not in ${region}: an import runs in the bucket's region`,
            `sampan doctor --region ${info.region} --bucket ${bucket}`,
          ),
      classFinding(info.storageClass, bucket),
      acl === "private"
        ? good("access", "private")
        : warning(
            "access",
            `${acl}: anybody can read the disks in it`,
            `aliyun oss set-acl oss://${bucket} private -b`,
          ),
      info.encryption === null
        ? good("encryption", "none, as imports need it")
        : failed(
            "encryption",
            `${info.encryption}: ECS imports nothing from an encrypted bucket`,
            `aliyun oss bucket-encryption --method delete oss://${bucket}`,
          ),
      versioning === "Enabled"
        ? warning(
            "versions",
            "are kept: what is deleted after an import goes on costing money",
            `aliyun oss bucket-versioning --method put oss://${bucket} suspended`,
          )
        : good("versions", versioning === null ? "are not kept" : "are no longer kept"),
      note("acceleration", transferAcceleration ? "on" : "off"),
      ...(await lifecycleFindings(store, bucket, signal)),
    ];
  } catch (error) {
    if (!isSampanError(error)) throw error;
    if (error.code === "CLOUD_BUCKET_NOT_FOUND") {
      return [
        failed("bucket", `there is no bucket ${bucket}`, `aliyun oss mb oss://${bucket} --region ${region}`),
      ];
    }
    if (error.code !== "CLOUD_PERMISSION_DENIED") throw error;
    return [note("bucket", `${bucket} cannot be told of: looking at it is denied`)];
  }
}

function classFinding(storageClass: string, bucket: string): Finding {
  const name = "class";
  if (storageClass === "Standard") return good(name, storageClass);
  const fix = `Upload to a bucket of class Standard: aliyun oss mb oss://${bucket}-standard --storage-class Standard`;
  return storageClass === "IA"
    ? warning(name, `${storageClass}: reading costs extra, and objects are billed for 30 days at least`, fix)
    : failed(name, `${storageClass}: objects would have to be restored before each import`, fix);
}

async function lifecycleFindings(
  store: ReturnType<Cloud["objects"]>,
  bucket: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const name = "lifecycle";
  let rules: readonly LifecycleRule[];
  try {
    rules = await store.listLifecycleRules(bucket, signal);
  } catch (error) {
    if (!isSampanError(error, "CLOUD_PERMISSION_DENIED")) throw error;
    return [note(name, "cannot be told: reading it is denied")];
  }
  const risky = rules.filter(
    ({ enabled, deletes, movesTo }) =>
      enabled && (deletes !== null || movesTo.some((to) => /Archive/.test(to))),
  );
  if (risky.length === 0)
    return [good(name, `${count(rules.length, "rule")}, none that deletes or archives`)];
  return risky.map(({ id, prefix, deletes, movesTo }) => {
    const where = prefix === "" ? "every object" : `objects below ${prefix}`;
    const when = deletes?.afterDays == null ? "" : ` after ${count(deletes.afterDays, "day")}`;
    const does = deletes === null ? `moves ${where} to ${movesTo.join(", ")}` : `deletes ${where}${when}`;
    const fix = `Have it leave out what Sampan uploads: aliyun oss lifecycle --method get oss://${bucket}`;
    return warning(name, `rule ${id || "without a name"} of the bucket ${does}`, fix);
  });
}
