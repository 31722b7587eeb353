import { sentence } from "../sentences/sentence.ts";
import { file } from "./example.ts";
import { optionOf, type Rule, stepsOf } from "./rule.ts";

/** SMP114 */
export const unknownUntilRun: Rule = {
  code: "SMP114",
  title: "A host or bucket that is only known when the plan runs",
  tier: "text",
  level: "hint",
  why: "What the environment, another file or an answer of a server decides cannot be judged by reading. This is no fault: the hint says where the check ends.",
  mend: "Nothing has to be done.",
  bad: file("export default Migration.from(process.env.HOST).assess();\n"),
  good: file('export default Migration.from("ssh://root@web-01").assess();\n'),
  *check({ chains }) {
    for (const chain of chains) {
      const { source } = chain.chain;
      if (source.kind === "computed") {
        yield {
          message: sentence("SMP114.host", { why: source.why }),
          range: source.usedAt ?? source.range,
        };
      }
      for (const step of stepsOf(chain, "upload")) {
        const bucket = optionOf(step, "bucket");
        if (bucket?.kind !== "computed") continue;
        yield {
          message: sentence("SMP114.bucket", { why: bucket.why }),
          range: bucket.usedAt ?? bucket.range,
        };
      }
    }
  },
};
