import { invalidArgument } from "../call.ts";
import { ossError } from "../errors.ts";
import { type ParsedXml, type XmlChildren, xmlList } from "../xml.ts";
import {
  malformed,
  onlyChild,
  onlyFlag,
  onlyInteger,
  onlyText,
  readTags,
  type XmlParent,
} from "./read-document.ts";
import type {
  LifecycleExpiration,
  LifecycleFilter,
  LifecycleMoment,
  LifecycleRule,
  LifecycleTransition,
} from "./records.ts";

const ruleLimit = 1000;
const largest = { min: 1, max: 2_147_483_647 };

/** Coldest last: a lifecycle only ever moves downwards. */
const classesByCold = ["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];

/** How cold a class is; higher is colder. */
export function coldnessOf(storageClass: string): number {
  return classesByCold.indexOf(storageClass);
}

/**
 * Reads the rules of a LifecycleConfiguration and checks them as OSS does.
 *
 * `MalformedXML` for what is missing or misspelt; `InvalidArgument` for rules that contradict themselves or each other.
 * `mayOverlap` is what `x-oss-allow-same-action-overlap` says. Source: vendor pages PutBucketLifecycle and error codes
 * 0014-000000xx, 2024-04.
 */
export function readLifecycleRules(document: XmlParent, mayOverlap: boolean): readonly LifecycleRule[] {
  const rules = xmlList(document, "Rule").map(readRule);
  if (rules.length === 0) throw malformed("There is no Rule.");
  if (rules.length > ruleLimit) throw malformed(`There are more than ${ruleLimit} rules.`);
  const ids = new Set<string>();
  for (const { id } of rules) {
    if (ids.has(id)) throw invalidArgument("ID", id, { message: "Two rules have the same ID." });
    ids.add(id);
  }
  if (!mayOverlap) checkOverlap(rules);
  return rules;
}

function readRule(node: ParsedXml, index: number): LifecycleRule {
  if (typeof node === "string") throw malformed("A Rule is empty.");
  const status = onlyText(node, "Status");
  if (status !== "Enabled" && status !== "Disabled")
    throw malformed("Status is neither Enabled nor Disabled.");
  const id = onlyText(node, "ID") || `rule-${index + 1}`;
  if (Buffer.byteLength(id) > 255) throw invalidArgument("ID", id);
  const expiration = onlyChild(node, "Expiration");
  const abort = onlyChild(node, "AbortMultipartUpload");
  const noncurrent = onlyChild(node, "NoncurrentVersionExpiration");
  const rule: LifecycleRule = {
    id,
    prefix: onlyText(node, "Prefix") ?? "",
    enabled: status === "Enabled",
    tags: readTags(node),
    filter: readFilter(onlyChild(node, "Filter")),
    expiration: expiration ? readExpiration(expiration) : null,
    transitions: xmlList(node, "Transition").map(readTransition),
    abortMultipartUpload: abort ? readMoment(abort, "AbortMultipartUpload") : null,
    noncurrentExpirationDays: noncurrent ? requireDays(noncurrent, "NoncurrentDays") : null,
    noncurrentTransitions: xmlList(node, "NoncurrentVersionTransition").map((child) => {
      if (typeof child === "string") throw malformed("A NoncurrentVersionTransition is empty.");
      return { noncurrentDays: requireDays(child, "NoncurrentDays"), storageClass: readClass(child) };
    }),
  };
  checkRule(rule);
  return rule;
}

function checkRule(rule: LifecycleRule): void {
  const acts =
    rule.expiration ||
    rule.abortMultipartUpload ||
    rule.transitions.length > 0 ||
    rule.noncurrentExpirationDays !== null ||
    rule.noncurrentTransitions.length > 0;
  if (!acts) throw malformed("A Rule has no action.");
  const isNarrowed = rule.tags.length > 0 || rule.filter !== null;
  if (rule.abortMultipartUpload && isNarrowed) {
    throw invalidArgument("Tag", rule.id, {
      message: "A rule that aborts uploads can have neither tags nor a filter: uploads have none.",
    });
  }
  if (rule.filter?.notPrefix && !rule.filter.notPrefix.startsWith(rule.prefix)) {
    throw invalidArgument("Prefix", rule.filter.notPrefix, {
      message: "The prefix left out does not begin with the rule's prefix.",
    });
  }
  for (const { key, value } of rule.tags) {
    if (Buffer.byteLength(key) < 1 || Buffer.byteLength(key) > 128 || Buffer.byteLength(value) > 256) {
      throw invalidArgument("Tag", key);
    }
  }
  checkOrder(rule);
}

/** Colder classes must come later, and the end last. */
function checkOrder(rule: LifecycleRule): void {
  const dated = rule.transitions.filter((transition) => transition.days !== null);
  for (const earlier of rule.transitions) {
    if (rule.transitions.filter((other) => other.storageClass === earlier.storageClass).length > 1) {
      throw invalidArgument("StorageClass", earlier.storageClass);
    }
  }
  const byCold = [...dated].sort((a, b) => coldnessOf(a.storageClass) - coldnessOf(b.storageClass));
  const steps = [...byCold, ...(rule.expiration && rule.expiration.days !== null ? [rule.expiration] : [])];
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before && (before.days ?? 0) >= (step.days ?? 0)) {
      throw invalidArgument("Days", String(step.days), {
        message: "A colder class must come later than a warmer one, and the expiration last.",
      });
    }
  }
}

/** Two rules that do the same to the same objects are refused. */
function checkOverlap(rules: readonly LifecycleRule[]): void {
  const seen = new Map<string, LifecycleRule[]>();
  for (const rule of rules) {
    const tags = JSON.stringify([...rule.tags].map(({ key, value }) => [key, value]).sort());
    for (const action of actionsOf(rule)) {
      const group = `${action} ${tags}`;
      const earlier = seen.get(group) ?? [];
      const other = earlier.find(
        ({ prefix }) => prefix.startsWith(rule.prefix) || rule.prefix.startsWith(prefix),
      );
      if (other) {
        throw ossError("InvalidArgument", {
          message: `Overlap for same action type ${action}: rules ${other.id} and ${rule.id}.`,
          elements: { ArgumentName: "prefix", ArgumentValue: rule.prefix },
        });
      }
      seen.set(group, [...earlier, rule]);
    }
  }
}

function actionsOf(rule: LifecycleRule): readonly string[] {
  return [
    ...(rule.expiration ? ["Expiration"] : []),
    ...(rule.abortMultipartUpload ? ["AbortMultipartUpload"] : []),
    ...rule.transitions.map(({ storageClass }) => `Transition to ${storageClass}`),
    ...(rule.noncurrentExpirationDays === null ? [] : ["NoncurrentVersionExpiration"]),
    ...rule.noncurrentTransitions.map(({ storageClass }) => `NoncurrentVersionTransition to ${storageClass}`),
  ];
}

function readMoment(node: XmlParent, name: string): LifecycleMoment {
  const days = onlyInteger(node, "Days", largest) ?? null;
  const createdBeforeDate = onlyText(node, "CreatedBeforeDate") ?? null;
  if ((days === null) === (createdBeforeDate === null)) {
    throw malformed(`${name} needs either Days or CreatedBeforeDate.`);
  }
  if (createdBeforeDate !== null) {
    const isMidnight = /^\d{4}-\d{2}-\d{2}T00:00:00(\.000)?Z$/.test(createdBeforeDate);
    if (!isMidnight || Number.isNaN(Date.parse(createdBeforeDate))) {
      throw invalidArgument("CreatedBeforeDate", createdBeforeDate, {
        message: "CreatedBeforeDate must be an ISO 8601 date at midnight UTC.",
      });
    }
  }
  return { days, createdBeforeDate };
}

function readExpiration(node: XmlParent): LifecycleExpiration {
  const expiredObjectDeleteMarker = onlyFlag(node, "ExpiredObjectDeleteMarker") ?? false;
  if (!expiredObjectDeleteMarker) {
    return { ...readMoment(node, "Expiration"), expiredObjectDeleteMarker };
  }
  if (node.Days !== undefined || node.CreatedBeforeDate !== undefined) {
    throw malformed("ExpiredObjectDeleteMarker stands alone.");
  }
  return { days: null, createdBeforeDate: null, expiredObjectDeleteMarker };
}

function readTransition(node: ParsedXml): LifecycleTransition {
  if (typeof node === "string") throw malformed("A Transition is empty.");
  if (onlyFlag(node, "IsAccessTime")) {
    throw ossError("NotImplemented", {
      message: "The simulator does not keep the time of the last access: use IsAccessTime false.",
    });
  }
  return { ...readMoment(node, "Transition"), storageClass: readClass(node) };
}

function readClass(node: XmlParent): string {
  const storageClass = onlyText(node, "StorageClass") ?? "";
  if (coldnessOf(storageClass) < 1) throw malformed("StorageClass is not one a lifecycle can change to.");
  return storageClass;
}

function requireDays(node: XmlParent, name: string): number {
  const days = onlyInteger(node, name, largest);
  if (days === undefined) throw malformed(`${name} is missing.`);
  return days;
}

function readFilter(node: XmlParent | undefined): LifecycleFilter | null {
  if (!node) return null;
  const size = { min: 0, max: 5_000_000_000 };
  const not = onlyChild(node, "Not");
  const filter = {
    sizeGreaterThan: onlyInteger(node, "ObjectSizeGreaterThan", size) ?? null,
    sizeLessThan: onlyInteger(node, "ObjectSizeLessThan", size) ?? null,
    notPrefix: (not && onlyText(not, "Prefix")) ?? null,
    notTag: (not && readTags(not)[0]) ?? null,
  };
  const { sizeGreaterThan, sizeLessThan } = filter;
  if (sizeGreaterThan !== null && sizeLessThan !== null && sizeGreaterThan >= sizeLessThan) {
    throw invalidArgument("ObjectSizeLessThan", String(sizeLessThan));
  }
  return filter;
}

/** A rule as GetBucketLifecycle shows it. */
export function lifecycleRuleElement(rule: LifecycleRule): XmlChildren {
  const tag = ({ key, value }: { readonly key: string; readonly value: string }) => ({
    Key: key,
    Value: value,
  });
  const moment = ({ days, createdBeforeDate }: LifecycleMoment) => ({
    Days: days ?? undefined,
    CreatedBeforeDate: createdBeforeDate ?? undefined,
  });
  const { expiration, filter, abortMultipartUpload, noncurrentExpirationDays } = rule;
  return {
    ID: rule.id,
    Prefix: rule.prefix,
    Status: rule.enabled ? "Enabled" : "Disabled",
    Tag: rule.tags.map(tag),
    Filter: filter
      ? {
          ObjectSizeGreaterThan: filter.sizeGreaterThan ?? undefined,
          ObjectSizeLessThan: filter.sizeLessThan ?? undefined,
          Not:
            filter.notPrefix === null && filter.notTag === null
              ? undefined
              : { Prefix: filter.notPrefix ?? "", Tag: filter.notTag ? tag(filter.notTag) : undefined },
        }
      : undefined,
    Expiration: expiration?.expiredObjectDeleteMarker
      ? { ExpiredObjectDeleteMarker: true }
      : expiration
        ? moment(expiration)
        : undefined,
    Transition: rule.transitions.map((transition) => ({
      ...moment(transition),
      StorageClass: transition.storageClass,
      IsAccessTime: false,
    })),
    AbortMultipartUpload: abortMultipartUpload ? moment(abortMultipartUpload) : undefined,
    NoncurrentVersionExpiration:
      noncurrentExpirationDays === null ? undefined : { NoncurrentDays: noncurrentExpirationDays },
    NoncurrentVersionTransition: rule.noncurrentTransitions.map((transition) => ({
      NoncurrentDays: transition.noncurrentDays,
      StorageClass: transition.storageClass,
    })),
  };
}
