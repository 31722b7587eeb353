import { plan } from "./example.ts";
import type { Rule } from "./rule.ts";

/** SMP190. Found when the comments are applied, after all other rules. */
export const suppressions: Rule = {
  code: "SMP190",
  title: "A comment that suppresses nothing",
  tier: "text",
  level: "warning",
  why: "`// sampan-ignore SMP101 reason` silences a rule on its own line, or on the next when it stands alone; `// sampan-ignore-file SMP101 reason` in the whole file. One that silences nothing hides the next real problem. Rules that need the account or the last run are not counted: they may speak elsewhere.",
  mend: "Remove the comment, or correct the code.",
  bad: plan('Migration.from("./web-01.vmdk")\n  // sampan-ignore SMP103 an old bucket\n  .assess()'),
  good: plan('Migration.from("./web-01.vmdk")\n  .assess()'),
  check: () => [],
};
