import { createHash } from "node:crypto";
import { readWholeBody } from "../../http/body.ts";
import { encodeRfc3986 } from "../../http/url.ts";
import { headerOf, type OssHandler, queryOf, requireBucket, xmlAnswer } from "../call.ts";
import { checkRetention } from "../configuration/protections.ts";
import { ossError } from "../errors.ts";
import { readXml, xmlList, xmlText } from "../xml.ts";

const bodyLimitBytes = 2 * 1024 * 1024;
const keyLimit = 1000;

/** Removes up to 1,000 objects; keys that do not exist count as removed. */
export const deleteMultipleObjects: OssHandler = async (call) => {
  requireBucket(call, "write");
  const body = await readWholeBody(call.incoming, bodyLimitBytes);
  const claimed = headerOf(call, "content-md5");
  if (claimed !== createHash("md5").update(body).digest("base64")) {
    throw ossError(claimed === undefined ? "InvalidArgument" : "InvalidDigest");
  }
  const root = readXml(body.toString("utf8"), "Delete");
  const keys = xmlList(root, "Object").map((item) => xmlText(item, "Key"));
  if (keys.length === 0 || keys.length > keyLimit || keys.includes(undefined)) throw ossError("MalformedXML");
  for (const key of keys) call.access.requireKey(key ?? "");
  for (const key of keys) checkRetention(call, key ?? "");
  for (const key of keys) await call.world.oss.removeObject(call.bucketName, key ?? "");
  if (xmlText(root, "Quiet") === "true") return { status: 200 };
  const encode = queryOf(call, "encoding-type") === "url" ? encodeRfc3986 : (text: string) => text;
  return xmlAnswer("DeleteResult", {
    EncodingType: queryOf(call, "encoding-type") || undefined,
    Deleted: keys.map((key) => ({ Key: encode(key ?? "") })),
  });
};
