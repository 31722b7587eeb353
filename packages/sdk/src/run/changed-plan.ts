import { isSampanError } from "@sampan/core";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import { planChanges } from "../plan/plan-changes.ts";
import { foldRun } from "./fold-run.ts";
import { readJournal } from "./journal.ts";
import { loadPlan, runFolder } from "./run-store.ts";

const toldChanges = 8;

/**
 * Says that a plan is another than when it last ran, and in what: a new run begins, and nobody should wonder why. `undefined` when it
 * did not change, or nothing is known of its last run.
 */
export function changedPlanNote(
  home: string,
  plan: Plan,
  last: string,
  isRefresh: boolean,
): string | undefined {
  try {
    const before = loadPlan(home, last);
    if (planFingerprint(before) === planFingerprint(plan)) return undefined;
    const record = foldRun(readJournal(runFolder(home, last)));
    const changes = planChanges(before, plan);
    const told = changes.slice(0, toldChanges);
    if (changes.length > told.length) told.push(`${changes.length - told.length} more`);
    const state = record.end === "finished" ? "finished" : "did not finish";
    const uploads = plan.steps.some(({ verb }) => verb === "upload");
    const reuse = uploads ? "; `--refresh` would have reused what that one sent" : "";
    const next = isRefresh ? "This run refreshes what that one sent" : `This is a new run${reuse}`;
    return `the plan changed since run ${last}, which ${state}: ${told.join("; ")}. ${next}.`;
  } catch (error) {
    // A run that cannot be read keeps no other from starting.
    if (isSampanError(error)) return undefined;
    throw error;
  }
}
