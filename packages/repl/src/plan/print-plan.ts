import { describePlan, type Plan } from "@sampan/sdk";
import { translated } from "../language/speech.ts";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";

/** A plan file as JSON: the plan itself, or a list when it holds several. */
export function planJson(plans: readonly Plan[]): Plan | readonly Plan[] {
  const [only] = plans;
  return plans.length === 1 && only ? only : plans;
}

/** Prints what plans would do: JSON under `--json`, otherwise one line a step. */
export function printPlans(output: Output, plans: readonly Plan[]): void {
  if (output.asJson) output.json(planJson(plans));
  else output.data(plans.map((plan) => plainText(planText(plan))).join("\n\n"));
}

/** A plan in words, one line a step; what a step does is told in the language of this process. */
export function planText(plan: Plan): string {
  return describePlan(plan)
    .split("\n")
    .map((line) => {
      const [step, ...words] = line.split(" — ");
      return words.length === 0 ? line : `${step} — ${translated(words.join(" — "))}`;
    })
    .join("\n");
}
