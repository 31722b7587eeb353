import type { ObjectRecord } from "../records.ts";
import type { LifecycleRule } from "./records.ts";

/** Whether a rule is about an object: by prefix, tags and filter. */
export function fits(rule: LifecycleRule, object: ObjectRecord): boolean {
  if (!object.key.startsWith(rule.prefix) || !rule.tags.every((tag) => hasTag(object, tag))) return false;
  const { filter } = rule;
  if (!filter) return true;
  const { sizeBytes } = object.content;
  if (filter.sizeGreaterThan !== null && sizeBytes <= filter.sizeGreaterThan) return false;
  if (filter.sizeLessThan !== null && sizeBytes >= filter.sizeLessThan) return false;
  if (filter.notPrefix === null && filter.notTag === null) return true;
  const isLeftOut =
    object.key.startsWith(filter.notPrefix ?? "") &&
    (filter.notTag === null || hasTag(object, filter.notTag));
  return !isLeftOut;
}

function hasTag(object: ObjectRecord, wanted: { readonly key: string; readonly value: string }): boolean {
  return object.tags.some((tag) => tag.key === wanted.key && tag.value === wanted.value);
}
