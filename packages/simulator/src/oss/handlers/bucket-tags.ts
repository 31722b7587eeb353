import { invalidArgument, type OssHandler, queryOf, requireBucket, xmlAnswer } from "../call.ts";
import { malformed, onlyChild, readDocument, readTags } from "../configuration/read-document.ts";
import type { Tag } from "../configuration/records.ts";
import type { XmlChildren } from "../xml.ts";

const tagLimit = 20;

/** Replaces the tags of a bucket: up to 20, keys of 1 to 64 bytes, values of up to 128. */
export const putBucketTags: OssHandler = async (call) => {
  requireBucket(call, "own");
  const set = onlyChild(await readDocument(call, "Tagging"), "TagSet");
  if (!set) throw malformed("There is no TagSet.");
  const tags = readTags(set);
  if (tags.length > tagLimit) throw invalidArgument("TagSet", String(tags.length));
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    const isReserved = /^(https?:\/\/|aliyun)/i.test(key);
    const bytes = Buffer.byteLength(key);
    if (bytes < 1 || bytes > 64 || isReserved || keys.has(key)) throw invalidArgument("Key", key);
    if (Buffer.byteLength(value) > 128) throw invalidArgument("Value", value);
    keys.add(key);
  }
  await call.world.oss.configureBucket(call.bucketName, { tags });
  return { status: 200 };
};

/** The tags of a bucket; an empty set when it has none. */
export const getBucketTags: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  return xmlAnswer("Tagging", { TagSet: { Tag: (bucket.configuration?.tags ?? []).map(tagElement) } });
};

/** Removes the tags of a bucket, or those the parameter names. */
export const deleteBucketTags: OssHandler = async (call) => {
  requireBucket(call, "own");
  const named = (queryOf(call, "tagging") ?? "").split(",").filter((key) => key !== "");
  await call.world.oss.changeBucket(call.bucketName, (bucket) => {
    const { tags = [], ...others } = bucket.configuration ?? {};
    const left = named.length === 0 ? [] : tags.filter(({ key }) => !named.includes(key));
    return { ...bucket, configuration: left.length === 0 ? others : { ...others, tags: left } };
  });
  return { status: 204 };
};

/** A tag in XML. */
export function tagElement({ key, value }: Tag): XmlChildren {
  return { Key: key, Value: value };
}
