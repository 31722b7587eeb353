import { readWholeBody } from "../../http/body.ts";
import { versionHeaders } from "../attributes.ts";
import { type OssHandler, requireBucket, requireObject, xmlAnswer } from "../call.ts";
import { ossError } from "../errors.ts";
import { requireTagsAllowed } from "../tags.ts";
import { readXml, xmlList, xmlText } from "../xml.ts";

const bodyLimitBytes = 64 * 1024;

/** The tags of an object. */
export const getObjectTagging: OssHandler = async (call) => {
  const object = requireObject(call);
  return xmlAnswer(
    "Tagging",
    { TagSet: { Tag: object.tags.map(({ key, value }) => ({ Key: key, Value: value })) } },
    versionHeaders(call, object),
  );
};

/** Replaces the tags of an object. */
export const putObjectTagging: OssHandler = async (call) => {
  requireBucket(call, "write");
  const object = requireObject(call);
  const body = (await readWholeBody(call.incoming, bodyLimitBytes)).toString("utf8");
  const [set] = xmlList(readXml(body, "Tagging"), "TagSet");
  if (set === undefined) throw ossError("MalformedXML");
  const tags = (typeof set === "string" ? [] : xmlList(set, "Tag")).map((tag) => {
    const [key, value] = [xmlText(tag, "Key"), xmlText(tag, "Value")];
    if (key === undefined || value === undefined) throw ossError("MalformedXML");
    return { key, value };
  });
  requireTagsAllowed(tags);
  await call.world.oss.changeVersion(object, (current) => ({ ...current, tags }));
  return { status: 200, headers: versionHeaders(call, object) };
};

/** Removes the tags of an object. */
export const deleteObjectTagging: OssHandler = async (call) => {
  requireBucket(call, "write");
  const object = requireObject(call);
  await call.world.oss.changeVersion(object, (current) => ({ ...current, tags: [] }));
  return { status: 204, headers: versionHeaders(call, object) };
};
