import type { RunEvent } from "@sampan/core";
import type { HeldMoment } from "@sampan/host";
import type { SourceSpec } from "../plan/sources.ts";
import { holdStage, momentId } from "../stages/hold.ts";

/**
 * Moments that a run has held on its host and has not let go of, as its events tell. The host may have let go since: their leases
 * end by themselves. Pure.
 */
export function heldMoments(source: SourceSpec, events: Iterable<RunEvent>): readonly HeldMoment[] {
  const held = new Map<string, HeldMoment>();
  for (const event of events) {
    if (event.type === "checkpoint" && event.stage === holdStage.name && event.item !== undefined) {
      const moment = event.item as unknown as HeldMoment;
      held.set(momentId(source, moment), moment);
    }
    if (event.type === "resource.removed") held.delete(event.id);
  }
  return [...held.values()];
}
