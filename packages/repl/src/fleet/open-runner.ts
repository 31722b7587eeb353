import { inTurns, isSampanError, SampanError } from "@sampan/core";
import type { FleetRunner, FleetStore, StoredRunStatus } from "@sampan/fleet/engine";
import type { CommandCall } from "../command-call.ts";
import { say, translated } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { neededStore, type StoreWishes, warnOfPassword } from "./store-wishes.ts";

/** So many runs of a store are asked about at the same time. */
export const askedAtOnce = 20;

/** Opens the store of a call, and says what is unwise about its server. */
export async function openCallStore(call: CommandCall, wishes: StoreWishes): Promise<FleetStore> {
  warnOfPassword(call);
  const { openStore } = await import("@sampan/fleet/engine");
  const store = await openStore(wishes);
  for (const warning of store.warnings)
    call.output.talk(say("fleet-run.store-warning", { what: oneLine(translated(warning)) }));
  return store;
}

/** Does something with the runner of the call's store, which starts nothing, and lets go of the store. */
export async function withStoreRunner<Result>(
  call: CommandCall,
  work: (runner: FleetRunner, store: FleetStore) => Promise<Result>,
): Promise<Result> {
  const store = await openCallStore(call, neededStore(call));
  const { createFleetRunner } = await import("@sampan/fleet/engine");
  // It starts no run: the cloud of those that are there stands in the store.
  const runner = createFleetRunner({ store, cloud: { kind: "simulator" } });
  try {
    return await work(runner, store);
  } finally {
    await runner.close();
    await store.close();
  }
}

/**
 * The runs that ids name, or, where none is named, those that `isMeant` takes of all.
 *
 * @throws `RUN_NOT_FOUND` for an id that the store does not know; `COMMAND_USAGE` when runs are named and `--all` is given too, or neither.
 */
export async function chosenRuns(
  runner: FleetRunner,
  ids: readonly string[],
  all: boolean,
  isMeant: (status: StoredRunStatus) => boolean,
): Promise<readonly StoredRunStatus[]> {
  if (ids.length > 0 === all) {
    throw new SampanError("COMMAND_USAGE", all ? "runs are named, and --all too" : "no run was named", {
      hint: "Name runs by their ids, or give --all. `sampan fleet status` lists them.",
    });
  }
  if (all) return (await runner.list()).filter(isMeant);
  return inTurns([...new Set(ids)], askedAtOnce, (id) => statusOf(runner, id));
}

/** Where a run stands; of one that is not there it says how those of the store are listed, and not those of a home. */
async function statusOf(runner: FleetRunner, id: string): Promise<StoredRunStatus> {
  try {
    return await runner.status(id);
  } catch (error) {
    if (!isSampanError(error, "RUN_NOT_FOUND")) throw error;
    throw new SampanError("RUN_NOT_FOUND", error.message, {
      hint: "`sampan fleet status --all` lists the runs of the store.",
      cause: error,
    });
  }
}
