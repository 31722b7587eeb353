import { SampanError } from "@sampan/core";
import { planRules } from "@sampan/language-server/analysis";
import type { CommandCall } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { translated } from "../language/speech.ts";
import { forTerminal } from "./explain-rule.ts";

/** What a rule knows a problem from, for people. */
const knownFrom = {
  text: "the text alone",
  catalogue: "the catalogue",
  account: "the account",
  "last run": "the last run",
} as const;

/** Explains a problem of plan files by its code, in any case; `COMMAND_CODE_UNKNOWN` when there is none of that name. */
export function explainProblem({ output }: CommandCall, code: string): 0 {
  const rule = planRules.find((one) => one.code === code.toUpperCase());
  if (rule === undefined) {
    throw new SampanError("COMMAND_CODE_UNKNOWN", `explaining ${JSON.stringify(code)}`, {
      hint: `The problems of plans are ${planRules.map((one) => one.code).join(", ")}.`,
    });
  }
  const { title, level, tier, why, mend, bad, good } = rule;
  if (output.asJson) {
    const examples = { bad: bad.text, good: good.text };
    output.json({ origin: "plan", code: rule.code, title, level, knownFrom: tier, why, mend, ...examples });
    return 0;
  }
  output.data(
    pairLines([
      ["code", rule.code],
      ["finds", title],
      ["level", level],
      ["known from", knownFrom[tier]],
    ]),
  );
  const indented = (text: string) => text.trimEnd().replace(/^(?=.)/gm, "    ");
  for (const [heading, text] of [
    ["Why it matters", forTerminal(translated(why))],
    ["What to do", forTerminal(translated(mend))],
    ["Found in", indented(bad.text)],
    ["Not in", indented(good.text)],
  ] as const) {
    output.data(`\n${translated(heading)}\n\n${text}`);
  }
  return 0;
}
