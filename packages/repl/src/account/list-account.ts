import type { Cloud } from "@sampan/cloud";
import { defaultRegion, inTurns, isSampanError, SampanError, throwIfCancelled } from "@sampan/core";

/** Kinds of things that an account has and that can be listed. */
export const listedKinds = ["regions", "images", "snapshots", "buckets", "objects"] as const;
export type ListedKind = (typeof listedKinds)[number];

/** What is to be listed. */
export interface ListQuestion {
  readonly kind: ListedKind;
  /** Where to look; of images and snapshots all regions without any, of buckets those of all regions. */
  readonly regions: readonly string[];
  /** Whose objects; only for `objects`. */
  readonly bucket?: string;
  /** Beginning of the objects' keys. */
  readonly prefix?: string;
  readonly signal?: AbortSignal;
}

/** A region that could not be looked into, and why. */
export interface MissedRegion {
  readonly region: string;
  readonly code: string;
  readonly message: string;
}

/** What was found. */
export interface AccountList {
  readonly kind: ListedKind;
  /** Regions that were looked into, those that refused among them. */
  readonly regions: readonly string[];
  /** Whole, however many pages the cloud gives it in; by region. */
  readonly rows: readonly object[];
  readonly missed: readonly MissedRegion[];
}

/** Regions that are asked at once: more are refused as too many calls. */
const atOnce = 4;

/**
 * Lists what an account has, region by region. A region that refuses is told of in `missed` and keeps no other from being listed.
 *
 * @throws what kept every region from being listed, and `CLOUD_BUCKET_NOT_FOUND` for the objects of a bucket that the account does not have.
 */
export async function listAccount(cloud: Cloud, question: ListQuestion): Promise<AccountList> {
  const { kind, signal } = question;
  if (kind === "regions") {
    const regions = [...(await cloud.images.listRegions(signal))].sort();
    return { kind, regions, rows: regions.map((region) => ({ region })), missed: [] };
  }
  if (kind === "buckets") return listBuckets(cloud, question);
  if (kind === "objects") return listObjects(cloud, question);
  const regions =
    question.regions.length > 0 ? [...new Set(question.regions)] : await cloud.images.listRegions(signal);
  return byRegion(kind, [...regions].sort(), signal, (region) =>
    kind === "images"
      ? cloud.images.listImages(region, {}, signal)
      : cloud.snapshots.listSnapshots(region, {}, signal),
  );
}

async function byRegion(
  kind: ListedKind,
  regions: readonly string[],
  signal: AbortSignal | undefined,
  ask: (region: string) => Promise<readonly object[]>,
): Promise<AccountList> {
  const answers = await inTurns(regions, atOnce, async (region) => {
    throwIfCancelled(signal);
    try {
      return { region, rows: await ask(region), error: undefined };
    } catch (error) {
      if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
      return { region, rows: [], error };
    }
  });
  const [first] = answers;
  if (first?.error !== undefined && answers.every(({ error }) => error !== undefined)) throw first.error;
  return {
    kind,
    regions,
    rows: answers.flatMap(({ rows }) => rows),
    missed: answers.flatMap(({ region, error }) =>
      error === undefined ? [] : [{ region, code: error.code, message: error.message }],
    ),
  };
}

async function listBuckets(cloud: Cloud, { regions, signal }: ListQuestion): Promise<AccountList> {
  const buckets = await bucketsOf(cloud, signal);
  const wanted = regions.length === 0 ? buckets : buckets.filter(({ region }) => regions.includes(region));
  const asked = regions.length > 0 ? regions : [...new Set(buckets.map(({ region }) => region))];
  return {
    kind: "buckets",
    regions: [...asked].sort(),
    rows: [...wanted].sort((one, other) => (one.name < other.name ? -1 : 1)),
    missed: [],
  };
}

async function listObjects(cloud: Cloud, question: ListQuestion): Promise<AccountList> {
  const { bucket, prefix = "", regions, signal } = question;
  if (bucket === undefined) throw new SampanError("CORE_ARGUMENT", "listing objects of no bucket");
  const region = regions[0] ?? (await bucketsOf(cloud, signal)).find(({ name }) => name === bucket)?.region;
  if (region === undefined) {
    throw new SampanError(
      "CLOUD_BUCKET_NOT_FOUND",
      `looking for the bucket ${bucket} among those of the account`,
      { hint: "Give its region by --region, where it is of another account." },
    );
  }
  const store = cloud.objects(region);
  try {
    const rows = await store.listObjects(bucket, prefix, signal);
    return { kind: "objects", regions: [region], rows: rows.map((row) => ({ ...row, region })), missed: [] };
  } finally {
    await store.close();
  }
}

async function bucketsOf(cloud: Cloud, signal: AbortSignal | undefined) {
  const store = cloud.objects(defaultRegion);
  try {
    return await store.listBuckets(signal);
  } finally {
    await store.close();
  }
}
