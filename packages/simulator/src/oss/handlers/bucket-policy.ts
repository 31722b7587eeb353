import { PolicyProblem, parsePolicy } from "../../access/document.ts";
import { readWholeBody } from "../../http/body.ts";
import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { ossError } from "../errors.ts";

/** Largest policy of a bucket, 16 KB. Source: vendor page of EC 0030-00000001. */
const policyLimitBytes = 16 * 1024;
const bodyLimitBytes = 1024 * 1024;

/** Sets the policy of a bucket: who may do what in it, besides what the owner's account decides. */
export const putBucketPolicy: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const body = await readWholeBody(call.incoming, bodyLimitBytes);
  if (body.length > policyLimitBytes) {
    throw ossError("InvalidPolicyDocument", {
      message: "The bucket policy must be smaller than 16 KB.",
      ec: "0030-00000001",
    });
  }
  const policy = body.toString("utf8");
  try {
    parsePolicy(policy, "bucket");
  } catch (error) {
    if (!(error instanceof PolicyProblem)) throw error;
    throw ossError("InvalidPolicyDocument", { message: error.message });
  }
  await call.world.oss.putBucket({ ...bucket, policy });
  return { status: 200 };
};

/** The policy of a bucket as it was set; `NoSuchBucketPolicy` when there is none. */
export const getBucketPolicy: OssHandler = async (call) => {
  const { policy } = requireBucket(call, "own");
  if (policy === undefined) throw ossError("NoSuchBucketPolicy");
  return { status: 200, headers: { "Content-Type": "application/json" }, body: policy };
};

/** Removes the policy of a bucket; 204 also when there was none. */
export const deleteBucketPolicy: OssHandler = async (call) => {
  const { policy: _removed, ...rest } = requireBucket(call, "own");
  await call.world.oss.putBucket(rest);
  return { status: 204 };
};

/** Whether the policy lets everybody in: an Allow for `*` without any condition. */
export const getBucketPolicyStatus: OssHandler = async (call) => {
  const { policy } = requireBucket(call, "own");
  const statements = policy === undefined ? [] : call.world.ram.parsed.get(policy, "bucket");
  const isPublic = statements.some(
    ({ effect, principals, arePrincipalsExcluded, conditions }) =>
      effect === "Allow" &&
      conditions.length === 0 &&
      (arePrincipalsExcluded || principals.some(({ value }) => value === "*")),
  );
  return xmlAnswer("PolicyStatus", { IsPublic: isPublic });
};
