import { SampanError } from "@sampan/core";
import type { HostClaim, HostHolder } from "./fleet-index.ts";
import type { RunData } from "./run-data.ts";
import { standingOf } from "./run-job.ts";
import { RunJournal } from "./run-journal.ts";
import type { RunnerContext } from "./runner-context.ts";
import type { StoredRun } from "./stored-runs.ts";

type ClaimContext = Pick<RunnerContext, "index" | "runs" | "clock">;

/** So often something is tried anew that others were quicker at: a host whose run turns out to have let go of it, data that were written meanwhile. */
export const mostTurns = 20;

/**
 * Claims the host of a run for one of its starts.
 *
 * @param doing what it is wanted for, for the error.
 * @throws `RUN_LOCKED` where another run works on it.
 */
export async function claimHost(
  at: ClaimContext,
  runId: string,
  { hostDigest, planDigest, epoch }: Pick<RunData, "hostDigest" | "planDigest" | "epoch">,
  doing: string,
): Promise<void> {
  for (let turn = 0; turn < mostTurns; turn++) {
    const holder = await at.index.claim(hostDigest, { runId, plan: planDigest, epoch });
    if (holder.runId === runId) return;
    if ((await settleHolder(at, hostDigest, holder)) !== undefined) throw lockedError(doing, holder);
  }
  throw restlessError(doing);
}

/** Gives the run that has a host by right; takes the host from one that is not there or has ended, and gives `undefined`. */
export async function settleHolder(
  at: ClaimContext,
  hostDigest: string,
  holder: HostHolder,
): Promise<StoredRun | undefined> {
  for (let look = 0; ; look++) {
    const run = await at.runs.find(holder.runId);
    if (run !== undefined && (await goesOn(run))) return run;
    // Whoever claims a host adds the run a moment later, and lets go of the host a moment after its end.
    if (look === 20) break;
    const now = await at.index.holder(hostDigest);
    if (now?.row !== holder.row) return undefined;
    await at.clock.sleep(100);
  }
  await at.index.release(hostDigest, holder);
  return undefined;
}

async function goesOn(run: StoredRun): Promise<boolean> {
  const journal = new RunJournal(run.queue, run.runId);
  await journal.read();
  return standingOf(run, journal) === "goes on";
}

/** The error of wanting a host that another run works on. */
export function lockedError(doing: string, { runId, plan }: HostClaim): SampanError {
  return new SampanError("RUN_LOCKED", `${doing}: run ${runId} of the fleet works on the host`, {
    details: { runId, plan },
  });
}

/** The error of wanting a host that was another run's each time it was asked for. */
export function restlessError(doing: string): SampanError {
  return new SampanError("RUN_LOCKED", `${doing}: other runs take the host by turns`);
}

/** The error of a run whose data were others each time they were to be written. */
export function changingError(runId: string): SampanError {
  return new SampanError("RUN_LOCKED", `writing what run ${runId} is to do: others write it all the time`);
}
