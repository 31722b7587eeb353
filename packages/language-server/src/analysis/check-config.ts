import ts from "typescript";
import { entryOf, type PlacedValue } from "./placed-value.ts";
import type { AnalysisOptions, ProblemLevel } from "./plan-analysis.ts";
import { Evaluator } from "./read/evaluator.ts";
import { parse } from "./read/read-plan.ts";
import { changedNames, everyNode } from "./read/scope.ts";
import { scopeOfBlock } from "./read/statements.ts";

/**
 * What the text of a `sampan.config.ts` says of the check, read without running it: `rules`, the levels by code, and `extraRegions`.
 * What it computes is left out. Throws for no text.
 */
export function checkConfigOf(text: string): Pick<AnalysisOptions, "levels" | "extraRegions"> {
  try {
    const config = defaultObject(text);
    const levels: Record<string, ProblemLevel | "off"> = {};
    const rules = entryOf(config, "rules")?.value;
    for (const { key, value } of rules?.kind === "record" ? rules.entries : []) {
      if (value.kind === "text" && isLevel(value.value)) levels[key] = value.value;
    }
    const regions = entryOf(config, "extraRegions")?.value;
    const extraRegions = (regions?.kind === "list" ? regions.items : []).flatMap((item) =>
      item.kind === "text" ? [item.value] : [],
    );
    return { levels, extraRegions };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

function isLevel(text: string): text is ProblemLevel | "off" {
  return ["error", "warning", "info", "hint", "off"].includes(text);
}

/** The object that a module exports as its default, itself or given to one function: `defineConfig({ … })`. */
function defaultObject(text: string): PlacedValue | undefined {
  const file = parse(text, "sampan.config.ts");
  const evaluator = new Evaluator(file, changedNames(everyNode(file), new Set(["defineConfig"])), false);
  const scope = scopeOfBlock(evaluator, file.statements, undefined);
  for (const statement of file.statements) {
    if (!ts.isExportAssignment(statement)) continue;
    const { expression } = statement;
    const [given] = ts.isCallExpression(expression) ? expression.arguments : [expression];
    return given && evaluator.placed(given, scope);
  }
  return undefined;
}
