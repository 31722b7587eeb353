import { isSampanError } from "@sampan/core";
import { parseSource } from "@sampan/sdk/catalogue";
import { foreign, sentence } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import type { Rule } from "./rule.ts";

/** SMP116 */
export const source: Rule = {
  code: "SMP116",
  title: "A source that names no host",
  tier: "text",
  level: "error",
  why: "A source is the path of a disk image or an address: `ssh://`, `winrm://`, `esxi://`, `ecs://`, `local://`, `https://`. One that is none is refused when the plan is loaded.",
  mend: "Correct the address. A password never stands in it: `passwordFrom` says where it is found.",
  bad: plan('Migration.from("ssh//root@web-01").assess()'),
  good: plan('Migration.from("ssh://root@web-01").assess()'),
  *check(input) {
    for (const { chain } of input.chains) {
      const { source: value } = chain;
      if (value.kind === "computed") continue;
      const range = value.usedAt ?? value.range;
      if (value.kind === "scalar" || value.kind === "list") {
        yield {
          message: sentence("SMP116.no-source"),
          range: chain.fromRange,
        };
        continue;
      }
      if (value.kind === "record") continue;
      const almost = /^(ssh|winrms?|esxi|ecs|local|https?)(:?\/{1,2}|:\/{0,1})(?!\/)/.exec(value.value);
      if (almost && !value.value.startsWith(`${almost[1]}://`) && almost[2] !== "/") {
        const text = `${almost[1]}://${value.value.slice(almost[0].length)}`;
        yield {
          message: sentence("SMP116.almost", { scheme: almost[1] ?? "" }),
          range,
          fixes: value.literal
            ? [
                {
                  title: sentence("fix.change", { to: text }),
                  safe: value.usedAt === undefined,
                  edits: [{ range: value.range, newText: JSON.stringify(text) }],
                },
              ]
            : [],
        };
        continue;
      }
      try {
        parseSource(value.value);
      } catch (error) {
        if (!isSampanError(error)) throw error;
        // What a password is, SMP130 says, with what to do about it.
        if (/holds a password/.test(error.message)) continue;
        // Nor may a message repeat one from an address that is wrong besides.
        if (/:[^/@]*@/.test(value.value)) {
          yield { message: sentence("SMP116.no-host"), range };
          continue;
        }
        const first = foreign(error.message.replace(/^Migration\.from\(\): /, ""));
        yield { message: sentence("both.sentences", { first, next: foreign(error.hint) }), range };
      }
    }
  },
};
