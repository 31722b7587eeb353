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
import { type ParsedXml, readXml, xmlText } from "../xml.ts";
import { encryptionElement } from "./bucket-encryption.ts";
import { tagElement } from "./bucket-tags.ts";

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
  const wanted = readTagFilter(call);
  const matching = world.oss
    .buckets()
    .filter((bucket) => bucket.ownerId === caller.accountId && bucket.name.startsWith(prefix))
    .filter((bucket) => bucket.name > marker)
    .filter((bucket) => wanted.every((tag) => hasTag(bucket, tag)));
  const page = matching.slice(0, limit);
  const isTruncated = matching.length > page.length;
  return xmlAnswer("ListAllMyBucketsResult", {
    Prefix: prefix,
    Marker: marker,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    NextMarker: isTruncated ? page.at(-1)?.name : undefined,
    Owner: ownerElement(call, caller.accountId),
    Buckets: {
      Bucket: page.map((bucket) => ({
        ...nameAndPlace(bucket),
        Tagging:
          wanted.length > 0
            ? { TagSet: { Tag: (bucket.configuration?.tags ?? []).map(tagElement) } }
            : undefined,
      })),
    },
  });
};

/** A filter by tags: `tagging="key":"value",…`, or one of them in `tag-key` and `tag-value`. */
function readTagFilter(call: OssCall): readonly WantedTag[] {
  const tagging = queryOf(call, "tagging");
  const key = queryOf(call, "tag-key");
  const value = queryOf(call, "tag-value");
  if (tagging === undefined || tagging === "") {
    if (key !== undefined) return [{ key, value }];
    if (value !== undefined) throw invalidArgument("tag-value", value, { message: "tag-key is missing." });
    return [];
  }
  const entry = /"([^"]*)"(?::"([^"]*)")?(?:,|$)/y;
  const wanted: WantedTag[] = [];
  while (entry.lastIndex < tagging.length) {
    const match = entry.exec(tagging);
    if (!match) throw invalidArgument("tagging", tagging);
    wanted.push({ key: match[1] ?? "", value: match[2] });
  }
  return wanted;
}

interface WantedTag {
  readonly key: string;
  readonly value: string | undefined;
}

function hasTag(bucket: BucketRecord, { key, value }: WantedTag): boolean {
  return (bucket.configuration?.tags ?? []).some(
    (tag) => tag.key === key && (value === undefined || tag.value === value),
  );
}

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
    await world.oss.changeBucket(name, (bucket) => ({ ...bucket, acl: acl ?? bucket.acl }));
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
      ServerSideEncryptionRule: encryptionElement(bucket),
      TransferAcceleration: bucket.configuration?.accelerated ? "Enabled" : "Disabled",
      BucketPolicy: {
        LogBucket: bucket.configuration?.logging?.targetBucket ?? "",
        LogPrefix: bucket.configuration?.logging?.targetPrefix ?? "",
      },
      BlockPublicAccess: false,
      CrossRegionReplication: "Disabled",
      Versioning: bucket.versioning,
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
  requireBucket(call, "own");
  await call.world.oss.changeBucket(call.bucketName, (bucket) => ({ ...bucket, acl }));
  return { status: 200, headers: { Location: `/${call.bucketName}` } };
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
