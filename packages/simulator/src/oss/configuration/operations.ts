import type { OssHandler } from "../call.ts";
import * as cors from "../handlers/bucket-cors.ts";
import * as encryption from "../handlers/bucket-encryption.ts";
import * as inventory from "../handlers/bucket-inventory.ts";
import * as lifecycle from "../handlers/bucket-lifecycle.ts";
import * as logging from "../handlers/bucket-logging.ts";
import * as payment from "../handlers/bucket-payment.ts";
import * as referer from "../handlers/bucket-referer.ts";
import { getBucketStat } from "../handlers/bucket-stat.ts";
import * as tags from "../handlers/bucket-tags.ts";
import * as website from "../handlers/bucket-website.ts";
import * as worm from "../handlers/bucket-worm.ts";
import type { Operation } from "../operation.ts";

/** The operations on sub-resources of a bucket. */
export const configurationOperations: readonly Operation[] = [
  put("PutBucketLifecycle", "lifecycle", lifecycle.putBucketLifecycle),
  get("GetBucketLifecycle", "lifecycle", lifecycle.getBucketLifecycle),
  remove("DeleteBucketLifecycle", "lifecycle", lifecycle.deleteBucketLifecycle),
  put("PutBucketCors", "cors", cors.putBucketCors),
  get("GetBucketCors", "cors", cors.getBucketCors),
  remove("DeleteBucketCors", "cors", cors.deleteBucketCors),
  put("PutBucketWebsite", "website", website.putBucketWebsite),
  get("GetBucketWebsite", "website", website.getBucketWebsite),
  remove("DeleteBucketWebsite", "website", website.deleteBucketWebsite),
  put("PutBucketLogging", "logging", logging.putBucketLogging),
  get("GetBucketLogging", "logging", logging.getBucketLogging),
  remove("DeleteBucketLogging", "logging", logging.deleteBucketLogging),
  put("PutBucketReferer", "referer", referer.putBucketReferer),
  get("GetBucketReferer", "referer", referer.getBucketReferer),
  put("PutBucketTags", "tagging", tags.putBucketTags),
  get("GetBucketTags", "tagging", tags.getBucketTags),
  remove("DeleteBucketTags", "tagging", tags.deleteBucketTags),
  put("PutBucketEncryption", "encryption", encryption.putBucketEncryption),
  get("GetBucketEncryption", "encryption", encryption.getBucketEncryption),
  remove("DeleteBucketEncryption", "encryption", encryption.deleteBucketEncryption),
  put("PutBucketRequestPayment", "requestPayment", payment.putBucketRequestPayment),
  get("GetBucketRequestPayment", "requestPayment", payment.getBucketRequestPayment),
  put("PutBucketTransferAcceleration", "transferAcceleration", payment.putBucketTransferAcceleration),
  get("GetBucketTransferAcceleration", "transferAcceleration", payment.getBucketTransferAcceleration),
  post("InitiateBucketWorm", ["worm"], worm.initiateBucketWorm),
  post("ExtendBucketWorm", ["wormExtend", "wormId"], worm.extendBucketWorm),
  post("CompleteBucketWorm", ["wormId"], worm.completeBucketWorm),
  get("GetBucketWorm", "worm", worm.getBucketWorm),
  remove("AbortBucketWorm", "worm", worm.abortBucketWorm),
  {
    ...put("PutBucketInventory", "inventory", inventory.putBucketInventory),
    when: ["inventory", "inventoryId"],
  },
  {
    ...get("GetBucketInventory", "inventory", inventory.getBucketInventory),
    when: ["inventory", "inventoryId"],
  },
  get("ListBucketInventory", "inventory", inventory.listBucketInventory),
  {
    ...remove("DeleteBucketInventory", "inventory", inventory.deleteBucketInventory),
    when: ["inventory", "inventoryId"],
  },
  get("GetBucketStat", "stat", getBucketStat),
];

function put(name: string, resource: string, handler: OssHandler): Operation {
  return { name, level: "bucket", method: "PUT", when: [resource], handler };
}

function get(name: string, resource: string, handler: OssHandler): Operation {
  return { name, level: "bucket", method: "GET", when: [resource], handler };
}

function remove(name: string, resource: string, handler: OssHandler): Operation {
  return { name, level: "bucket", method: "DELETE", when: [resource], handler };
}

function post(name: string, when: readonly string[], handler: OssHandler): Operation {
  return { name, level: "bucket", method: "POST", when, handler };
}
