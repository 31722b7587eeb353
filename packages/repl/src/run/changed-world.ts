import { type CloudChoice, changesSince, type SavedPlan, worldChangedError } from "@sampan/sdk";
import { type CommandCall, optionSet, optionText } from "../command-call.ts";
import { openHostOf } from "../disk/open-host-target.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { catchInterrupts } from "./interrupts.ts";

/** A plan that was written for later, with where and in which cloud it is run now. */
export interface SavedJob {
  readonly saved: SavedPlan;
  readonly home: string;
  readonly cloud: CloudChoice;
}

/**
 * Refuses a plan that was written by `sampan plan --out` when the world is no longer what it was written for. `--changed-world accept`
 * says what changed and goes on; `--yes` does not. A refresh reads the disks anew: what changed on them is what it is for.
 *
 * @throws `PLAN_WORLD_CHANGED`; what keeps the world from being looked at.
 */
export async function refuseChangedWorld(call: CommandCall, { saved, home, cloud }: SavedJob): Promise<void> {
  if (saved.world === null) return;
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  const found = await changesSince(saved, {
    ...{ home, cloud, env: call.env, signal: stop.signal },
    openHost: (source) => openHostOf(call, source),
  }).finally(release);
  const isRefresh = optionSet(call.options, "refresh");
  const changes = found.filter(({ thing }) => !isRefresh || !thing.startsWith("disk "));
  if (changes.length === 0) return;
  const error = worldChangedError(saved, changes);
  if (optionText(call.options, "changedWorld") !== "accept") throw error;
  call.output.talk(call.output.talkColours.yellow(oneLine(`accepted: ${error.message}`)));
}
