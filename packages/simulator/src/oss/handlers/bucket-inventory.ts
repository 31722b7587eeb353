import {
  invalidArgument,
  type OssCall,
  type OssHandler,
  queryOf,
  requireBucket,
  xmlAnswer,
} from "../call.ts";
import {
  keepElements,
  malformed,
  onlyChild,
  onlyFlag,
  onlyText,
  readDocument,
  texts,
  type XmlParent,
} from "../configuration/read-document.ts";
import type { StoredXmlChildren } from "../configuration/records.ts";
import { ossError } from "../errors.ts";

const inventoryLimit = 1000;
const pageLength = 100;
const elements = [
  "Id",
  "IsEnabled",
  "Filter",
  "Destination",
  "Schedule",
  "IncludedObjectVersions",
  "OptionalFields",
  "IncrementalInventory",
];
const fields = [
  "Size",
  "LastModifiedDate",
  "ETag",
  "StorageClass",
  "IsMultipartUploaded",
  "EncryptionStatus",
  "ObjectAcl",
  "TaggingCount",
  "ObjectType",
  "Crc64",
];

/**
 * Keeps an inventory configuration of a bucket. No inventories are written: the simulator gives it back as it came.
 *
 * Source: vendor page PutBucketInventory and error codes 0020-000000xx, 2025-03.
 */
export const putBucketInventory: OssHandler = async (call) => {
  requireBucket(call, "own");
  const id = requireId(call);
  const document = await readDocument(call, "InventoryConfiguration");
  const inventory = keepElements(document, elements);
  check(document, id);
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const inventories = bucket.configuration?.inventories ?? {};
    if (!Object.hasOwn(inventories, id) && Object.keys(inventories).length >= inventoryLimit) {
      throw ossError("InventoryExceedLimit");
    }
    // A filter is part of every answer, asked for or not: clients read its prefix.
    const filter = onlyChild(document, "Filter") ?? {};
    const kept = { ...inventory, Filter: { Prefix: "", ...(filter as StoredXmlChildren) } };
    const changed = { ...inventories, [id]: kept };
    return { ...bucket, configuration: { ...bucket.configuration, inventories: changed } };
  });
  return { status: 200 };
};

function check(document: XmlParent, id: string): void {
  const inBody = onlyText(document, "Id");
  if (inBody !== id) throw invalidArgument("Id", inBody ?? "", { message: "Id is not the inventoryId." });
  if (onlyFlag(document, "IsEnabled") === undefined) throw malformed("IsEnabled is missing.");
  const destination = onlyChild(onlyChild(document, "Destination") ?? {}, "OSSBucketDestination");
  if (!destination) throw malformed("OSSBucketDestination is missing.");
  const format = onlyText(destination, "Format") ?? "";
  if (!["CSV", "Parquet", "ORC"].includes(format)) throw invalidArgument("Format", format);
  const bucket = onlyText(destination, "Bucket") ?? "";
  if (!bucket.startsWith("acs:oss:::")) throw invalidArgument("Bucket", bucket);
  const role = onlyText(destination, "RoleArn") ?? "";
  if (!/^acs:ram::[^:]*:role\/.+$/.test(role)) throw invalidArgument("RoleArn", role);
  const frequency = onlyText(onlyChild(document, "Schedule") ?? {}, "Frequency") ?? "";
  if (!["Daily", "Weekly"].includes(frequency)) throw invalidArgument("Frequency", frequency);
  const versions = onlyText(document, "IncludedObjectVersions") ?? "";
  if (!["All", "Current"].includes(versions)) throw invalidArgument("IncludedObjectVersions", versions);
  const field = texts(onlyChild(document, "OptionalFields") ?? {}, "Field").find(
    (name) => !fields.includes(name),
  );
  if (field !== undefined) throw invalidArgument("Field", field);
}

/** One inventory configuration, or, without `inventoryId`, all of them in pages of 100. */
export const getBucketInventory: OssHandler = async (call) => {
  const inventories = requireBucket(call, "own").configuration?.inventories ?? {};
  const id = requireId(call);
  const inventory = Object.hasOwn(inventories, id) ? inventories[id] : undefined;
  if (!inventory) throw ossError("NoSuchInventory", { elements: { InventoryId: id } });
  return xmlAnswer("InventoryConfiguration", inventory);
};

/** All inventory configurations of a bucket, by id, in pages of 100; `NoSuchInventory` when there are none. */
export const listBucketInventory: OssHandler = async (call) => {
  const inventories = requireBucket(call, "own").configuration?.inventories ?? {};
  const token = queryOf(call, "continuation-token") ?? "";
  const ids = Object.keys(inventories).sort();
  if (ids.length === 0) throw ossError("NoSuchInventory");
  const left = ids.filter((id) => id > token);
  const page = left.slice(0, pageLength);
  const isTruncated = left.length > page.length;
  return xmlAnswer("ListInventoryConfigurationsResult", {
    InventoryConfiguration: page.flatMap((id) => inventories[id] ?? []),
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? page.at(-1) : undefined,
  });
};

/** Removes an inventory configuration; 204 also when there was none. */
export const deleteBucketInventory: OssHandler = async (call) => {
  requireBucket(call, "own");
  const id = requireId(call);
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const { [id]: _, ...inventories } = bucket.configuration?.inventories ?? {};
    return { ...bucket, configuration: { ...bucket.configuration, inventories } };
  });
  return { status: 204 };
};

function requireId(call: OssCall): string {
  const id = queryOf(call, "inventoryId") ?? "";
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(id)) throw invalidArgument("inventoryId", id);
  return id;
}
