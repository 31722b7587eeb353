import { headerOf, type OssCall } from "../call.ts";
import { ossError } from "../errors.ts";
import type { BucketRecord } from "../records.ts";
import type { RefererPolicy, WormPolicy } from "./records.ts";

const dayMs = 86_400_000;

const reading = new Set(["GetObject", "HeadObject", "GetObjectMeta"]);
const replacing = new Set([
  "PutObject",
  "CopyObject",
  "AppendObject",
  "CompleteMultipartUpload",
  "PostObject",
  "PutSymlink",
  "DeleteObject",
  "RestoreObject",
]);

/** Refuses what the bucket's referer list, its payment by the requester, or its retention policy forbid. */
export function checkProtections(call: OssCall): void {
  const bucket = call.world.oss.bucket(call.bucketName);
  const configuration = bucket?.configuration;
  if (!bucket || !configuration || call.key === "") return;
  if (configuration.referer && reading.has(call.operation)) checkReferer(call, configuration.referer);
  if (configuration.requesterPays) checkPayer(call, bucket);
  if (configuration.worm && replacing.has(call.operation)) checkRetention(call, call.key);
}

/** `FileImmutable` when the bucket's retention policy still protects an object of that key. */
export function checkRetention(call: OssCall, key: string): void {
  const { oss, clock } = call.world;
  const worm = currentWorm(oss.bucket(call.bucketName), clock.now());
  const object = worm && oss.object(call.bucketName, key);
  if (!worm || !object) return;
  const untilMs = (object.simulatedAtMs ?? object.modifiedAtMs) + worm.days * dayMs;
  if (clock.now() < untilMs) throw ossError("FileImmutable", { elements: { Key: key } });
}

/** The retention policy in force. One not completed within 24 hours of simulated time has lapsed. */
export function currentWorm(bucket: BucketRecord | undefined, nowMs: number): WormPolicy | undefined {
  const worm = bucket?.configuration?.worm;
  if (!worm || (worm.state === "InProgress" && nowMs >= worm.createdAtMs + dayMs)) return undefined;
  return worm;
}

/** Only requests that nobody signed in their headers are judged: those are what a page in a browser can send. */
function checkReferer(call: OssCall, policy: RefererPolicy): void {
  if (headerOf(call, "authorization") !== undefined || policy.allowed.length + policy.refused.length === 0) {
    return;
  }
  const referer = policy.truncatePath
    ? originOf(headerOf(call, "referer") ?? "")
    : withoutQuery(headerOf(call, "referer") ?? "", policy.allowTruncateQueryString);
  const isRefused = policy.refused.some((pattern) => refererFits(pattern, referer));
  const isAllowed =
    referer === ""
      ? policy.allowEmpty
      : policy.allowed.length === 0 || policy.allowed.some((pattern) => refererFits(pattern, referer));
  if (isRefused || !isAllowed) {
    throw ossError("AccessDenied", { message: "You are denied by bucket referer policy." });
  }
}

function withoutQuery(url: string, truncate: boolean): string {
  return truncate ? (url.split("?", 1)[0] ?? "") : url;
}

function originOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
}

/** Whether an address fits an entry of the list: `*` stands for any characters, `?` for one, and a path may follow. */
export function refererFits(pattern: string, referer: string): boolean {
  // Two positions and the last star: linear in practice and never worse than one length times the other.
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < referer.length) {
    const wanted = pattern[at];
    if (wanted === "*") {
      star = at++;
      resume = from;
    } else if (
      wanted !== undefined &&
      (wanted === "?" || wanted.toLowerCase() === referer[from]?.toLowerCase())
    ) {
      at++;
      from++;
    } else if (at === pattern.length && !pattern.endsWith("*") && /[/?#]/.test(referer[from] ?? "")) {
      return true;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

function checkPayer(call: OssCall, bucket: BucketRecord): void {
  if (call.caller?.accountId === bucket.ownerId) return;
  if (headerOf(call, "x-oss-request-payer")?.toLowerCase() === "requester" && call.caller) return;
  throw ossError("AccessDenied", {
    message: "Access denied for requester pay bucket: send x-oss-request-payer as a signed caller.",
  });
}
