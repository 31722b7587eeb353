import { createHmac } from "node:crypto";
import type { OssRequest, Reading } from "../request.ts";
import { signedText } from "./signed-text.ts";

/**
 * Parameters that are part of the resource a V1 signature covers. `prefix`, `max-keys` and the other selections of lists
 * are not. Source: vendor page "Add signatures to the header" (V1) and recorded requests of ali-oss 6.23.
 */
const subResources = new Set(
  (
    "acl accessPoint accessPointPolicy append asyncFetch bucketInfo callback callback-var cname comp continuation-token " +
    "cors delete encryption endTime httpsConfig img inventory inventoryId lifecycle link live location logging " +
    "metaQuery objectInfo objectMeta partNumber policy position publicAccessBlock qos referer replication " +
    "replicationLocation replicationProgress requestPayment resourceGroup response-cache-control " +
    "response-content-disposition response-content-encoding response-content-language response-content-type " +
    "response-expires restore regionList security-token sequential startTime stat status style styleName symlink " +
    "tagging torrent transferAcceleration udf udfApplication udfApplicationLog udfId udfImage udfImageDesc udfName " +
    "uploadId uploads versionId versioning versions vod website worm wormExtend wormId x-oss-ac-forward-allow " +
    "x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id x-oss-access-point-name x-oss-async-process " +
    "x-oss-process x-oss-request-payer x-oss-traffic-limit"
  ).split(" "),
);

/** Whether a parameter selects a sub-resource, which V4 signs without `=` when its value is empty. */
export function isSubResource(name: string): boolean {
  return subResources.has(name);
}

/** The text a V1 signature covers; `dateSlot` is the date, or the expiry of a presigned URL. */
export function v1StringToSign(request: OssRequest, reading: Reading, dateSlot: string): string {
  const { headers } = request;
  const ossHeaders = Object.keys(headers)
    .filter((name) => name.startsWith("x-oss-"))
    .sort()
    .map((name) => `${name}:${signedText(headers[name] ?? "")}\n`);
  return [
    request.method,
    headers["content-md5"] ?? "",
    headers["content-type"] ?? "",
    dateSlot,
    `${ossHeaders.join("")}${resourceOf(request, reading)}`,
  ].join("\n");
}

/** The V1 signature of a text. */
export function v1Signature(secret: string, stringToSign: string): string {
  return createHmac("sha1", secret).update(stringToSign, "utf8").digest("base64");
}

function resourceOf(request: OssRequest, reading: Reading): string {
  const path = reading.bucket === null ? "/" : `/${reading.bucket}/${reading.key ?? ""}`;
  const signed = request.query
    .filter(([name]) => subResources.has(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  return signed.length === 0 ? path : `${path}?${signed.join("&")}`;
}
