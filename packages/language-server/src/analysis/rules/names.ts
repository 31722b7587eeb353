import { type Sentence, sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { type Rule, rewrite, shown, stepsOf, textOption } from "./rule.ts";

const form = /^[\p{L}][\p{L}\p{N}.:_-]*$/u;

/** SMP106 */
export const names: Rule = {
  code: "SMP106",
  title: "A name or description that ECS does not take",
  tier: "text",
  level: "error",
  why: "Images and instances have names of 2 to 128 letters, digits, `.`, `:`, `_` and `-` that begin with a letter, and neither with `aliyun` nor `acs:`. A description has 2 to 256 characters and begins with no address.",
  mend: "Correct the name. `--fix` replaces what is not taken by a dash.",
  bad: plan(`${uploaded}\n  .import({ name: "01 web server" })`),
  good: plan(`${uploaded}\n  .import({ name: "web-server-01" })`),
  *check(input) {
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "import", "createImage", "copyTo", "launch")) {
        const name = textOption(step, "name");
        const fault = name && faultOf(name.value);
        if (name && fault) {
          const to = corrected(name.value);
          yield {
            message: sentence("SMP106.name", { name: shown(name.value), fault }),
            range: name.range,
            fixes:
              faultOf(to) === undefined
                ? rewrite(input, name, to, sentence("fix.change", { to: to }), true)
                : [],
          };
        }
        const description = textOption(step, "description");
        const wrong = description && descriptionFault(description.value);
        if (description && wrong) {
          yield { message: wrong, range: description.range };
        }
      }
    }
  },
};

function faultOf(name: string): Sentence | undefined {
  if (name.length < 2 || name.length > 128) return sentence("SMP106.length");
  if (/^(aliyun|acs:)/i.test(name)) return sentence("SMP106.vendor");
  if (/https?:\/\//i.test(name)) return sentence("SMP106.address");
  if (!/^\p{L}/u.test(name)) return sentence("SMP106.first");
  return form.test(name) ? undefined : sentence("SMP106.characters");
}

function descriptionFault(text: string): Sentence | undefined {
  if (text.length < 2 || text.length > 256) {
    return sentence("SMP106.description-length", { length: text.length });
  }
  return /^https?:\/\//i.test(text) ? sentence("SMP106.description-address") : undefined;
}

function corrected(name: string): string {
  const letters = name
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/[^\p{L}\p{N}.:_-]+/gu, "-")
    .replace(/-+$/, "");
  const begun = /^(?:[^\p{L}]|aliyun|acs:)/iu.test(letters)
    ? `image-${letters.replace(/^[-.:_]+/, "")}`
    : letters;
  return begun.slice(0, 128);
}
