import type { IncomingMessage } from "node:http";
import { flatHeaders, hostName, isIpAddress, parseRequestTarget } from "../http/url.ts";
import { ossError } from "./errors.ts";

/** One way to read which bucket and object a request means. */
export interface Reading {
  readonly bucket: string | null;
  readonly key: string | null;
  readonly style: "service" | "host" | "path";
}

/** A request to OSS, taken apart but not yet understood. */
export interface OssRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /**
   * The possible readings, likeliest first. There are two when the host's label and the first path segment are equal, and
   * under a foreign name, whose first label may be a bucket or part of an endpoint; the signature, which covers the bucket
   * and key, decides between them.
   */
  readonly readings: readonly Reading[];
  /** Region the host name stands for; `null` when it does not say. */
  readonly hostRegion: string | null;
  /** Whether the host is one of the cloud's own public names. */
  readonly isPublicCloudName: boolean;
  /** Whether a bucket stands in the path although the host is a cloud name, which OSS itself refuses. */
  readonly isPathStyleOnCloudName: boolean;
}

/** What the host name says. */
interface HostReading {
  /** A name neither the simulator nor the cloud goes by: of a bucket, or an endpoint that leads here. */
  readonly isForeign: boolean;
  readonly kind: "own" | "service" | "bucket";
  readonly bucket: string | null;
  readonly region: string | null;
  readonly isPublicCloudName: boolean;
}

/** Takes a request apart. `InvalidURI` when its path or query cannot be decoded. */
export function parseOssRequest(
  request: IncomingMessage,
  ownNames: ReadonlySet<string>,
  regionIds: ReadonlySet<string>,
): OssRequest {
  const target = parseRequestTarget(request.url ?? "/");
  if (!target) throw ossError("InvalidURI");
  const headers = flatHeaders(request.headers);
  const host = hostName(headers.host ?? "localhost");
  const meaning = readHost(host, ownNames, regionIds);
  return {
    method: request.method ?? "GET",
    headers,
    host,
    ...target,
    readings: readingsOf(meaning, target.path),
    hostRegion: meaning.region,
    isPublicCloudName: meaning.isPublicCloudName,
    isPathStyleOnCloudName: meaning.kind === "service" && target.path !== "/",
  };
}

/** The first value of a parameter; `undefined` when it is absent. Sub-resources are present with an empty value. */
export function parameter(request: OssRequest, name: string): string | undefined {
  return request.query.find(([candidate]) => candidate === name)?.[1];
}

function readHost(host: string, ownNames: ReadonlySet<string>, regionIds: ReadonlySet<string>): HostReading {
  const none = { bucket: null, region: null, isPublicCloudName: false, isForeign: false };
  if (ownNames.has(host) || isIpAddress(host)) return { kind: "own", ...none };
  for (const own of ownNames) {
    if (host.endsWith(`.${own}`)) return { ...none, kind: "bucket", bucket: host.slice(0, -own.length - 1) };
  }
  // listBuckets through an IP address sends an empty bucket label: ".oss-cn-hangzhou.aliyuncs.com".
  const labels = host.replace(/^\./, "").split(".");
  const cloud = cloudName(labels, regionIds);
  if (cloud) return { kind: "service", bucket: null, isForeign: false, ...cloud };
  if (host.startsWith(".")) return { kind: "service", ...none };
  const [bucket = "", ...rest] = labels;
  const parent = cloudName(rest, regionIds);
  return {
    kind: "bucket",
    bucket,
    isForeign: parent === undefined,
    region: parent?.region ?? null,
    isPublicCloudName: parent?.isPublicCloudName ?? false,
  };
}

/** Understands `oss-REGION[-internal].aliyuncs.com`, `REGION.aliyuncs.com` and `REGION.oss.aliyuncs.com`. */
function cloudName(
  labels: readonly string[],
  regionIds: ReadonlySet<string>,
): { region: string | null; isPublicCloudName: boolean } | undefined {
  const name = labels.join(".");
  const match = /^(?:oss-)?(.+?)(-internal)?(?:\.oss)?\.aliyuncs\.com$/.exec(name);
  const label = match?.[1];
  if (label === undefined) return undefined;
  if (label === "accelerate" || label === "accelerate-overseas")
    return { region: null, isPublicCloudName: true };
  return regionIds.has(label) ? { region: label, isPublicCloudName: match?.[2] === undefined } : undefined;
}

function readingsOf(host: HostReading, path: string): readonly Reading[] {
  const inPath = readPath(path);
  if (host.kind !== "bucket") return [inPath];
  const key = path.slice(1);
  const inHost: Reading = { bucket: host.bucket, key: key === "" ? null : key, style: "host" };
  if (inPath.bucket === host.bucket) return [inPath, inHost];
  return host.isForeign ? [inHost, inPath] : [inHost];
}

function readPath(path: string): Reading {
  if (path === "/") return { bucket: null, key: null, style: "service" };
  const slash = path.indexOf("/", 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const key = slash < 0 ? "" : path.slice(slash + 1);
  return { bucket, key: key === "" ? null : key, style: "path" };
}
