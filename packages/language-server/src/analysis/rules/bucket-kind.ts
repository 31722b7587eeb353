import type { BucketFact } from "../account-facts.ts";
import { all, plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import { type Rule, stepsOf, textOption } from "./rule.ts";

const facts = (more: object) => ({
  account: { buckets: all({ name: "web-images", region: "cn-hangzhou", ...more }) },
});

/** SMP105 */
export const bucketKind: Rule = {
  code: "SMP105",
  title: "A bucket that suits images badly",
  tier: "account",
  level: "warning",
  why: "An import reads neither encrypted nor archived objects; a bucket that anybody may read gives the whole disk away; a lifecycle rule may delete an object before it is imported, and versions without a rule that cleans them are kept and billed.",
  mend: "Use another bucket, or change that one in the console of OSS.",
  bad: plan(uploaded, facts({ acl: "public-read" })),
  good: plan(uploaded, facts({ acl: "private", storageClass: "Standard" })),
  *check(input) {
    const buckets = freshItems(input, input.options.account?.buckets);
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "upload")) {
        const value = textOption(step, "bucket");
        const bucket = buckets?.find(({ name }) => name === value?.value);
        if (value === undefined || bucket === undefined) continue;
        for (const message of faults(bucket)) yield { message, range: value.range };
      }
    }
  },
};

function* faults(bucket: BucketFact): Generator<string> {
  const { name, storageClass, acl, versioning, cleansVersions, expiresAfterDays, encrypted } = bucket;
  if (storageClass !== undefined && !/^(standard|ia)$/i.test(storageClass)) {
    yield `The bucket ${name} is of class ${storageClass}: an import reads objects of Standard and IA only.`;
  }
  if (encrypted) yield `The bucket ${name} encrypts what it holds: an import reads no encrypted objects.`;
  if (acl?.startsWith("public")) {
    yield `Anybody may read the bucket ${name} (${acl}): a disk holds keys and passwords. Use a private one.`;
  }
  if (expiresAfterDays !== undefined && expiresAfterDays <= 3) {
    yield `A lifecycle rule of ${name} removes or archives objects after ${expiresAfterDays} days: perhaps before the import has read them.`;
  }
  if (versioning && cleansVersions !== true) {
    yield `The bucket ${name} keeps every version and no rule cleans them: each upload of a disk stays, billed.`;
  }
}
