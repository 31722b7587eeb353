import { createHash } from "node:crypto";
import { readWholeBody } from "../../http/body.ts";
import { encodeRfc3986 } from "../../http/url.ts";
import { headerOf, type OssHandler, queryOf, requireBucket, xmlAnswer } from "../call.ts";
import { checkRetention } from "../configuration/protections.ts";
import { ossError } from "../errors.ts";
import { isObject } from "../records.ts";
import { readXml, type XmlChildren, xmlList, xmlText } from "../xml.ts";

const bodyLimitBytes = 2 * 1024 * 1024;
const keyLimit = 1000;

/**
 * Removes up to 1,000 objects, or versions of them; what does not exist counts as removed. In a bucket with versions each
 * answer says whether a marker was put or taken away.
 */
export const deleteMultipleObjects: OssHandler = async (call) => {
  requireBucket(call, "write");
  const body = await readWholeBody(call.incoming, bodyLimitBytes);
  const claimed = headerOf(call, "content-md5");
  if (claimed !== createHash("md5").update(body).digest("base64")) {
    throw ossError(claimed === undefined ? "InvalidArgument" : "InvalidDigest");
  }
  const root = readXml(body.toString("utf8"), "Delete");
  const wanted = xmlList(root, "Object").map((item) => {
    const key = xmlText(item, "Key");
    if (key === undefined || key === "") throw ossError("MalformedXML");
    return { key, versionId: xmlText(item, "VersionId") || undefined };
  });
  if (wanted.length === 0 || wanted.length > keyLimit) throw ossError("MalformedXML");
  for (const { key } of wanted) checkRetention(call, key);
  for (const { key, versionId } of wanted) call.access.requireKey(key, versionId);
  const encode = queryOf(call, "encoding-type") === "url" ? encodeRfc3986 : (text: string) => text;
  const deleted: XmlChildren[] = [];
  for (const { key, versionId } of wanted) {
    const atMs = call.world.clock.serviceNow();
    const { removed, marker } = await call.world.oss.removeObject(call.bucketName, key, { versionId, atMs });
    const gone = marker ?? (removed && !isObject(removed) ? removed : undefined);
    deleted.push({
      Key: encode(key),
      VersionId: versionId,
      DeleteMarker: gone ? true : undefined,
      DeleteMarkerVersionId: gone?.versionId,
    });
  }
  if (xmlText(root, "Quiet") === "true") return { status: 200 };
  return xmlAnswer("DeleteResult", {
    EncodingType: queryOf(call, "encoding-type") || undefined,
    Deleted: deleted,
  });
};
