import { type AnalysisOptions, analysePlan, type Place, placeAt } from "../analysis/index.ts";
import type { PlanDocument } from "../features/plan-document.ts";
import { PlanText } from "../features/plan-text.ts";

/** A plan of a test, and where its mark stands. */
export interface MarkedPlan {
  readonly document: PlanDocument;
  /** Offset of the `|`. */
  readonly offset: number;
  readonly place: Place | undefined;
}

const prelude = 'import { Migration } from "sampan";\n';

/** Reads a text with one `|` for the cursor, which is taken out; `Migration` is imported first. */
export function markedPlan(marked: string, options: AnalysisOptions = {}): MarkedPlan {
  const whole = prelude + marked;
  const at = whole.indexOf("|");
  const offset = at < 0 ? whole.length : at;
  const content = at < 0 ? whole : whole.slice(0, at) + whole.slice(at + 1);
  const text = new PlanText(content);
  const document = {
    uri: "file:///plans/web-01.migration.ts",
    text,
    analysis: analysePlan(content, options),
  };
  return { document, offset, place: placeAt(content, offset) };
}

/** The text after edits of the protocol. */
export function edited(
  text: PlanText,
  edits: readonly { readonly range: Parameters<PlanText["partOf"]>[0]; readonly newText: string }[],
): string {
  const parts = edits
    .map(({ range, newText }) => ({ ...text.partOf(range), newText }))
    .sort((one, other) => other.start - one.start);
  return parts.reduce(
    (before, { start, end, newText }) => before.slice(0, start) + newText + before.slice(end),
    text.text,
  );
}
