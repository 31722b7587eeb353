import { randomBytes } from "node:crypto";
import { type OssCall, type OssHandler, queryOf, requireBucket, xmlAnswer } from "../call.ts";
import { currentWorm } from "../configuration/protections.ts";
import { malformed, onlyInteger, readDocument } from "../configuration/read-document.ts";
import type { WormPolicy } from "../configuration/records.ts";
import { ossError } from "../errors.ts";

/** A retention period: 1 day to 70 years. */
const days = { min: 1, max: 25_550 };

/** Begins a retention policy. It protects at once, and lapses when it is not completed within 24 hours. */
export const initiateBucketWorm: OssHandler = async (call) => {
  requireBucket(call, "own");
  const period = await readPeriod(call, "InitiateWormConfiguration");
  const { clock, oss } = call.world;
  const wormId = randomBytes(16).toString("hex").toUpperCase();
  await oss.changeBucket(call.bucketName, (bucket) => {
    const existing = currentWorm(bucket, clock.now());
    if (existing?.state === "Locked") throw ossError("WORMConfigurationLocked");
    if (existing)
      throw ossError("InvalidWORMConfiguration", { message: "A retention policy is in progress." });
    const worm: WormPolicy = {
      wormId,
      state: "InProgress",
      days: period,
      createdAtMs: clock.now(),
      createdAtServiceMs: clock.serviceNow(),
    };
    return { ...bucket, configuration: { ...bucket.configuration, worm } };
  });
  return { status: 200, headers: { "x-oss-worm-id": wormId } };
};

/** Takes back a retention policy that is not locked yet. */
export const abortBucketWorm: OssHandler = async (call) => {
  requireBucket(call, "own");
  await changeWorm(call, null, (worm) => {
    if (worm.state === "Locked") throw ossError("WORMConfigurationLocked");
    return undefined;
  });
  return { status: 204 };
};

/** Locks a retention policy: from now on it can only be made longer. */
export const completeBucketWorm: OssHandler = async (call) => {
  requireBucket(call, "own");
  await changeWorm(call, queryOf(call, "wormId") ?? "", (worm) => {
    if (worm.state === "Locked") throw ossError("WORMConfigurationLocked");
    return { ...worm, state: "Locked" };
  });
  return { status: 200 };
};

/** Makes the period of a locked policy longer. */
export const extendBucketWorm: OssHandler = async (call) => {
  requireBucket(call, "own");
  const period = await readPeriod(call, "ExtendWormConfiguration");
  await changeWorm(call, queryOf(call, "wormId") ?? "", (worm) => {
    if (worm.state !== "Locked") {
      throw ossError("InvalidWORMConfiguration", { message: "The retention policy is not locked." });
    }
    if (period <= worm.days) {
      throw ossError("InvalidWORMConfiguration", { message: "The period can only be made longer." });
    }
    return { ...worm, days: period };
  });
  return { status: 200 };
};

/** The retention policy of a bucket; `NoSuchWORMConfiguration` when there is none. */
export const getBucketWorm: OssHandler = async (call) => {
  const worm = currentWorm(requireBucket(call, "own"), call.world.clock.now());
  if (!worm) throw ossError("NoSuchWORMConfiguration", { elements: { BucketName: call.bucketName } });
  return xmlAnswer("WormConfiguration", {
    WormId: worm.wormId,
    State: worm.state,
    RetentionPeriodInDays: worm.days,
    CreationDate: new Date(worm.createdAtServiceMs).toISOString(),
  });
};

async function readPeriod(call: OssCall, root: string): Promise<number> {
  const period = onlyInteger(await readDocument(call, root), "RetentionPeriodInDays", days);
  if (period === undefined) throw malformed("RetentionPeriodInDays is missing.");
  return period;
}

async function changeWorm(
  call: OssCall,
  wormId: string | null,
  change: (worm: WormPolicy) => WormPolicy | undefined,
): Promise<void> {
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const worm = currentWorm(bucket, call.world.clock.now());
    if (!worm || (wormId !== null && worm.wormId !== wormId)) {
      throw ossError("NoSuchWORMConfiguration", { elements: { BucketName: call.bucketName } });
    }
    const { worm: _, ...others } = bucket.configuration ?? {};
    const changed = change(worm);
    return { ...bucket, configuration: changed ? { ...others, worm: changed } : others };
  });
}
