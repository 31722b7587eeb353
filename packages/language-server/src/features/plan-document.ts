import type { PlanAnalysis, PlanChain } from "../analysis/plan-analysis.ts";
import type { SentenceLanguage } from "../analysis/sentences/sentence.ts";
import type { PlanText } from "./plan-text.ts";

/** A plan file as it stands in the editor, and what was read of exactly this text. */
export interface PlanDocument {
  readonly uri: string;
  readonly text: PlanText;
  readonly analysis: PlanAnalysis;
}

/** Languages that titles, hints and hovers are written in: those in which plans are judged. */
export type Language = SentenceLanguage;

/** Whether the step at this index begins a line of its own, so that something about it may stand over that line. */
export function beginsLine({ text: { text } }: PlanDocument, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - 200), offset);
  return /(?:^|[\r\n])[ \t]*$/.test(before);
}

/** True for a chain that `sampan run` runs when it is given the file, or the file and the name of the export. */
export function isRunnable(chain: PlanChain): boolean {
  return chain.exported || chain.exportedAs !== undefined;
}
