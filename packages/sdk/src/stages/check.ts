import type { BucketInfo, Cloud } from "@sampan/cloud";
import { isSampanError, retry } from "@sampan/core";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { assertBucketAsPlanned, assertRoleReady, unknownRegion } from "./plan-fits.ts";
import { assertShareable } from "./share.ts";

/** What the rest of the plan will ask of the cloud. */
export interface CheckInput {
  readonly bucket: string;
  /** Region of the bucket as the plan says; `null` to look it up. */
  readonly bucketRegion: string | null;
  readonly createBucket: boolean;
  /** Region for a bucket that has to be created and that the plan gives none. */
  readonly defaultRegion: string;
  /** `null` when the plan ends with the upload. */
  readonly import: { readonly region: string | null; readonly createRole: boolean } | null;
  readonly copyRegions: readonly string[];
  /** Accounts the images will be shared with. */
  readonly shareAccounts: readonly string[];
}

/** What was made sure of. */
export interface CheckOutput {
  readonly region: string;
}

/**
 * Asks the cloud everything that would otherwise end the run only after hours: credentials, regions, the bucket and its
 * region, the import role. Creates the bucket when the plan says so.
 */
export const checkStage: StageDefinition<CheckInput, CheckOutput> = {
  name: "check",
  summary: ({ bucket }) => `checking the account, the regions and bucket ${bucket}`,
  retry: { attempts: 8, backoffMs: 1000 },
  async run(input, context) {
    assertShareable(input.shareAccounts);
    const cloud = await context.services.cloud();
    const known = await cloud.images.listRegions(context.signal);
    const named = [input.bucketRegion, input.import?.region ?? null, ...input.copyRegions];
    for (const region of named) {
      if (region !== null && !known.includes(region)) throw unknownRegion(region, known);
    }
    const bucket = await findBucket(input, cloud, context);
    assertBucketAsPlanned(bucket, input);
    if (input.import !== null) await checkRole(input.import.createRole, cloud, context);
    return { region: bucket.region };
  },
};

/** Region in which a bucket is looked for, and made where it is missing: that of the plan, or of its import. */
export function regionToLook(input: Pick<CheckInput, "bucketRegion" | "import" | "defaultRegion">): string {
  return input.bucketRegion ?? input.import?.region ?? input.defaultRegion;
}

async function findBucket(input: CheckInput, cloud: Cloud, context: StageContext): Promise<BucketInfo> {
  const region = regionToLook(input);
  const store = cloud.objects(region);
  try {
    const found = await store.describeBucket(input.bucket, context.signal).catch((error: unknown) => {
      const mayCreate = input.createBucket || context.services.isBuiltIn;
      if (isSampanError(error, "CLOUD_BUCKET_NOT_FOUND") && mayCreate) return undefined;
      throw error;
    });
    if (found !== undefined) return found;
    if (!input.createBucket) {
      const advice = "outside the rehearsal it must exist, or the plan say createBucket: true";
      context.log("info", `bucket ${input.bucket} is made for this rehearsal; ${advice}`);
    }
    await store.createBucket(input.bucket, context.signal);
    await context.resource({
      kind: "bucket",
      id: `oss://${input.bucket}`,
      name: input.bucket,
      region,
      billed: false,
    });
    return await retry(() => store.describeBucket(input.bucket, context.signal), {
      clock: context.services.clock,
      random: context.services.random,
      signal: context.signal,
      isRetryable: (error) =>
        isSampanError(error, "CLOUD_BUCKET_NOT_FOUND") || (isSampanError(error) && error.retryable),
      policy: { attempts: 5, baseMs: 200, capMs: 2000 },
    });
  } finally {
    await store.close();
  }
}

async function checkRole(createRole: boolean, cloud: Cloud, context: StageContext): Promise<void> {
  if (createRole) return;
  // Many accounts may import but not look at roles: then the import itself will tell.
  const role = await cloud.access.describeImportRole(context.signal).catch((error: unknown) => {
    if (isSampanError(error, "CLOUD_PERMISSION_DENIED")) return undefined;
    throw error;
  });
  if (role !== undefined) assertRoleReady(role);
}
