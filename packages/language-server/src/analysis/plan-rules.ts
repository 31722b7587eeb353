import { planRules as rules } from "./rules/index.ts";
import type { RuleFacts } from "./rules/rule-facts.ts";

/** What is said of each rule of plan files, in the order of the manual. */
export const planRules: readonly RuleFacts[] = rules;
