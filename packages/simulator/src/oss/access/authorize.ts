import type { ConditionContext } from "../../access/conditions.ts";
import { deniedDetail } from "../../access/denial.ts";
import { conditionContext, type Judgement, judgeCaller } from "../../access/identity.ts";
import type { Act } from "../../access/judge.ts";
import { ossAct } from "../../access/oss-act.ts";
import type { Caller } from "../../accounts.ts";
import type { World } from "../../world.ts";
import { readCopySource } from "../copy-address.ts";
import { OssError } from "../errors.ts";
import { findVersion } from "../find-version.ts";
import { type BucketRecord, isObject } from "../records.ts";
import { type OssRequest, parameter } from "../request.ts";
import { actionsOf } from "./actions.ts";
import { decide } from "./decide.ts";

/** A request whose sender and operation are known, before it is handled. */
export interface RequestToAuthorize {
  readonly request: OssRequest;
  readonly operation: string;
  readonly caller: Caller | null;
  readonly bucketName: string;
  readonly key: string;
  readonly remoteAddress: string | undefined;
}

/** What policies gave a request; where they are silent, ACLs decide. */
export interface Access {
  readonly isGranted: boolean;
  /** Checks the operation on an object, or a version of one, that only the body names; throws `AccessDenied`. */
  readonly requireKey: (key: string, versionId?: string) => void;
  /** Decides anew for a sender and object that only a form named; throws `AccessDenied`. */
  readonly of: (caller: Caller | null, key: string) => Access;
}

/** Operations that find out by themselves who asks for what: from a form, or of a list in the body. */
const judgedLater = new Set(["PostObject", "DeleteMultipleObjects"]);

/**
 * Decides a request by the policies of its sender and of its bucket. Throws `AccessDenied` when they deny it, or when
 * they are silent and no ACL could allow it. A bucket that is not there is left to the handler.
 */
export function authorizeOss(world: World, asked: RequestToAuthorize): Access {
  const bucket = world.oss.bucket(asked.bucketName);
  const context = contextOf(world, asked);
  const names = namesOf(asked);
  const answer = (isGranted: boolean): Access => ({
    isGranted,
    requireKey: (key, versionId) => {
      const found = world.oss.bucket(asked.bucketName);
      if (!found) return;
      const needed = versionId === undefined ? names : namesOf(asked, true);
      if (judgeAll(world, asked, found, key, needed, context, versionId)) return;
      if (found.acl !== "public-read-write") throw aclDenial(asked);
    },
    // The form's own operation has a name no policy knows: it puts an object.
    of: (caller, key) => authorizeOss(world, { ...asked, operation: "PutObject", caller, key }),
  });
  if (asked.bucketName === "" || asked.operation === "PutBucket" || (!bucket && makesBucket(asked))) {
    requireOwn(world, asked, context);
    return answer(true);
  }
  // Deleting many is judged key by key; who fills in a form is known only to its handler.
  if (!bucket || judgedLater.has(asked.operation)) {
    return answer(asked.operation === "DeleteMultipleObjects");
  }
  const versionId = parameter(asked.request, "versionId");
  const isGranted = judgeAll(world, asked, bucket, asked.key, names, context, versionId);
  if (!isGranted && !isAnythingPublic(world, bucket, asked.key, versionId)) throw aclDenial(asked);
  requireSource(world, asked, context);
  return answer(isGranted);
}

/** Judges every action; tells whether all are allowed, throws when one is denied. */
function judgeAll(
  world: World,
  asked: RequestToAuthorize,
  bucket: BucketRecord,
  key: string,
  names: readonly string[],
  context: ConditionContext,
  versionId: string | undefined,
): boolean {
  let isGranted = true;
  for (const action of names) {
    const act = ossAct(action, bucket, key === "" ? undefined : key);
    const judgement = decide(world, asked.caller, bucket, act, context);
    if (judgement.verdict === "allow") continue;
    refuseDenied(asked, act, judgement, isAnythingPublic(world, bucket, key, versionId));
    isGranted = false;
  }
  return isGranted;
}

/** A copy also reads its source. */
function requireSource(world: World, asked: RequestToAuthorize, context: ConditionContext): void {
  if (asked.operation !== "CopyObject" && asked.operation !== "UploadPartCopy") return;
  const source = readCopySource(asked.request.headers["x-oss-copy-source"] ?? "");
  const bucket = source && world.oss.bucket(source.bucket);
  if (!source || !bucket) return;
  const names = actionsOf("GetObject", { hasVersion: source.versionId !== undefined, hasTags: false });
  if (judgeAll(world, asked, bucket, source.key, names, context, source.versionId)) return;
  if (!isReadable(world, bucket, source.key, source.versionId)) throw aclDenial(asked, bucket.name);
}

/** What concerns the account as a whole, or a bucket that is yet to be: the account's own policies decide alone. */
function requireOwn(world: World, asked: RequestToAuthorize, context: ConditionContext): void {
  const { caller, bucketName } = asked;
  if (!caller) throw aclDenial(asked);
  const place = { name: bucketName === "" ? "*" : bucketName, ownerId: caller.accountId, region: "*" };
  const action = asked.operation === "ListBuckets" ? "oss:ListBuckets" : "oss:PutBucket";
  const act = ossAct(bucketName === "" ? `oss:${asked.operation}` : action, place);
  const judgement = judgeCaller(world, caller, act, context);
  if (judgement.verdict !== "allow") refuseDenied(asked, act, judgement, false);
}

function makesBucket({ operation, key }: RequestToAuthorize): boolean {
  return operation === "PutBucketAcl" && key === "";
}

/** Refuses what a policy denies; what it is silent about only when no ACL could allow it. */
function refuseDenied(asked: RequestToAuthorize, act: Act, judgement: Judgement, mayBePublic: boolean): void {
  const isExplicit = judgement.verdict === "explicit-deny";
  const isNarrowed = judgement.policyType === "SessionPolicy";
  if (!isExplicit && !isNarrowed && mayBePublic) return;
  const { caller } = asked;
  if (!isExplicit && (!caller || judgement.policyType === "ResourceBasedPolicy")) throw aclDenial(asked);
  const isBatch = asked.operation === "DeleteMultipleObjects";
  const note =
    judgement.unknown.length > 0 ? ` Conditions not understood: ${judgement.unknown.join(", ")}.` : "";
  const message = isNarrowed
    ? "Access denied by authorizer's policy."
    : isExplicit
      ? "Access denied by bucket policy."
      : "You have no right to access this object.";
  throw new OssError("AccessDenied", {
    message: message + note,
    ec: isExplicit ? (isBatch ? "0003-00000204" : "0003-00000201") : "0003-00000202",
    elements: {
      ...(asked.bucketName === "" ? {} : { BucketName: asked.bucketName }),
      ...(caller ? { AccessDeniedDetail: deniedDetail(caller, act, judgement) } : {}),
    },
  });
}

function aclDenial({ bucketName }: RequestToAuthorize, name = bucketName): OssError {
  return new OssError("AccessDenied", {
    message: "You have no right to access this object because of bucket acl.",
    elements: name === "" ? {} : { BucketName: name },
  });
}

function isAnythingPublic(world: World, bucket: BucketRecord, key: string, versionId?: string): boolean {
  if (bucket.acl !== "private") return true;
  return key !== "" && isReadable(world, bucket, key, versionId);
}

/** Whether an object, or the version meant, can be read by everybody: its own ACL counts before its bucket's. */
function isReadable(world: World, bucket: BucketRecord, key: string, versionId: string | undefined): boolean {
  const found = findVersion(world.oss, { bucket: bucket.name, key, versionId, method: "GET" });
  const acl = isObject(found) ? found.acl : "default";
  return (acl === "default" ? bucket.acl : acl) !== "private";
}

function namesOf(
  { operation, request }: RequestToAuthorize,
  hasVersion = parameter(request, "versionId") !== undefined,
): readonly string[] {
  return actionsOf(operation, {
    hasVersion,
    hasTags: request.headers["x-oss-tagging"] !== undefined,
  });
}

function contextOf(world: World, asked: RequestToAuthorize): ConditionContext {
  const { request, operation } = asked;
  const more: [string, string][] = [];
  if (operation.startsWith("List")) {
    for (const name of ["prefix", "delimiter"]) more.push([`oss:${name}`, parameter(request, name) ?? ""]);
  }
  for (const name of ["x-oss-acl", "x-oss-object-acl"]) {
    const value = request.headers[name];
    if (value !== undefined) more.push([`oss:${name}`, value]);
  }
  return conditionContext(world, asked.remoteAddress, asked.caller, more);
}
