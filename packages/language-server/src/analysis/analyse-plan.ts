import type { AnalysisOptions, PlanAnalysis } from "./plan-analysis.ts";
import { readPlan } from "./read/read-plan.ts";

/**
 * Reads a plan file and judges it, without running any of it. Pure, and throws for no text whatever.
 *
 * What is only known when the plan runs is left open, and never called wrong.
 */
export function analysePlan(text: string, options: AnalysisOptions = {}): PlanAnalysis {
  const read = readPlan(text, options);
  if (read === undefined) return { chains: [], problems: [] };
  return { chains: read.chains, problems: [] };
}
