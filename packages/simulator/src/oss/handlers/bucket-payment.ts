import { invalidArgument, type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { malformed, onlyFlag, onlyText, readDocument } from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";

/** Says who pays for requests: the owner, or the one who asks, who must then say so in `x-oss-request-payer`. */
export const putBucketRequestPayment: OssHandler = async (call) => {
  requireBucket(call, "own");
  const payer = onlyText(await readDocument(call, "RequestPaymentConfiguration"), "Payer") ?? "";
  if (payer !== "BucketOwner" && payer !== "Requester") throw invalidArgument("Payer", payer);
  await call.world.oss.configureBucket(call.bucketName, { requesterPays: payer === "Requester" });
  return { status: 200 };
};

/** Who pays for requests. */
export const getBucketRequestPayment: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const payer = bucket.configuration?.requesterPays ? "Requester" : "BucketOwner";
  return xmlAnswer("RequestPaymentConfiguration", { Payer: payer });
};

/** Switches transfer acceleration. The simulator answers under the accelerated names either way. */
export const putBucketTransferAcceleration: OssHandler = async (call) => {
  requireBucket(call, "own");
  const accelerated = onlyFlag(await readDocument(call, "TransferAccelerationConfiguration"), "Enabled");
  if (accelerated === undefined) throw malformed("Enabled is missing.");
  await call.world.oss.configureBucket(call.bucketName, { accelerated });
  return { status: 200 };
};

/** Whether transfer acceleration is on; `NoSuchTransferAccelerationConfiguration` when it was never set. */
export const getBucketTransferAcceleration: OssHandler = async (call) => {
  const accelerated = requireBucket(call, "own").configuration?.accelerated;
  if (accelerated === undefined) throw ossError("NoSuchTransferAccelerationConfiguration");
  return xmlAnswer("TransferAccelerationConfiguration", { Enabled: accelerated });
};
