import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { onlyChild, onlyText, readDocument } from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";

/** Says where the access logs of a bucket shall go. The simulator keeps it and writes no logs. */
export const putBucketLogging: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const enabled = onlyChild(await readDocument(call, "BucketLoggingStatus"), "LoggingEnabled");
  if (!enabled) {
    await call.world.oss.configureBucket(call.bucketName, { logging: undefined });
    return { status: 200 };
  }
  const targetBucket = onlyText(enabled, "TargetBucket") ?? "";
  const target = call.world.oss.bucket(targetBucket);
  if (target?.ownerId !== bucket.ownerId || target.region !== bucket.region) {
    throw ossError("InvalidTargetBucketForLogging", { elements: { TargetBucket: targetBucket } });
  }
  const logging = { targetBucket, targetPrefix: onlyText(enabled, "TargetPrefix") ?? "" };
  await call.world.oss.configureBucket(call.bucketName, { logging });
  return { status: 200 };
};

/** Where the access logs of a bucket go; empty when nowhere. */
export const getBucketLogging: OssHandler = async (call) => {
  const logging = requireBucket(call, "own").configuration?.logging;
  return xmlAnswer("BucketLoggingStatus", {
    LoggingEnabled: logging
      ? { TargetBucket: logging.targetBucket, TargetPrefix: logging.targetPrefix }
      : undefined,
  });
};

/** Ends the logging of a bucket. */
export const deleteBucketLogging: OssHandler = async (call) => {
  requireBucket(call, "own");
  await call.world.oss.configureBucket(call.bucketName, { logging: undefined });
  return { status: 204 };
};
