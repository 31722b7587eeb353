import type { Json } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";
import type { Services } from "../run/stage-definition.ts";
import { type HoldOutput, holdStage, momentId } from "../stages/hold.ts";
import { releaseStage } from "../stages/release.ts";

const patienceMs = 60_000;

/**
 * Thaws a host at once when a run ends before everything was read: nobody wants a server that stands still until somebody resumes.
 *
 * Snapshots stay until their lease ends, for a resume that goes on with them.
 */
export async function letGo(
  plan: Plan,
  outputs: ReadonlyMap<string, Json | undefined>,
  services: Services,
): Promise<readonly string[]> {
  const held = outputs.get(holdStage.name) as unknown as HoldOutput | undefined;
  if (held === undefined || outputs.get(releaseStage.name) !== undefined) return [];
  const frozen = held.moments.filter(({ consistency }) => consistency === "freeze");
  if (frozen.length === 0) return [];
  const host = await services.openHost(plan.source);
  try {
    for (const moment of frozen) await host.live?.release(moment, AbortSignal.timeout(patienceMs));
    return frozen.map((moment) => momentId(plan.source, moment));
  } finally {
    await host.close();
  }
}
