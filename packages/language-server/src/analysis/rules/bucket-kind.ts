import type { BucketFact } from "../account-facts.ts";
import { type Sentence, sentence } from "../sentences/sentence.ts";
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

function* faults(bucket: BucketFact): Generator<Sentence> {
  const { name, storageClass, acl, versioning, cleansVersions, expiresAfterDays, encrypted } = bucket;
  if (storageClass !== undefined && !/^(standard|ia)$/i.test(storageClass)) {
    yield sentence("SMP105.class", { bucket: name, storageClass });
  }
  if (encrypted) yield sentence("SMP105.encrypts", { bucket: name });
  if (acl?.startsWith("public")) {
    yield sentence("SMP105.public", { bucket: name, acl });
  }
  if (expiresAfterDays !== undefined && expiresAfterDays <= 3) {
    yield sentence("SMP105.expires", { bucket: name, days: expiresAfterDays });
  }
  if (versioning && cleansVersions !== true) {
    yield sentence("SMP105.versions", { bucket: name });
  }
}
