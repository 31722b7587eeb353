import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { FaultEffect } from "../faults.ts";
import { type Answer, type AnswerSpoiling, sendAnswer } from "../http/answer.ts";
import { BodyTooLargeError, ConnectionLostError, drainBody } from "../http/body.ts";
import { htmlAnswer, spoilingOf } from "../http/spoil.ts";
import { isMainland } from "../regions.ts";
import { type LoggedRequest, shownParameters } from "../request-log.ts";
import { isStoreFull } from "../state/blob-store.ts";
import type { World } from "../world.ts";
import { authorizeOss } from "./access/authorize.ts";
import { authenticate } from "./auth/authenticate.ts";
import type { OssCall } from "./call.ts";
import { answerPreflight, crossOriginHeaders } from "./configuration/cross-origin.ts";
import { checkProtections } from "./configuration/protections.ts";
import { OssError, ossError } from "./errors.ts";
import { resolveOperation } from "./operations.ts";
import { type OssRequest, parameter, parseOssRequest, type Reading } from "./request.ts";
import { writeXml } from "./xml.ts";

/**
 * Answers one OSS request: parse, let a fault strike, authenticate, dispatch, handle, serialise.
 *
 * Whatever is thrown on the way is answered as OSS would, with the body drained first, so that a client still sending
 * gets to read it.
 */
export async function serveOss(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedMs = performance.now();
  const requestId = randomBytes(12).toString("hex").toUpperCase();
  const at = new Date(world.clock.serviceNow()).toISOString();
  const entry = world.requests.begin(incoming, { at, service: "oss", requestId });
  let effect: FaultEffect | undefined;
  let answer: Answer;
  let spoiling: AnswerSpoiling = {};
  try {
    const request = parseOssRequest(incoming, world.options.ownNames, world.options.regionIds);
    effect = strike(world, request, entry);
    const outcome = await work(world, incoming, request, effect, entry, requestId);
    answer = spoilAnswer(outcome, effect);
    spoiling = spoilingOf(effect);
    if (effect?.kind === "loseAnswer") throw new ConnectionLostError("the answer was lost by a fault");
  } catch (error) {
    if (error instanceof ConnectionLostError) {
      incoming.socket.resetAndDestroy();
      entry.durationMs = Math.round(performance.now() - startedMs);
      return;
    }
    if (error instanceof EarlyAnswer) spoiling = { close: true };
    else await drainBody(incoming);
    const refusal = error instanceof EarlyAnswer ? error.refusal : asOssError(error);
    entry.code = refusal.code;
    answer = errorAnswer(refusal, incoming, requestId);
  }
  // A handler that needs no body leaves it unread; keep-alive needs it gone.
  if (!spoiling.close) await drainBody(incoming);
  entry.status = answer.status;
  entry.answerBytes = await sendAnswer(
    response,
    answer,
    {
      Server: "AliyunOSS",
      Date: new Date(world.clock.serviceNow()).toUTCString(),
      "x-oss-request-id": requestId,
      "x-oss-server-time": String(Math.round(performance.now() - startedMs)),
      ...crossOriginHeaders(world, entry.bucket, incoming.method, incoming.headers),
    },
    spoiling,
  );
  entry.durationMs = Math.round(performance.now() - startedMs);
}

/** Thrown to answer before the body has been read: the client finds the connection closed while it sends. */
class EarlyAnswer extends Error {
  readonly refusal: OssError;

  constructor(refusal: OssError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Finds out what is asked, before the signature confirms it, and lets a fault strike. */
function strike(world: World, request: OssRequest, entry: LoggedRequest): FaultEffect | undefined {
  const reading = request.readings[0];
  if (!reading) return undefined;
  note(entry, request, reading);
  try {
    entry.operation = request.method === "OPTIONS" ? "OptionObject" : resolveOperation(request, reading).name;
  } catch {
    return undefined;
  }
  const partNumber = Number(parameter(request, "partNumber") ?? Number.NaN);
  const effect = world.faults.strike({
    service: "oss",
    operation: entry.operation,
    bucket: reading.bucket,
    key: reading.key,
    partNumber: Number.isNaN(partNumber) ? null : partNumber,
  });
  entry.fault = effect?.kind ?? null;
  return effect;
}

async function work(
  world: World,
  incoming: IncomingMessage,
  request: OssRequest,
  effect: FaultEffect | undefined,
  entry: LoggedRequest,
  requestId: string,
): Promise<Answer> {
  const early = await applyBefore(world, incoming, request, effect);
  if (early) return early;
  if (request.method === "OPTIONS") return answerPreflight(world, request);
  await world.lifecycle.settle();
  const { switches } = world.options;
  const authenticated = authenticate(request, {
    accounts: world.accounts,
    nowMs: world.clock.serviceNow() + (effect?.kind === "clockSkew" ? effect.ms : 0),
    acceptV1: switches.acceptV1 && !switches.newAccount,
    tokenExpired: effect?.kind === "expireToken",
  });
  const { reading, caller, signedRegion } = authenticated;
  note(entry, request, reading);
  entry.signature = authenticated.signature;
  entry.accountId = caller?.accountId ?? null;
  checkEndpoint(world, request, reading, signedRegion);
  const operation = resolveOperation(request, reading);
  entry.operation = operation.name;
  const bucketName = reading.bucket ?? "";
  const key = reading.key ?? "";
  checkPublicEndpoint(world, request, operation.name, reading);
  const { remoteAddress } = incoming.socket;
  const asked = { request, operation: operation.name, caller, bucketName, key, remoteAddress };
  const call: OssCall = {
    world,
    incoming,
    request,
    operation: operation.name,
    requestId,
    caller,
    access: authorizeOss(world, asked),
    bucketName,
    key,
    endpointRegion: request.hostRegion ?? signedRegion,
    effect,
    onReceived: (bytes) => {
      entry.requestBytes += bytes;
    },
  };
  checkProtections(call);
  return operation.handler(call);
}

/** The faults that act before the work, or instead of it. */
async function applyBefore(
  world: World,
  incoming: IncomingMessage,
  request: OssRequest,
  effect: FaultEffect | undefined,
): Promise<Answer | undefined> {
  switch (effect?.kind) {
    case "delay":
      await wait(effect.ms);
      return undefined;
    case "answer": {
      const delay = effect.retryAfterMs;
      const headers: Record<string, string> =
        delay === undefined ? {} : { "x-oss-qos-delay-time": String(delay) };
      const { status, code, message } = effect;
      throw new OssError(code, { status, headers, ...(message === undefined ? {} : { message }) });
    }
    case "html":
      await drainBody(incoming);
      return htmlAnswer(effect.status);
    case "empty":
      await drainBody(incoming);
      return { status: effect.status };
    case "answerEarly":
      throw new EarlyAnswer(new OssError(effect.code, { status: effect.status }));
    case "errorIn200": {
      await drainBody(incoming);
      const message = effect.message ?? "The work failed after the answer had begun.";
      const body = writeXml("Error", { Code: effect.code, Message: message });
      return { status: 200, headers: { "Content-Type": "application/xml" }, body };
    }
    case "expireUpload":
      await world.oss.removeUpload(parameter(request, "uploadId") ?? "");
      return undefined;
    default:
      return undefined;
  }
}

/** Refuses what the cloud refuses about host names: path style there, and a scope of another region. */
function checkEndpoint(
  world: World,
  request: OssRequest,
  reading: Reading,
  signedRegion: string | null,
): void {
  const { switches } = world.options;
  if (request.isPathStyleOnCloudName && !switches.pathStyleOnCloudNames && reading.bucket !== null) {
    throw ossError("SecondLevelDomainForbidden", { elements: { HostId: request.host } });
  }
  if (signedRegion !== null && !world.options.regionIds.has(signedRegion)) {
    throw ossError("InvalidArgument", {
      message: `Invalid signing region in Authorization header: ${signedRegion}.`,
    });
  }
  const isElsewhere =
    signedRegion !== null && request.hostRegion !== null && signedRegion !== request.hostRegion;
  if (switches.checkRegion && isElsewhere) {
    throw ossError("InvalidArgument", {
      message: `Invalid signing region in Authorization header: ${signedRegion} is not ${request.hostRegion}.`,
    });
  }
}

/** Operations on a bucket that deal with its objects. */
const dataOperations = new Set(
  "ListObjects ListObjectsV2 ListObjectVersions ListMultipartUploads DeleteMultipleObjects PostObject".split(
    " ",
  ),
);

/**
 * New accounts reach the data of mainland buckets under names of their own or from inside only; what manages buckets
 * passes. Source: vendor notice of 2025-03.
 */
function checkPublicEndpoint(world: World, request: OssRequest, operation: string, reading: Reading): void {
  const { switches } = world.options;
  if (!switches.newAccount || !request.isPublicCloudName || reading.bucket === null) return;
  const bucket = world.oss.bucket(reading.bucket);
  if (!bucket || !isMainland(bucket.region)) return;
  if (reading.key === null && !dataOperations.has(operation)) return;
  throw ossError("PublicEndpointForbidden", { elements: { BucketName: bucket.name } });
}

/** Changes what a fault changes about a finished answer. */
function spoilAnswer(answer: Answer, effect: FaultEffect | undefined): Answer {
  if (effect?.kind !== "dropCrc" && effect?.kind !== "changeEtag") return answer;
  const headers: Record<string, string> = { ...answer.headers };
  const crc = headers["x-oss-hash-crc64ecma"];
  delete headers["x-oss-hash-crc64ecma"];
  if (effect.kind === "changeEtag") {
    if (headers.ETag !== undefined) headers.ETag = `"${randomBytes(16).toString("hex").toUpperCase()}"`;
    if (crc !== undefined) headers["x-oss-hash-crc64ecma"] = String(BigInt(crc) ^ 1n);
  }
  return { ...answer, headers };
}

function asOssError(error: unknown): OssError {
  if (error instanceof OssError) return error;
  if (error instanceof BodyTooLargeError) return ossError("EntityTooLarge", { message: error.message });
  if (isStoreFull(error))
    return ossError("InternalError", { message: "The disk under the simulator is full." });
  const message = error instanceof Error ? error.message : String(error);
  return ossError("InternalError", { message: `The simulator failed: ${message}` });
}

function errorAnswer(error: OssError, incoming: IncomingMessage, requestId: string): Answer {
  const body = writeXml("Error", {
    Code: error.code,
    Message: error.message,
    RequestId: requestId,
    HostId: incoming.headers.host ?? "",
    ...error.elements,
    EC: error.ec,
  });
  const headers: Record<string, string> = {
    "Content-Type": "application/xml",
    "x-oss-ec": error.ec,
    ...error.headers,
  };
  if (incoming.method !== "HEAD") return { status: error.status, headers, body };
  // HEAD has no body: the error goes into a header, except for the one a bare 404 already means.
  if (error.code !== "NoSuchKey") headers["x-oss-err"] = Buffer.from(body).toString("base64");
  return { status: error.status, headers };
}

function note(entry: LoggedRequest, request: OssRequest, reading: Reading): void {
  entry.bucket = reading.bucket;
  entry.key = reading.key;
  entry.parameters = shownParameters(request.query);
}
