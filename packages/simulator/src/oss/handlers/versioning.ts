import { readWholeBody } from "../../http/body.ts";
import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { ossError } from "../errors.ts";
import { readXml, xmlText } from "../xml.ts";

const bodyLimitBytes = 64 * 1024;

/** Whether a bucket keeps versions; an empty document until that has been asked for. */
export const getBucketVersioning: OssHandler = async (call) => {
  const { versioning } = requireBucket(call, "own");
  return xmlAnswer("VersioningConfiguration", { Status: versioning });
};

/** Lets a bucket keep versions, or suspends that. There is no way back to a bucket without versions. */
export const putBucketVersioning: OssHandler = async (call) => {
  requireBucket(call, "own");
  const body = (await readWholeBody(call.incoming, bodyLimitBytes)).toString("utf8");
  const versioning = xmlText(readXml(body, "VersioningConfiguration"), "Status");
  if (versioning !== "Enabled" && versioning !== "Suspended") {
    throw ossError("IllegalVersioningConfigurationException");
  }
  await call.world.oss.changeBucket(call.bucketName, (bucket) => ({ ...bucket, versioning }));
  return { status: 200 };
};
