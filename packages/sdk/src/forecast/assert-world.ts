import { SampanError } from "@sampan/core";
import { cloudKey } from "../cloud/choose-cloud.ts";
import { planFingerprint } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { runPointer } from "../run/run-store.ts";
import { type LookOptions, lookAtWorld } from "./look-at-world.ts";
import type { SavedPlan } from "./saved-plan.ts";
import type { WorldChange } from "./world.ts";
import { worldChanges } from "./world-changes.ts";

/**
 * Looks at the world again and gives what changed since a plan was written for later; nothing where the world was not looked at then.
 *
 * @throws as `lookAtWorld` does.
 */
export async function changesSince(
  { plan, world }: SavedPlan,
  options: LookOptions,
): Promise<readonly WorldChange[]> {
  if (world === null) return [];
  const now = await lookAtWorld(plan, options);
  const runId = runPointer(options.home, planFingerprint(plan), cloudKey(options.cloud)).read();
  return worldChanges(world, now, runId ?? null);
}

/** The error that says what changed since a plan was written, and what can be done. */
export function worldChangedError({ plan, world }: SavedPlan, changes: readonly WorldChange[]): SampanError {
  const since = world?.lookedAt ?? "it was written";
  return new SampanError(
    "PLAN_WORLD_CHANGED",
    `${sourceTitle(plan.source)} is not what it was planned for at ${since}: ${changes.map(changeText).join("; ")}`,
    { details: { since, changes: changes.map((one) => ({ ...one })) } },
  );
}

/** One change in one line: `bucket web-images, region: cn-hangzhou → cn-beijing`. */
export function changeText({ thing, field, from, to }: WorldChange): string {
  return `${thing}, ${field}: ${shown(field, from)} → ${shown(field, to)}`;
}

function shown(field: string, value: WorldChange["from"]): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && field.endsWith("Ms") && Math.abs(value) < 8.64e15)
    return new Date(value).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
