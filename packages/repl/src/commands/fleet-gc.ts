import { type ExitCode, formatBytes, inTurns, isSampanError, SampanError } from "@sampan/core";
import type { FleetRunner, KeptRun, StoredRunStatus, SweptStore } from "@sampan/fleet/engine";
import { type CloudChoice, chooseCloud } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { chosenRuns, withStoreRunner } from "../fleet/open-runner.ts";
import { say, translated } from "../language/speech.ts";
import { ask } from "../run/ask.ts";
import { confirmDeletion } from "../run/confirm.ts";
import { isComplete } from "../run/homes.ts";
import { describeLeft, type LeftWork, leftInCloud } from "../run/left-in-cloud.ts";
import type { Leftover } from "../run/leftovers.ts";
import { parseDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** Why a run stays. */
type Reason = "goes-on" | "resumable" | "left" | "unknown" | "unreadable" | "changed";

/** What becomes of a run, as `--json` tells it. */
interface Judged {
  readonly runId: string;
  readonly title: string;
  readonly state: StoredRunStatus["state"];
  readonly bytes: number;
  /** What it left in the cloud and is still there. */
  readonly left: readonly Leftover[];
  /** `null` for one that goes. */
  readonly stays: Reason | null;
  /** Why what it left is unknown. */
  readonly why: string | null;
}

// Each may be looked for in the cloud too.
const judgedAtOnce = 8;
const mostDays = 3650;
const nothingSwept: SweptStore = { stages: 0, artifacts: 0, claims: 0 };

/**
 * `sampan fleet gc [ID…]`: removes ended runs from a fleet's store: with `--older-than` what has served, and the runs that are named
 * whatever became of them, after what those left in the cloud was deleted.
 */
export const run: CommandFunction = (call) => {
  const { args, options } = call;
  const ids = args.filter((id) => id !== undefined);
  const age = optionText(options, "olderThan");
  if (ids.length > 0 === (age !== undefined)) {
    throw new SampanError(
      "COMMAND_USAGE",
      age === undefined ? "neither a run nor an age was given" : "runs are named, and an age too",
      { hint: "Name runs by their ids, or give --older-than 30d. `sampan fleet status --all` lists them." },
    );
  }
  const beforeMs = age === undefined ? undefined : Date.now() - parseDuration(age, mostDays);
  return withStoreRunner(call, (runner, store) =>
    beforeMs === undefined
      ? removeNamed(call, runner, ids)
      : removeOld(call, runner, beforeMs, oneLine(store.address)),
  );
};

async function removeOld(
  call: CommandCall,
  runner: FleetRunner,
  beforeMs: number,
  store: string,
): Promise<ExitCode> {
  const isOld = ({ state, updatedAt }: StoredRunStatus): boolean =>
    state === "unreadable" || Date.parse(updatedAt) < beforeMs;
  const old = (await runner.list()).filter((status) => !isGoing(status) && isOld(status));
  const kept = await runner.kept(old.filter(isComplete).map(({ runId }) => runId));
  const judged = await inTurns(old, judgedAtOnce, async (status): Promise<Judged> => {
    const one = judgedOf(status, kept.get(status.runId));
    if (status.state === "unreadable") return { ...one, stays: "unreadable" };
    if (!isComplete(status)) return { ...one, stays: "resumable" };
    try {
      const left = await leftBy(call, status, kept.get(status.runId), async (present) => present);
      return { ...one, left, stays: left.length > 0 ? "left" : null };
    } catch (error) {
      if (!isSampanError(error)) throw error;
      return { ...one, stays: "unknown", why: oneLine(error.message) };
    }
  });
  const going = judged.filter(({ stays }) => stays === null);
  if (optionSet(call.options, "dryRun")) return tell(call, judged, undefined);
  if (old.some(({ runId, cloud }) => !cloud.rehearsal && going.some((one) => one.runId === runId))) {
    await ask(call, {
      what: "a fleet's store",
      title: () => say("fleet-gc.title", { runs: going.length, store }),
      changes: going.map(describe),
      name: optionText(call.options, "prefix") ?? "sampan",
    });
  }
  const ended = await inTurns(judged, judgedAtOnce, async (one): Promise<Judged> => {
    if (one.stays !== null) return one;
    return { ...one, stays: await forget(runner, one.runId, false) };
  });
  return tell(call, ended, await runner.sweep());
}

async function removeNamed(
  call: CommandCall,
  runner: FleetRunner,
  ids: readonly string[],
): Promise<ExitCode> {
  const dryRun = optionSet(call.options, "dryRun");
  const found = await chosenRuns(runner, ids, false, () => true);
  const kept = await runner.kept(found.map(({ runId }) => runId));
  const asked: { readonly status: StoredRunStatus; readonly one: Judged }[] = [];
  // All are asked about before anything is done, one after the other: each by its own name.
  for (const status of found) {
    const one = judgedOf(status, kept.get(status.runId));
    if (isGoing(status)) asked.push({ status, one: { ...one, stays: "goes-on" } });
    else asked.push({ status, one: { ...one, left: await askedAbout(call, one, status, kept) } });
  }
  if (dryRun) {
    if (!call.output.asJson)
      for (const { one } of asked)
        for (const what of one.left) call.output.data(say("gc.would-delete", { what: describeLeft(what) }));
    tell(
      call,
      asked.map(({ one }) => one),
      undefined,
    );
    return exitOf(asked.map(({ one }) => one));
  }
  const ended: Judged[] = [];
  let swept: SweptStore | undefined;
  try {
    for (const { status, one } of asked)
      ended.push(one.stays === null ? await removeOne(call, runner, status, one) : one);
    swept = await runner.sweep();
  } finally {
    // Also where one of them could not be removed: the others are gone.
    if (ended.length > 0) tell(call, ended, swept ?? nothingSwept);
  }
  return exitOf(ended);
}

/** What a run left, after it was asked whether that and the run may go; a dry run asks nothing. */
function askedAbout(
  call: CommandCall,
  one: Judged,
  status: StoredRunStatus,
  kept: ReadonlyMap<string, KeptRun>,
): Promise<readonly Leftover[]> {
  return leftBy(call, status, kept.get(one.runId), async (present, _, missing) => {
    const changes = [
      ...present.map((what) => say("gc.delete", { what: describeLeft(what) })),
      ...missing.map((what) => say("fleet-gc.missing", { what: describeLeft(what) })),
      say("gc.remove", { what: describe(one) }),
    ];
    if (!optionSet(call.options, "dryRun"))
      await confirmDeletion(call, cloudOf(call, status), one.runId, changes, "fleet-gc.title-named");
    return present;
  });
}

/** Deletes what a run left, and removes it; one that somebody went on with since it was asked about stays as it is. */
async function removeOne(
  call: CommandCall,
  runner: FleetRunner,
  { runId, updatedAt }: StoredRunStatus,
  one: Judged,
): Promise<Judged> {
  const now = await runner.status(runId).catch((error) => {
    if (!isSampanError(error, "RUN_NOT_FOUND")) throw error;
  });
  // Another has done what was asked for.
  if (now === undefined) return one;
  if (isGoing(now) || now.updatedAt !== updatedAt) return { ...one, left: [], stays: "changed" };
  const kept = await runner.kept([runId]);
  const left = await leftBy(call, now, kept.get(runId), async (present, remove) => {
    for (const what of present) {
      await remove(what);
      call.output.talk(say("gc.deleted", { what: describeLeft(what) }));
    }
    return present;
  });
  return { ...one, left, stays: await forget(runner, runId, true) };
}

/** 6 where a run that was named stays. */
function exitOf(judged: readonly Judged[]): ExitCode {
  return judged.some(({ stays }) => stays !== null) ? 6 : 0;
}

/** Removes a run; gives why it stays where it does. Another that removes it at the same time has done what was asked for. */
async function forget(runner: FleetRunner, runId: string, resumable: boolean): Promise<Reason | null> {
  try {
    const outcome = await runner.forget(runId, { resumable });
    if (outcome === "goes on") return "goes-on";
    return outcome === "forgotten" ? null : outcome;
  } catch (error) {
    if (!isSampanError(error, "RUN_NOT_FOUND")) throw error;
    return null;
  }
}

/**
 * What a run left in its cloud; nothing of a rehearsal whose simulator has ended, as all of it has ended with that.
 *
 * @throws `RUN_JOURNAL_CORRUPT` where what it made could not be read.
 */
async function leftBy(
  call: CommandCall,
  status: StoredRunStatus,
  kept: KeptRun | undefined,
  work: LeftWork,
): Promise<readonly Leftover[]> {
  if (kept === undefined) {
    const { runId } = status;
    throw new SampanError("RUN_JOURNAL_CORRUPT", `reading what run ${runId} made, in the fleet's store`);
  }
  const made = {
    cloud: cloudOf(call, status),
    home: call.cwd,
    resources: kept.resources,
    isComplete: isComplete(status),
  };
  try {
    return await leftInCloud(made, work);
  } catch (error) {
    if (status.cloud.rehearsal && isSampanError(error, "CLOUD_UNREACHABLE"))
      return work([], async () => undefined, []);
    throw error;
  }
}

/** The cloud the run was of, with the account that was asked for, else the plan's. */
function cloudOf(call: CommandCall, { cloud, profile }: StoredRunStatus): CloudChoice {
  if (cloud.name !== "alibaba")
    return { kind: "simulator", ...(cloud.endpoint === null ? {} : { endpoint: cloud.endpoint }) };
  return chooseCloud({
    flag: "alibaba",
    profile: optionText(call.options, "profile") ?? profile ?? undefined,
    configured: call.configured,
    env: call.env,
  });
}

function tell(call: CommandCall, judged: readonly Judged[], swept: SweptStore | undefined): ExitCode {
  const { output } = call;
  const gone = judged.filter(({ stays }) => stays === null);
  if (output.asJson) {
    output.json({ dryRun: swept === undefined, runs: judged, swept: swept ?? null });
    return 0;
  }
  for (const one of judged) tellStay(call, one);
  for (const one of gone)
    output.data(say(swept === undefined ? "gc.would-remove" : "gc.removed", { what: describe(one) }));
  const size = formatBytes(gone.reduce((sum, { bytes }) => sum + bytes, 0));
  if (gone.length === 0) output.talk(say("fleet-gc.none"));
  else
    output.talk(say(swept === undefined ? "fleet-gc.dry" : "fleet-gc.removed", { runs: gone.length, size }));
  if (swept !== undefined && swept.stages + swept.artifacts > 0)
    output.talk(say("fleet-gc.swept", { ...swept }));
  return 0;
}

function tellStay({ output }: CommandCall, { runId, state, left, stays, why }: Judged): void {
  if (stays === "goes-on") output.talk(say("fleet-gc.goes-on", { run: runId }));
  if (stays === "resumable") output.talk(say("fleet-gc.resumable", { run: runId, state: translated(state) }));
  if (stays === "left")
    output.talk(say("fleet-gc.left", { run: runId, what: left.map(describeLeft).join(", ") }));
  if (stays === "unreadable") output.talk(say("fleet-gc.unreadable", { run: runId }));
  if (stays === "unknown") output.talk(say("fleet-gc.unknown", { run: runId, why: why ?? "" }));
  if (stays === "changed") output.talk(say("fleet-gc.changed", { run: runId }));
}

function describe({ runId, title, state, bytes }: Judged): string {
  return oneLine(
    say("fleet-gc.run", { run: runId, title, state: translated(state), size: formatBytes(bytes) }),
  );
}

/** A run that goes, as far as its status says. */
function judgedOf({ runId, title, state }: StoredRunStatus, kept: KeptRun | undefined): Judged {
  return { runId, title, state, bytes: kept?.bytes ?? 0, left: [], stays: null, why: null };
}

function isGoing({ state }: StoredRunStatus): boolean {
  return state === "running" || state === "interrupted";
}
