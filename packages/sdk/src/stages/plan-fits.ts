import { assertBucketFits, type BucketInfo, type ImportRole } from "@sampan/cloud";
import { SampanError } from "@sampan/core";

/*
 * What a plan needs of the cloud, and the errors that say it is not so: a run ends by them in its stage `check`, a forecast tells them before.
 */

/** The error for a region that a plan names and this account cannot use; `known` are those it can. */
export function unknownRegion(region: string, known: readonly string[]): SampanError {
  return new SampanError(
    "CLOUD_REGION_UNKNOWN",
    `region ${region} does not exist or is closed to this account`,
    {
      hint: "Correct the region, or open it for the account in the console.",
      details: { region, known: [...known] },
    },
  );
}

/** Regions that a plan names for its bucket and its import, where it names them. */
export interface WantedRegions {
  readonly bucketRegion: string | null;
  /** `null` when the plan imports nothing. */
  readonly import: { readonly region: string | null } | null;
}

/**
 * Refuses a bucket that is there and is not what a plan takes it for.
 *
 * @throws `CLOUD_BUCKET_REGION`, and `CLOUD_BUCKET_UNFIT` for one that nothing can be imported from.
 */
export function assertBucketAsPlanned(bucket: BucketInfo, wanted: WantedRegions): void {
  if (wanted.bucketRegion !== null && bucket.region !== wanted.bucketRegion) {
    throw new SampanError(
      "CLOUD_BUCKET_REGION",
      `bucket ${bucket.name} is in ${bucket.region}, the plan wants ${wanted.bucketRegion}`,
      {
        details: { bucket: bucket.name, bucketRegion: bucket.region, wantedRegion: wanted.bucketRegion },
      },
    );
  }
  if (wanted.import !== null)
    assertBucketFits(bucket, wanted.import.region ?? bucket.region, `checking bucket ${bucket.name}`);
}

/** Refuses an import role by which ECS could not read the bucket, with `CLOUD_ROLE_MISSING`. */
export function assertRoleReady(role: Pick<ImportRole, "name" | "state">): void {
  if (role.state === "ready") return;
  throw new SampanError(
    "CLOUD_ROLE_MISSING",
    `role ${role.name} is ${role.state}, so ECS cannot read the bucket`,
    {
      hint: "`sampan setup role` makes it ready, after asking; so does `createRole: true` in `import`.",
      details: { role: role.name, state: role.state },
    },
  );
}
