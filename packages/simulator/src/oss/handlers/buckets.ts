import { readWholeBody } from "../../http/body.ts";
import { readAcl } from "../attributes.ts";
import {
  headerOf,
  integerOf,
  invalidArgument,
  type OssCall,
  type OssHandler,
  ownerElement,
  queryOf,
  requireBucket,
  xmlAnswer,
} from "../call.ts";
import { ossError } from "../errors.ts";
import type { BucketRecord } from "../records.ts";
import { type ParsedXml, readXml, xmlList, xmlText } from "../xml.ts";

const storageClasses = ["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];
const redundancyTypes = ["LRS", "ZRS"];
const bucketLimit = 100;
const configurationLimitBytes = 1024 * 1024;

/** The service's buckets of the caller. */
export const listBuckets: OssHandler = async (call) => {
  const { caller, world } = call;
  if (!caller) throw ossError("AccessDenied");
  const prefix = queryOf(call, "prefix") ?? "";
  const marker = queryOf(call, "marker") ?? "";
  const limit = integerOf(call, "max-keys", { min: 1, max: 1000 }, 100);
  const matching = world.oss
    .buckets()
    .filter((bucket) => bucket.ownerId === caller.accountId && bucket.name.startsWith(prefix))
    .filter((bucket) => bucket.name > marker);
  const page = matching.slice(0, limit);
  const isTruncated = matching.length > page.length;
  return xmlAnswer("ListAllMyBucketsResult", {
    Prefix: prefix,
    Marker: marker,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    NextMarker: isTruncated ? page.at(-1)?.name : undefined,
    Owner: ownerElement(call, caller.accountId),
    Buckets: { Bucket: page.map(nameAndPlace) },
  });
};

/** Makes a bucket in the region addressed, or changes the permissions of one's own. */
export const putBucket: OssHandler = async (call) => {
  const { caller, world, bucketName: name } = call;
  if (!caller) throw ossError("AccessDenied");
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw ossError("InvalidBucketName", { elements: { BucketName: name } });
  }
  const asked = await readConfiguration(call);
  const acl = readAcl(headerOf(call, "x-oss-acl"), "x-oss-acl");
  const region = call.endpointRegion ?? world.options.defaultRegion;
  const existing = world.oss.bucket(name);
  if (existing) {
    const isSame =
      existing.ownerId === caller.accountId &&
      existing.region === region &&
      (asked.storageClass ?? existing.storageClass) === existing.storageClass;
    if (!isSame || world.options.switches.putOwnBucket === "conflicts") {
      throw ossError("BucketAlreadyExists", { elements: { BucketName: name } });
    }
    await world.oss.putBucket({ ...existing, acl: acl ?? existing.acl });
  } else {
    const own = world.oss.buckets().filter((bucket) => bucket.ownerId === caller.accountId);
    if (own.filter((bucket) => bucket.region === region).length >= bucketLimit)
      throw ossError("TooManyBuckets");
    await world.oss.putBucket({
      name,
      ownerId: caller.accountId,
      region,
      createdAtMs: world.clock.serviceNow(),
      storageClass: asked.storageClass ?? "Standard",
      dataRedundancyType: asked.dataRedundancyType ?? "LRS",
      acl: acl ?? "private",
      encryption: null,
    });
  }
  return { status: 200, headers: { Location: `/${name}` } };
};

/** Removes an empty bucket. */
export const deleteBucket: OssHandler = async (call) => {
  requireBucket(call, "own");
  if (!(await call.world.oss.removeBucket(call.bucketName))) {
    throw ossError("BucketNotEmpty", { elements: { BucketName: call.bucketName } });
  }
  return { status: 204 };
};

/** What GetBucketInfo says, encryption included, by which an import can be judged beforehand. */
export const getBucketInfo: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  return xmlAnswer("BucketInfo", {
    Bucket: {
      ...nameAndPlace(bucket),
      DataRedundancyType: bucket.dataRedundancyType,
      AccessMonitor: "Disabled",
      AccessControlList: { Grant: bucket.acl },
      Owner: ownerElement(call, bucket.ownerId),
      ServerSideEncryptionRule: { SSEAlgorithm: bucket.encryption ?? "None" },
      TransferAcceleration: "Disabled",
      CrossRegionReplication: "Disabled",
      ResourceGroupId: "rg-default",
      Comment: "",
    },
  });
};

/** The region of a bucket, as `oss-REGION`. */
export const getBucketLocation: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  return {
    status: 200,
    headers: { "Content-Type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint>oss-${bucket.region}</LocationConstraint>\n`,
  };
};

/** The permissions of a bucket. */
export const getBucketAcl: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  return xmlAnswer("AccessControlPolicy", {
    Owner: ownerElement(call, bucket.ownerId),
    AccessControlList: { Grant: bucket.acl },
  });
};

/** Changes the permissions of a bucket; makes the bucket when there is none, as OSS does. */
export const putBucketAcl: OssHandler = async (call) => {
  const acl = readAcl(headerOf(call, "x-oss-acl"), "x-oss-acl");
  if (!acl) throw invalidArgument("x-oss-acl", "");
  if (!call.world.oss.bucket(call.bucketName)) return putBucket(call);
  const bucket = requireBucket(call, "own");
  await call.world.oss.putBucket({ ...bucket, acl });
  return { status: 200 };
};

/** The default encryption of a bucket. */
export const getBucketEncryption: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  if (!bucket.encryption) {
    throw ossError("NoSuchKey", { message: "The bucket has no server side encryption rule." });
  }
  return xmlAnswer("ServerSideEncryptionRule", {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: bucket.encryption },
  });
};

/** Sets the default encryption of a bucket: new objects get it, and ImportImage refuses them. */
export const putBucketEncryption: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const body = (await readWholeBody(call.incoming, configurationLimitBytes)).toString("utf8");
  const [rule] = xmlList(readXml(body, "ServerSideEncryptionRule"), "ApplyServerSideEncryptionByDefault");
  const algorithm = rule === undefined ? undefined : xmlText(rule as ParsedXml, "SSEAlgorithm");
  if (algorithm !== "AES256" && algorithm !== "KMS" && algorithm !== "SM4") throw ossError("MalformedXML");
  await call.world.oss.putBucket({ ...bucket, encryption: algorithm });
  return { status: 200 };
};

/** Removes the default encryption of a bucket. */
export const deleteBucketEncryption: OssHandler = async (call) => {
  await call.world.oss.putBucket({ ...requireBucket(call, "own"), encryption: null });
  return { status: 204 };
};

async function readConfiguration(
  call: OssCall,
): Promise<{ readonly storageClass?: string; readonly dataRedundancyType?: string }> {
  const body = (await readWholeBody(call.incoming, configurationLimitBytes)).toString("utf8");
  if (body.trim() === "") return {};
  const root = readXml(body, "CreateBucketConfiguration");
  const storageClass = xmlText(root as ParsedXml, "StorageClass");
  const dataRedundancyType = xmlText(root as ParsedXml, "DataRedundancyType");
  if (storageClass !== undefined && !storageClasses.includes(storageClass)) {
    throw invalidArgument("StorageClass", storageClass);
  }
  if (dataRedundancyType !== undefined && !redundancyTypes.includes(dataRedundancyType)) {
    throw invalidArgument("DataRedundancyType", dataRedundancyType);
  }
  return { ...(storageClass ? { storageClass } : {}), ...(dataRedundancyType ? { dataRedundancyType } : {}) };
}

function nameAndPlace(bucket: BucketRecord) {
  return {
    Name: bucket.name,
    Location: `oss-${bucket.region}`,
    CreationDate: new Date(bucket.createdAtMs).toISOString(),
    ExtranetEndpoint: `oss-${bucket.region}.aliyuncs.com`,
    IntranetEndpoint: `oss-${bucket.region}-internal.aliyuncs.com`,
    StorageClass: bucket.storageClass,
    Region: bucket.region,
  };
}
