import { sentence } from "../sentences/sentence.ts";
import { isVerb } from "./chain-facts.ts";
import { plan } from "./example.ts";
import type { Rule } from "./rule.ts";

/** SMP161 */
export const versions: Rule = {
  code: "SMP161",
  title: "The SDK that is installed is newer than what checks the plan",
  tier: "text",
  level: "warning",
  why: "An older check does not know newer steps and options: what it takes for a mistake may be none. Told only where it matters, in a plan with a step it does not know.",
  mend: "Update the extension, or `sampan`.",
  bad: plan('Migration.from("./web-01.vmdk").assess().defragment()', {
    versions: { sdk: "0.2.0", extension: "0.1.0" },
  }),
  good: plan('Migration.from("./web-01.vmdk").assess()', { versions: { sdk: "0.2.0", extension: "0.1.0" } }),
  *check({ chains, options }) {
    if (!isNewerSdk(options.versions)) return;
    for (const { steps } of chains) {
      for (const { on, verb, nameRange } of steps) {
        if (on === undefined || isVerb(verb)) continue;
        yield {
          message: sentence("SMP161.newer", {
            sdk: options.versions?.sdk ?? "",
            check: options.versions?.extension ?? "",
            verb,
          }),
          range: nameRange,
        };
      }
    }
  },
};

/** Whether the SDK that runs the plan is newer than what checks it. */
export function isNewerSdk(
  given: { readonly sdk?: string; readonly extension?: string } | undefined,
): boolean {
  const numbers = (version = "") => /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  const sdk = numbers(given?.sdk);
  const own = numbers(given?.extension);
  if (sdk === undefined || own === undefined) return false;
  const at = sdk.findIndex((number, index) => number !== own[index]);
  return at >= 0 && (sdk[at] ?? 0) > (own[at] ?? 0);
}
