import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type RunEvent, SampanError } from "@sampan/core";
import { sourceTitle } from "@sampan/sdk";
import {
  artifactFolder,
  cloudIdentity,
  foldRun,
  handedOverTo,
  hostLockPath,
  isRunId,
  loadPlan,
  markHandedOver,
  readJournal,
  runFolder,
  takeLock,
  unmarkHandedOver,
} from "@sampan/sdk/engine";
import { addRun, newRunData } from "./add-run.ts";
import { claimHost } from "./host-claims.ts";
import { runQueue, siteQueue } from "./queue-names.ts";
import { refuseUnfit } from "./refuse-plan.ts";
import type { RunData } from "./run-data.ts";
import { heldBackMs, isHeldBack } from "./run-job.ts";
import { RowAppender } from "./run-journal.ts";
import type { RunnerContext } from "./runner-context.ts";
import { defaultPrefix } from "./store/open-store.ts";
import type { FleetStore } from "./store/store.ts";
import { storeArtifacts } from "./store-artifacts.ts";

// What lies in a run's folder and is no artifact.
const ownFiles =
  /^(?:plan\.json|refresh\.json|handed-over\.json|journal\.ndjson|lock|lock\..*|cancel|control\..*|runner-\d+\.log|.*\.partial)$/;

/**
 * Takes a run that an embedded runner began and nobody works on into the store, where it goes on: its plan, journal and artifacts. Nobody
 * can resume it in its home meanwhile, nor afterwards: there it is marked as handed over. No other run of the home works on its host
 * meanwhile. One that was taken over half-way, by a process that ended, is taken anew.
 *
 * @param how `lost` takes one that is marked already from where the home left it: another fleet had it, or this one lost it, and what was
 * done there since is done again.
 * @throws `RUN_NOT_FOUND`; `RUN_LOCKED` while somebody works on it, or on its host, here or in the fleet; `RUN_HANDED_OVER` for one that was
 * handed over before and is not in this store, without `lost`; `CORE_ARGUMENT` for one that is there already, is a refresh, has finished,
 * or ran in another cloud than this runner's. What fails later leaves nothing behind that keeps it from being taken again.
 */
export async function adoptRun(
  at: RunnerContext,
  runId: string,
  home: string,
  { site = null, lost = false }: { readonly site?: string | null; readonly lost?: boolean },
): Promise<void> {
  const doing = `taking run ${runId} into the fleet`;
  const refused = (why: string) => new SampanError("CORE_ARGUMENT", `${doing}: ${why}`);
  if (!isRunId(runId))
    throw new SampanError("RUN_NOT_FOUND", `looking for run ${JSON.stringify(runId)} in ${home}`);
  const plan = loadPlan(home, runId);
  const folder = runFolder(home, runId);
  refuseUnfit(plan, {}, at.cloud);
  if (site !== null) siteQueue(site);
  const locks = [takeLock(hostLockPath(home, plan), `host ${sourceTitle(plan.source)}`)];
  try {
    locks.push(takeLock(join(folder, "lock"), `run ${runId}`));
    if (existsSync(join(folder, "refresh.json")))
      throw refused("it is a refresh, which only `sampan run` does");
    const known = await at.runs.find(runId);
    if (known !== undefined && !(await isHeldBack(known.job))) throw refused("it is there already");
    // One that this store took half-way is marked by it already. What else is marked got further elsewhere than its journal here says.
    const here = titleOf(at.store);
    const over = handedOverTo(home, runId);
    const isOurs = known !== undefined && over?.to === here;
    if (over !== undefined && !isOurs && !lost)
      throw new SampanError(
        "RUN_HANDED_OVER",
        `${doing}: it was handed over to the fleet of ${over.to}, and what was done there is not known here`,
        {
          hint: "If it does not go on there, `--lost` takes it from where this machine left it, although another fleet had it, or this one lost it.",
          details: { runId, ...over },
        },
      );
    const events = readJournal(folder);
    const { started, end, result } = foldRun(events);
    const { name, endpoint } = cloudIdentity(at.cloud);
    if (started !== undefined && (started.cloud.name !== name || started.cloud.endpoint !== endpoint))
      throw refused(`it ran in another cloud, ${started.cloud.name}`);
    // One that was told how far to go has finished that, and not its plan.
    if (end === "finished" && result?.complete !== false) throw refused("it has finished");

    const epoch = (started?.attempt ?? 0) + 1;
    const data = newRunData(at, { plan, site, host: null, epoch, through: null, deadline: null });
    let marked = false;
    try {
      await known?.job.remove();
      await claimHost(at, runId, data, doing);
      if (site !== null) await at.index.register("site", site);
      // At once: whoever has a host and no run for long is taken for gone.
      const job = await addRun(at, runId, data, heldBackMs);
      await copyArtifacts(at, runId, folder);
      await copyJournal(at, runId, data, events);
      await at.index.setLastRun(data.planDigest, runId);
      // Who was slow at it was taken for gone, and the host may have been given to another.
      await claimHost(at, runId, data, doing);
      // Before anybody can take it up there: from here on nobody goes on with it in its home.
      marked = true;
      markHandedOver(home, runId, { to: here, at: new Date(at.clock.now()).toISOString() });
      await job.promote();
    } catch (error) {
      // A store that is away keeps what was added: then the next who takes the run over finds it held back.
      if (await takeBackRun(at, runId, data).catch(() => false)) {
        if (over === undefined || isOurs) unmarkHandedOver(home, runId);
        else if (marked) markHandedOver(home, runId, over);
      }
      throw error;
    }
  } finally {
    for (const lock of locks.reverse()) lock.release();
  }
}

/** Which store it is among all: fleets on one server are told apart by their prefix. */
function titleOf({ address, prefix }: Pick<FleetStore, "address" | "prefix">): string {
  return prefix === defaultPrefix ? address : `${address} (prefix ${prefix})`;
}

async function copyJournal(
  { store, clock }: RunnerContext,
  runId: string,
  { version }: RunData,
  events: readonly RunEvent[],
): Promise<void> {
  const writer = { id: `adopted-${randomBytes(6).toString("hex")}`, generation: 0 };
  const rows = new RowAppender(store.queue(runQueue(version)), runId, writer);
  for (const { runId: _, seq: __, ...body } of events) await rows.add(rows.row(body, clock.now()));
}

/** Undoes what of a run was added, unless somebody has taken it up: then it has its host. Tells whether nothing of it is left. */
async function takeBackRun(at: RunnerContext, runId: string, data: RunData): Promise<boolean> {
  const queue = at.store.queue(runQueue(data.version));
  await queue.remove(runId);
  if ((await queue.getJob(runId)) !== undefined) return false;
  // Where it stays the host's, whoever wants the host finds no such run and takes it.
  await at.index.release(data.hostDigest, { runId, epoch: data.epoch }).catch(() => undefined);
  return true;
}

async function copyArtifacts({ store }: RunnerContext, runId: string, folder: string): Promise<void> {
  const artifacts = storeArtifacts(store, runId);
  const own = artifactFolder(folder);
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    if (!file.isFile() || ownFiles.test(file.name)) continue;
    const bytes = await own.load(file.name);
    if (bytes !== undefined) await artifacts.save(file.name, bytes);
  }
}
