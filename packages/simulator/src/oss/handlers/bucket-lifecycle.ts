import { headerOf, type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { lifecycleRuleElement, readLifecycleRules } from "../configuration/lifecycle-rules.ts";
import { readDocument } from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";

/** Replaces the lifecycle rules of a bucket. They are applied from the next simulated midnight on. */
export const putBucketLifecycle: OssHandler = async (call) => {
  requireBucket(call, "own");
  const document = await readDocument(call, "LifecycleConfiguration");
  const mayOverlap = headerOf(call, "x-oss-allow-same-action-overlap")?.toLowerCase() === "true";
  const lifecycle = readLifecycleRules(document, mayOverlap);
  await call.world.oss.configureBucket(call.bucketName, { lifecycle });
  return { status: 200 };
};

/** The lifecycle rules of a bucket; `NoSuchLifecycle` when it has none. */
export const getBucketLifecycle: OssHandler = async (call) => {
  const rules = requireBucket(call, "own").configuration?.lifecycle;
  if (!rules) throw ossError("NoSuchLifecycle", { elements: { BucketName: call.bucketName } });
  return xmlAnswer("LifecycleConfiguration", { Rule: rules.map(lifecycleRuleElement) });
};

/** Removes the lifecycle rules of a bucket. */
export const deleteBucketLifecycle: OssHandler = async (call) => {
  requireBucket(call, "own");
  await call.world.oss.configureBucket(call.bucketName, { lifecycle: undefined });
  return { status: 204 };
};
