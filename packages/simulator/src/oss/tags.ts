import { parseForm } from "../http/url.ts";
import { type OssErrorOptions, ossError } from "./errors.ts";
import type { ObjectTag } from "./records.ts";

const tagLimit = 10;

/**
 * Checks the tags of an object: at most ten, no key twice, keys of 1 to 128 and values of up to 256 characters, out of
 * letters, digits, blanks and `+ - = . _ : /`. `InvalidTag` otherwise. Source: vendor page PutObjectTagging, 2024-05.
 */
export function requireTagsAllowed(tags: readonly ObjectTag[]): readonly ObjectTag[] {
  if (tags.length > tagLimit) throw invalidTag(`An object has at most ${tagLimit} tags.`);
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > 128 || !isAllowed(key)) {
      throw invalidTag("The key of a tag is not valid.", { TagKey: key });
    }
    if (value.length > 256 || !isAllowed(value)) {
      throw invalidTag("The value of a tag is not valid.", { TagValue: value });
    }
    if (keys.has(key)) throw invalidTag("A key occurs twice.", { TagKey: key });
    keys.add(key);
  }
  return tags;
}

/** Reads the header `x-oss-tagging`: `key=value&key=value`, percent-encoded. */
export function readTaggingHeader(header: string | undefined): readonly ObjectTag[] {
  if (header === undefined || header === "") return [];
  let pairs: readonly (readonly [string, string])[];
  try {
    pairs = parseForm(header);
  } catch {
    throw invalidTag("The header x-oss-tagging cannot be decoded.");
  }
  return requireTagsAllowed(pairs.map(([key, value]) => ({ key, value })));
}

function isAllowed(text: string): boolean {
  return /^[\p{L}\p{N} +\-=._:/]*$/u.test(text);
}

function invalidTag(message: string, elements: OssErrorOptions["elements"] = {}): Error {
  return ossError("InvalidTag", { message, elements });
}
