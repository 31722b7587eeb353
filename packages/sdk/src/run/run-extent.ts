import { SampanError } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";
import type { RunRecord } from "./fold-run.ts";
import type { Pipeline } from "./stage-definition.ts";

/**
 * Index of the last stage asked for; `through` is a verb, a stage's key, or the name of several stages.
 *
 * @throws `PLAN_INVALID` when the plan has no such stage.
 */
export function lastStage(
  pipeline: Pipeline<Plan, unknown>,
  keys: readonly string[],
  through: string | undefined,
): number {
  if (through === undefined) return keys.length - 1;
  const name = Object.hasOwn(pipeline.aliases, through) ? pipeline.aliases[through] : through;
  const last = keys.findLastIndex((key) => key === name || key.startsWith(`${name}:`));
  if (last === -1) {
    throw new SampanError("PLAN_INVALID", `the plan has no stage ${JSON.stringify(through)}`, {
      hint: `Its stages are ${keys.join(", ")}.`,
    });
  }
  return last;
}

/** True when the last start finished, and with it everything that is asked for now. */
export function isDone(record: RunRecord, keys: readonly string[], lastKey: number): boolean {
  if (record.end !== "finished" || record.result === null) return false;
  return keys.slice(0, lastKey + 1).every((key) => record.stages.get(key)?.state === "finished");
}
