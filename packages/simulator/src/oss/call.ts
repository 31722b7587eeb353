import type { IncomingMessage } from "node:http";
import type { Caller } from "../accounts.ts";
import type { FaultEffect } from "../faults.ts";
import type { Answer } from "../http/answer.ts";
import type { World } from "../world.ts";
import type { Access } from "./access/authorize.ts";
import { type OssErrorOptions, ossError } from "./errors.ts";
import { findVersion, requireVersion } from "./find-version.ts";
import { type BucketRecord, isObject, type ObjectRecord } from "./records.ts";
import { type OssRequest, parameter } from "./request.ts";
import { writeXml, type XmlChildren } from "./xml.ts";

/** An authenticated request on its way to a handler. */
export interface OssCall {
  readonly world: World;
  readonly incoming: IncomingMessage;
  readonly request: OssRequest;
  readonly operation: string;
  readonly requestId: string;
  readonly caller: Caller | null;
  /** What policies gave the caller. */
  readonly access: Access;
  readonly bucketName: string;
  readonly key: string;
  /** Region the caller addressed: of the host name, else of the V4 scope; `null` when neither says. */
  readonly endpointRegion: string | null;
  readonly effect: FaultEffect | undefined;
  /** Called with the number of body bytes received. */
  readonly onReceived: (bytes: number) => void;
}

/** A handler of one operation. */
export type OssHandler = (call: OssCall) => Promise<Answer>;

/** What a call needs of a bucket. */
export type BucketAccess = "read" | "write" | "own";

/** A parameter of the query; `undefined` when absent. */
export function queryOf(call: OssCall, name: string): string | undefined {
  return parameter(call.request, name);
}

/** A header of the request. */
export function headerOf(call: OssCall, name: string): string | undefined {
  return call.request.headers[name];
}

/**
 * Finds the bucket of a call and checks that the caller may use it here; throws what OSS answers otherwise. Policies
 * have been asked before; `access` is what the bucket's ACL must allow where they said nothing.
 */
export function requireBucket(call: OssCall, access: BucketAccess): BucketRecord {
  const bucket = findBucket(call, call.bucketName);
  if (!call.access.isGranted && !isPublicFor(bucket.acl, access)) throw accessDenied(bucket.name);
  return bucket;
}

/** Finds a bucket and checks that it may be addressed here; who may use it is decided elsewhere. */
export function findBucket(call: OssCall, name: string): BucketRecord {
  const bucket = call.world.oss.bucket(name);
  if (!bucket) throw ossError("NoSuchBucket", { elements: { BucketName: name } });
  const { switches } = call.world.options;
  const tellsRegion = call.operation === "GetBucketLocation" || call.operation === "GetBucketInfo";
  if (switches.checkRegion && !tellsRegion && (call.endpointRegion ?? bucket.region) !== bucket.region) {
    throw ossError("AccessDenied", {
      message: "The bucket must be addressed through the endpoint of its region.",
      elements: { BucketName: name, Endpoint: `oss-${bucket.region}.aliyuncs.com` },
    });
  }
  return bucket;
}

/**
 * Finds the object of a call, or the version of it that `versionId` names, for reading: where policies said nothing, its
 * own ACL counts before its bucket's.
 */
export function requireObject(call: OssCall): ObjectRecord {
  const bucket = findBucket(call, call.bucketName);
  const wanted = {
    bucket: bucket.name,
    key: call.key,
    versionId: queryOf(call, "versionId"),
    method: call.request.method,
  };
  const version = findVersion(call.world.oss, wanted);
  const acl = !isObject(version) || version.acl === "default" ? bucket.acl : version.acl;
  if (!call.access.isGranted && !isPublicFor(acl, "read")) throw accessDenied(bucket.name);
  return requireVersion(call.world.oss, wanted);
}

/** Refuses object names OSS does not allow: 1 to 1,023 bytes of UTF-8, not beginning with a slash. */
export function requireKeyAllowed(call: OssCall): void {
  if (Buffer.byteLength(call.key) > 1023 || /^[/\\]/.test(call.key)) {
    throw ossError("InvalidObjectName", { elements: { ObjectName: call.key } });
  }
}

/** An answer with an XML body. */
export function xmlAnswer(root: string, children: XmlChildren, headers: Record<string, string> = {}): Answer {
  return {
    status: 200,
    headers: { "Content-Type": "application/xml", ...headers },
    body: writeXml(root, children),
  };
}

/** The owner of a bucket as lists show it. */
export function ownerElement(call: OssCall, ownerId: string): XmlChildren {
  const account = call.world.accounts.account(ownerId);
  return { ID: ownerId, DisplayName: account?.displayName ?? ownerId };
}

/** Reads a whole number from the query; `InvalidArgument` outside its range. */
export function integerOf(
  call: OssCall,
  name: string,
  range: { min: number; max: number },
  absent: number,
): number {
  const text = queryOf(call, name);
  if (text === undefined || text === "") return absent;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < range.min || value > range.max) {
    throw invalidArgument(name, text);
  }
  return value;
}

/** `InvalidArgument` naming the argument. */
export function invalidArgument(name: string, value: string, options: OssErrorOptions = {}): Error {
  return ossError("InvalidArgument", {
    ...options,
    message: options.message ?? `The value of ${name} is not valid.`,
    elements: { ArgumentName: name, ArgumentValue: value },
  });
}

function isPublicFor(acl: string, access: BucketAccess): boolean {
  if (access === "own") return false;
  return acl === "public-read-write" || (access === "read" && acl === "public-read");
}

function accessDenied(bucket: string): Error {
  return ossError("AccessDenied", {
    message: "You have no right to access this object because of bucket acl.",
    elements: { BucketName: bucket },
  });
}
