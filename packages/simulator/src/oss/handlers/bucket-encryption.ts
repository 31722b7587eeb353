import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { malformed, onlyChild, onlyText, readDocument } from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";
import type { BucketRecord } from "../records.ts";
import type { XmlChildren } from "../xml.ts";

const algorithms = ["AES256", "KMS", "SM4"];

/** Sets the default encryption of a bucket: new objects get it, and ImportImage refuses them. */
export const putBucketEncryption: OssHandler = async (call) => {
  requireBucket(call, "own");
  const document = await readDocument(call, "ServerSideEncryptionRule");
  const rule = onlyChild(document, "ApplyServerSideEncryptionByDefault");
  if (!rule) throw malformed("ApplyServerSideEncryptionByDefault is missing.");
  const algorithm = onlyText(rule, "SSEAlgorithm") ?? "";
  if (!algorithms.includes(algorithm)) throw ossError("InvalidEncryptionAlgorithmError");
  const masterKeyId = onlyText(rule, "KMSMasterKeyID");
  const dataEncryption = onlyText(rule, "KMSDataEncryption");
  if (algorithm !== "KMS" && (masterKeyId || dataEncryption)) {
    throw malformed("KMSMasterKeyID and KMSDataEncryption belong to KMS.");
  }
  if (dataEncryption && dataEncryption !== "SM4") throw ossError("InvalidEncryptionAlgorithmError");
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const { encryptionKey: _, ...others } = bucket.configuration ?? {};
    const encryptionKey = {
      ...(masterKeyId ? { masterKeyId } : {}),
      ...(dataEncryption ? { dataEncryption } : {}),
    };
    const hasKey = Object.keys(encryptionKey).length > 0;
    return {
      ...bucket,
      encryption: algorithm,
      configuration: hasKey ? { ...others, encryptionKey } : others,
    };
  });
  return { status: 200 };
};

/** The default encryption of a bucket; `NoSuchServerSideEncryptionRule` when there is none. */
export const getBucketEncryption: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  if (!bucket.encryption) throw ossError("NoSuchServerSideEncryptionRule");
  return xmlAnswer("ServerSideEncryptionRule", {
    ApplyServerSideEncryptionByDefault: encryptionElement(bucket),
  });
};

/** Removes the default encryption of a bucket. */
export const deleteBucketEncryption: OssHandler = async (call) => {
  requireBucket(call, "own");
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const { encryptionKey: _, ...others } = bucket.configuration ?? {};
    return { ...bucket, encryption: null, configuration: others };
  });
  return { status: 204 };
};

/** The default encryption of a bucket in XML; `None` when there is none. */
export function encryptionElement(bucket: BucketRecord): XmlChildren {
  const key = bucket.configuration?.encryptionKey;
  return {
    SSEAlgorithm: bucket.encryption ?? "None",
    KMSMasterKeyID: key?.masterKeyId,
    KMSDataEncryption: key?.dataEncryption,
  };
}
