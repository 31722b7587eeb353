import { sentence } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import { type Rule, rewrite, shown, stepsOf, textOption } from "./rule.ts";

const form = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const before = 'Migration.from("./web-01.vmdk")\n  .assess()\n  .capture()\n  .toVhd()\n  ';

/** SMP103 */
export const bucketName: Rule = {
  code: "SMP103",
  title: "A name that no bucket can have",
  tier: "text",
  level: "error",
  why: "OSS takes 3 to 63 lower-case letters, digits and dashes, no dash at the ends. A bucket with another name cannot exist.",
  mend: "Correct the name. `--fix` does so by lower case and dashes; look whether that is the bucket you mean.",
  bad: plan(`${before}.upload("Web_Images")`),
  good: plan(`${before}.upload("web-images")`),
  *check(input) {
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "upload")) {
        const value = textOption(step, "bucket");
        if (value === undefined || form.test(value.value)) continue;
        const name = corrected(value.value);
        yield {
          message: sentence("SMP103.form", { name: shown(value.value) }),
          range: value.range,
          fixes: form.test(name)
            ? rewrite(input, value, name, sentence("fix.change", { to: name }), true)
            : [],
        };
      }
    }
  },
};

function corrected(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}
