import type { OssHandler } from "./call.ts";
import { configurationOperations } from "./configuration/operations.ts";
import { ossError } from "./errors.ts";
import { appendObject } from "./handlers/append.ts";
import * as policy from "./handlers/bucket-policy.ts";
import * as buckets from "./handlers/buckets.ts";
import { deleteMultipleObjects } from "./handlers/delete-many.ts";
import { listObjectVersions } from "./handlers/list-versions.ts";
import * as lists from "./handlers/lists.ts";
import * as live from "./handlers/live-channels.ts";
import * as multipart from "./handlers/multipart.ts";
import * as acl from "./handlers/object-acl.ts";
import * as tags from "./handlers/object-tags.ts";
import * as objects from "./handlers/objects.ts";
import { postObject } from "./handlers/post-object.ts";
import * as reading from "./handlers/reading.ts";
import { restoreObject } from "./handlers/restore.ts";
import * as symlinks from "./handlers/symlinks.ts";
import * as versioning from "./handlers/versioning.ts";
import type { Level, Operation } from "./operation.ts";
import { type OssRequest, parameter, type Reading } from "./request.ts";

/** Every operation the simulator imitates. The first line that fits a request is the one meant. */
export const ossOperations: readonly Operation[] = [
  { name: "ListBuckets", level: "service", method: "GET", handler: buckets.listBuckets },

  {
    name: "GetBucketInfo",
    level: "bucket",
    method: "GET",
    when: ["bucketInfo"],
    handler: buckets.getBucketInfo,
  },
  {
    name: "GetBucketLocation",
    level: "bucket",
    method: "GET",
    when: ["location"],
    handler: buckets.getBucketLocation,
  },
  { name: "GetBucketAcl", level: "bucket", method: "GET", when: ["acl"], handler: buckets.getBucketAcl },
  { name: "PutBucketAcl", level: "bucket", method: "PUT", when: ["acl"], handler: buckets.putBucketAcl },
  ...configurationOperations,
  {
    name: "PutBucketPolicy",
    level: "bucket",
    method: "PUT",
    when: ["policy"],
    handler: policy.putBucketPolicy,
  },
  {
    name: "GetBucketPolicy",
    level: "bucket",
    method: "GET",
    when: ["policy"],
    handler: policy.getBucketPolicy,
  },
  {
    name: "DeleteBucketPolicy",
    level: "bucket",
    method: "DELETE",
    when: ["policy"],
    handler: policy.deleteBucketPolicy,
  },
  {
    name: "GetBucketPolicyStatus",
    level: "bucket",
    method: "GET",
    when: ["policyStatus"],
    handler: policy.getBucketPolicyStatus,
  },
  {
    name: "GetBucketVersioning",
    level: "bucket",
    method: "GET",
    when: ["versioning"],
    handler: versioning.getBucketVersioning,
  },
  {
    name: "PutBucketVersioning",
    level: "bucket",
    method: "PUT",
    when: ["versioning"],
    handler: versioning.putBucketVersioning,
  },
  {
    name: "ListObjectVersions",
    level: "bucket",
    method: "GET",
    when: ["versions"],
    handler: listObjectVersions,
  },
  {
    name: "ListMultipartUploads",
    level: "bucket",
    method: "GET",
    when: ["uploads"],
    handler: multipart.listMultipartUploads,
  },
  {
    name: "DeleteMultipleObjects",
    level: "bucket",
    method: "POST",
    when: ["delete"],
    handler: deleteMultipleObjects,
  },
  {
    name: "ListLiveChannel",
    level: "bucket",
    method: "GET",
    when: ["live"],
    handler: live.listLiveChannels,
  },
  {
    name: "ListObjectsV2",
    level: "bucket",
    method: "GET",
    when: ["list-type"],
    handler: lists.listObjectsV2,
  },
  { name: "ListObjects", level: "bucket", method: "GET", handler: lists.listObjects },
  { name: "PostObject", level: "bucket", method: "POST", header: "content-type", handler: postObject },
  { name: "PutBucket", level: "bucket", method: "PUT", handler: buckets.putBucket },
  { name: "DeleteBucket", level: "bucket", method: "DELETE", handler: buckets.deleteBucket },

  {
    name: "InitiateMultipartUpload",
    level: "object",
    method: "POST",
    when: ["uploads"],
    handler: multipart.initiateMultipartUpload,
  },
  {
    name: "UploadPartCopy",
    level: "object",
    method: "PUT",
    when: ["partNumber", "uploadId"],
    header: "x-oss-copy-source",
    handler: multipart.uploadPartCopy,
  },
  {
    name: "UploadPart",
    level: "object",
    method: "PUT",
    when: ["partNumber", "uploadId"],
    handler: multipart.uploadPart,
  },
  { name: "ListParts", level: "object", method: "GET", when: ["uploadId"], handler: multipart.listParts },
  {
    name: "CompleteMultipartUpload",
    level: "object",
    method: "POST",
    when: ["uploadId"],
    handler: multipart.completeMultipartUpload,
  },
  {
    name: "AbortMultipartUpload",
    level: "object",
    method: "DELETE",
    when: ["uploadId"],
    handler: multipart.abortMultipartUpload,
  },
  { name: "GetObjectAcl", level: "object", method: "GET", when: ["acl"], handler: acl.getObjectAcl },
  { name: "PutObjectAcl", level: "object", method: "PUT", when: ["acl"], handler: acl.putObjectAcl },
  {
    name: "GetObjectTagging",
    level: "object",
    method: "GET",
    when: ["tagging"],
    handler: tags.getObjectTagging,
  },
  {
    name: "PutObjectTagging",
    level: "object",
    method: "PUT",
    when: ["tagging"],
    handler: tags.putObjectTagging,
  },
  {
    name: "DeleteObjectTagging",
    level: "object",
    method: "DELETE",
    when: ["tagging"],
    handler: tags.deleteObjectTagging,
  },
  { name: "GetSymlink", level: "object", method: "GET", when: ["symlink"], handler: symlinks.getSymlink },
  { name: "PutSymlink", level: "object", method: "PUT", when: ["symlink"], handler: symlinks.putSymlink },
  {
    name: "AppendObject",
    level: "object",
    method: "POST",
    when: ["append"],
    handler: appendObject,
  },
  {
    name: "RestoreObject",
    level: "object",
    method: "POST",
    when: ["restore"],
    handler: restoreObject,
  },
  {
    name: "GetObjectMeta",
    level: "object",
    method: "HEAD",
    when: ["objectMeta"],
    handler: reading.getObjectMeta,
  },
  {
    name: "PutLiveChannelStatus",
    level: "object",
    method: "PUT",
    when: ["live", "status"],
    handler: live.putLiveChannelStatus,
  },
  { name: "PutLiveChannel", level: "object", method: "PUT", when: ["live"], handler: live.putLiveChannel },
  { name: "GetLiveChannel", level: "object", method: "GET", when: ["live"], handler: live.getLiveChannel },
  {
    name: "DeleteLiveChannel",
    level: "object",
    method: "DELETE",
    when: ["live"],
    handler: live.deleteLiveChannel,
  },
  {
    name: "CopyObject",
    level: "object",
    method: "PUT",
    header: "x-oss-copy-source",
    handler: objects.copyObject,
  },
  { name: "PutObject", level: "object", method: "PUT", handler: objects.putObject },
  { name: "GetObject", level: "object", method: "GET", handler: reading.getObject },
  { name: "HeadObject", level: "object", method: "HEAD", handler: reading.headObject },
  { name: "DeleteObject", level: "object", method: "DELETE", handler: objects.deleteObject },
];

/** Sub-resources of OSS the simulator does not imitate: refused by name rather than mistaken for something else. */
export const unsupportedOss: Readonly<Record<Level, readonly string[]>> = {
  service: ["regions", "tag", "bucketgroup", "userQosInfo", "publicAccessBlock", "regionList"],
  bucket: (
    "accessmonitor archiveDirectRead cname comp httpsConfig metaQuery object-link " +
    "publicAccessBlock qosInfo replication replicationLocation replicationProgress requesterQosInfo resourceGroup " +
    "responseHeader status style styleName vod"
  ).split(" "),
  object: (
    "asyncFetch delete img objectInfo playlist select/meta seal torrent vod wormId x-oss-async-process " +
    "x-oss-ac-source-ip"
  ).split(" "),
};

/** The operation a request means, in one reading of it. */
export interface ResolvedOperation {
  readonly name: string;
  readonly handler: OssHandler;
}

/** Finds the operation; `NotImplemented` or `MethodNotAllowed` when there is none, naming what was asked. */
export function resolveOperation(request: OssRequest, reading: Reading): ResolvedOperation {
  const level: Level = reading.bucket === null ? "service" : reading.key === null ? "bucket" : "object";
  const refused = unsupportedOss[level].find((name) => parameter(request, name) !== undefined);
  if (refused !== undefined) {
    throw ossError("NotImplemented", {
      message: `The simulator does not imitate ${request.method} with ?${refused} on a ${level}.`,
      elements: { Resource: refused },
    });
  }
  const found = ossOperations.find(
    (operation) =>
      operation.level === level &&
      operation.method === request.method &&
      (operation.when ?? []).every((name) => parameter(request, name) !== undefined) &&
      (operation.header === undefined || request.headers[operation.header] !== undefined),
  );
  if (found) return found;
  throw ossError("MethodNotAllowed", {
    message: `The simulator does not imitate ${request.method} on a ${level}.`,
    elements: { Method: request.method, ResourceType: level },
  });
}
