import type { Position } from "vscode-languageserver-types";
import type { PlanChain } from "../analysis/plan-analysis.ts";
import type { PlanDocument } from "./plan-document.ts";
import { hostTitle } from "./plan-source.ts";

/** One plan of a file, as the answer to `sampan/plans` tells it. */
export interface PlanName {
  /** As lenses give it to commands: `default[1]`. */
  readonly id: string;
  /** What a person calls its host. */
  readonly title: string;
  /** What `from` was given, where that is one text; `null` where it is computed, or told in parts. */
  readonly source: string | null;
  /** Where its text begins; plans that one text makes begin at one place. */
  readonly start: Position;
  /** What `sampan run FILE --plan` is given to run this one alone; `null` for one that nothing exports. */
  readonly plan: string | null;
}

/** The plans of a file, those of its default export first. */
export function planNames({ text, analysis }: PlanDocument): readonly PlanName[] {
  return analysis.chains.map((chain) => ({
    id: chain.id,
    title: hostTitle(chain),
    source: chain.source.kind === "text" ? chain.source.value : null,
    start: text.positionAt(chain.range.start),
    plan: whichPlan(chain),
  }));
}

/** The default export's by their number from 1 on: one constant may stand in it twice. */
function whichPlan({ id, exported, exportedAs }: PlanChain): string | null {
  const match = exported ? /^default(?:\[(\d+)\])?(?:#\d+)?$/.exec(id) : null;
  return match === null ? (exportedAs ?? null) : String(Number(match[1] ?? 0) + 1);
}
