import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { corsRuleElement, readCorsRules } from "../configuration/cors-rules.ts";
import { onlyFlag, readDocument } from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";

/** Replaces the rules by which pages of other origins may use a bucket. */
export const putBucketCors: OssHandler = async (call) => {
  requireBucket(call, "own");
  const document = await readDocument(call, "CORSConfiguration");
  const rules = readCorsRules(document);
  const responseVary = onlyFlag(document, "ResponseVary") ?? false;
  await call.world.oss.configureBucket(call.bucketName, { cors: { rules, responseVary } });
  return { status: 200 };
};

/** The rules for other origins; `NoSuchCORSConfiguration` when there are none. */
export const getBucketCors: OssHandler = async (call) => {
  const cors = requireBucket(call, "own").configuration?.cors;
  if (!cors) throw ossError("NoSuchCORSConfiguration", { elements: { BucketName: call.bucketName } });
  return xmlAnswer("CORSConfiguration", {
    CORSRule: cors.rules.map(corsRuleElement),
    ResponseVary: cors.responseVary,
  });
};

/** Removes the rules for other origins. */
export const deleteBucketCors: OssHandler = async (call) => {
  requireBucket(call, "own");
  await call.world.oss.configureBucket(call.bucketName, { cors: undefined });
  return { status: 204 };
};
