import { type Plan, sourceTitle } from "@sampan/sdk";
import { catalogue } from "@sampan/sdk/catalogue";
import { say, translated } from "../../language/speech.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { fittedTable } from "./fitted-table.ts";
import { viewHeads } from "./list-views.ts";
import { wrapText } from "./wrap.ts";

/** A plan as a table of its steps, and what can be done with it. Safe for a terminal. Pure. */
export function planView(plan: Plan, columns: number, dim: (text: string) => string): string {
  const settings = Object.entries(plan.context).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const heading = [say("view.plan-of", { source: sourceTitle(plan.source) }), ...settings].join(", ");
  const rows = plan.steps.map((step, index) => [
    String(index + 1),
    step.verb,
    Object.entries(step.options)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join(", "),
    translated(catalogue[step.verb].summary),
  ]);
  const table =
    rows.length === 0
      ? say("shell.plan-empty")
      : fittedTable(["", ...viewHeads(["step", "options", "does"])], rows, columns);
  const hint = wrapText(say("shell.plan-hint"), columns).split("\n").map(dim);
  return [wrapText(oneLine(heading), columns), table, ...hint].join("\n");
}
