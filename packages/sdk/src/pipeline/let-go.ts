import { isSampanError, type Json, type SampanError } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";
import type { Services } from "../run/stage-definition.ts";
import { type HoldOutput, holdStage, momentId } from "../stages/hold.ts";
import { releaseStage } from "../stages/release.ts";

const patienceMs = 60_000;

/** Whether something of a host is held that nobody has let go of. */
export function isHeld(outputs: ReadonlyMap<string, Json | undefined>): boolean {
  const held = outputs.get(holdStage.name) as unknown as HoldOutput | undefined;
  return held !== undefined && held.moments.length > 0 && outputs.get(releaseStage.name) === undefined;
}

/**
 * Thaws a host at once when a run ends before everything was read: nobody wants a server that stands still until somebody resumes.
 *
 * Snapshots stay until their lease ends, for a resume that goes on with them; one that is void is removed at once.
 */
export async function letGo(
  plan: Plan,
  outputs: ReadonlyMap<string, Json | undefined>,
  services: Services,
  error: SampanError | null,
): Promise<readonly string[]> {
  const held = outputs.get(holdStage.name) as unknown as HoldOutput | undefined;
  if (held === undefined || outputs.get(releaseStage.name) !== undefined) return [];
  const isVoid = error !== null && isSampanError(error, "HOST_SNAPSHOT_FULL");
  const useless = held.moments.filter(({ consistency }) => isVoid || consistency === "freeze");
  if (useless.length === 0) return [];
  const host = await services.openHost(plan.source);
  try {
    for (const moment of useless) await host.live?.release(moment, AbortSignal.timeout(patienceMs));
    return useless.map((moment) => momentId(plan.source, moment));
  } finally {
    await host.close();
  }
}
