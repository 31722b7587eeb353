import { inspect } from "node:util";
import type { Finding } from "@sampan/core";
import type { Identity } from "@sampan/sdk";
import { isStage } from "@sampan/sdk";
import { identityLines } from "../../commands/whoami.ts";
import { guestPairs, pairLines } from "../../disk/describe-guest.ts";
import { imagePairs } from "../../disk/describe-image.ts";
import type { InspectReport } from "../../disk/inspect-report.ts";
import { layoutTable } from "../../disk/layout-table.ts";
import { say } from "../../language/speech.ts";
import { type AssessmentToPrint, printAssessment, verdictOf } from "../../render/assessment.ts";
import { resultTable } from "../../render/run-summary.ts";
import type { Output } from "../../terminal/output.ts";
import { oneLine, plainText } from "../../terminal/plain-text.ts";
import { fittedTable } from "./fitted-table.ts";
import { isItem, listViewOf, viewHeads } from "./list-views.ts";
import { planView } from "./plan-view.ts";

/**
 * A value as text for the terminal. A plan is described, never run; what Sampan knows of is shown as a table; everything foreign is made
 * safe. Waits for nothing.
 */
export function showValue(value: unknown, output: Output): string {
  const { colours } = output;
  const columns = output.stdout.isTTY === true ? Math.max(19, output.columns() - 1) : 200;
  if (isStage(value)) return planView(value.plan(), columns, colours.dim);
  if (typeof value === "string") return colours.green(plainText(JSON.stringify(value)));
  if (value instanceof Promise) return say("shell.promise");
  const list = listViewOf(value);
  if (list !== undefined) {
    const { view, items } = list;
    const rows = items.map(view.row);
    return [
      fittedTable(viewHeads(view.head), rows, columns),
      colours.dim(say(`view.count.${view.noun}`, { count: items.length })),
    ].join("\n");
  }
  return knownView(value, output, columns) ?? inspected(value, columns);
}

/** What is no list, but known by its fields. */
function knownView(value: unknown, output: Output, columns: number): string | undefined {
  if (!isItem(value)) return undefined;
  try {
    if (has(value, "virtualSizeBytes", "storage", "extents", "use", "layout")) {
      const report = value as unknown as InspectReport;
      const pairs = [...imagePairs(report), ...guestPairs(report.guest)];
      const notes = report.notes.map((note) => say("view.note", { note: oneLine(note) }));
      return [
        pairLines(
          pairs.map(([name, text]) => [name, oneLine(text)]),
          output.colours.dim,
        ),
        "",
        layoutTable(report.layout, report.use.volumes, columns),
        ...notes,
      ].join("\n");
    }
    if (has(value, "verdict", "findings", "guest", "target")) return assessmentView(value, output);
    if (has(value, "caller", "parts", "passedOver")) {
      return identityLines(value as unknown as Identity).join("\n");
    }
    const table = resultTable(value as Parameters<typeof resultTable>[0], { borders: false });
    return table ?? undefined;
  } catch {
    // It only looked like it: shown as what it is.
    return undefined;
  }
}

function assessmentView(value: Readonly<Record<string, unknown>>, output: Output): string {
  const lines: string[] = [];
  const { target, findings, dataDisks } = value as unknown as {
    readonly target: string;
    readonly findings: readonly Finding[];
    readonly dataDisks: AssessmentToPrint["dataDisks"];
  };
  const all = [...findings, ...dataDisks.flatMap((disk) => disk.findings)];
  printAssessment(
    { ...output, data: (text) => void lines.push(text) },
    {
      ...(value as unknown as Pick<AssessmentToPrint, "guest" | "profile" | "notes" | "advice">),
      first: { path: target, sizeBytes: 0, findings },
      dataDisks,
      verdict: verdictOf(all),
    },
  );
  return lines.join("\n");
}

function has(value: Readonly<Record<string, unknown>>, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(value, name));
}

function inspected(value: unknown, columns: number): string {
  // Colours would have to come after the text is safe: inspect escapes control characters in strings, not in everything.
  return plainText(
    inspect(value, {
      colors: false,
      depth: 4,
      maxArrayLength: 2_000,
      maxStringLength: 20_000,
      breakLength: Math.min(80, columns),
    }),
  );
}
