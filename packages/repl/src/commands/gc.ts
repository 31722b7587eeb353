import { join } from "node:path";
import { type ExitCode, foldResources, type Resource } from "@sampan/core";
import { chooseCloud } from "@sampan/sdk";
import { assertNotHandedOver, handedOverTo, runFolder, takeLock } from "@sampan/sdk/engine";
import { type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { hostSource } from "../disk/host-source.ts";
import { say } from "../language/speech.ts";
import {
  collectHost,
  collectMoments,
  type LeftMoment,
  leftMoment,
  mayBeHeld,
  momentsOf,
} from "../run/collect-host.ts";
import { confirmDeletion } from "../run/confirm.ts";
import { cloudFlag, type FoundRun, findRun, isComplete, listRuns, lookingRunner } from "../run/homes.ts";
import { describeLeft, type LeftWork, leftInCloud } from "../run/left-in-cloud.ts";
import type { Leftover } from "../run/leftovers.ts";
import { oneLine } from "../terminal/plain-text.ts";

/**
 * `sampan gc [ID|HOST]`: lists what runs have left that costs money, or is held on a host, and is still there; with an id, deletes
 * what that run left, with an address (`ssh://…`) what is left on that host, after it was shown and asked.
 */
export const run: CommandFunction = async (call) => {
  const question = { flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd };
  const id = call.args[0];
  const source = id === undefined ? undefined : await hostSource(call, id);
  if (source !== undefined) return collectHost(call, source);
  if (id !== undefined) return collect(call, await findRun(question, id));
  const found: {
    readonly runId: string;
    readonly title: string;
    readonly left: readonly (Leftover | LeftMoment)[];
  }[] = [];
  for (const one of await listRuns(question)) {
    if (one.status.state === "running") continue;
    if (one.status.state === "unreadable") {
      call.output.talk(`run ${one.status.runId} cannot be read: what it left is not known`);
      continue;
    }
    const over = handedOverTo(one.home, one.status.runId);
    if (over !== undefined) {
      call.output.talk(say("gc.handed-over", { run: one.status.runId, store: oneLine(over.to) }));
      continue;
    }
    const moments = (await momentsOf(one)).filter((moment) => mayBeHeld(one, moment)).map(leftMoment);
    const left = [...moments, ...(await leftOf(call, one, async (present) => present))];
    if (left.length > 0) found.push({ runId: one.status.runId, title: one.status.title, left });
  }
  const { output } = call;
  if (output.asJson) output.json(found);
  else if (found.length === 0) output.talk("no run here has left anything that costs money, or is on a host");
  else {
    for (const { runId, title, left } of found) {
      output.data(say("gc.run", { run: runId, title: oneLine(title) }));
      for (const one of left) output.data(`  ${describeLeft(one)}`);
    }
    output.talk("`sampan gc ID` deletes what a run left, after asking; `sampan resume ID` uses it");
  }
  return 0;
};

async function collect(call: CommandCall, found: FoundRun): Promise<ExitCode> {
  const { output } = call;
  const { runId, state } = found.status;
  if (state === "running") {
    output.talk(`run ${runId} is going on: \`sampan cancel ${runId}\` stops it`);
    return 6;
  }
  const dryRun = optionSet(call.options, "dryRun");
  // While somebody is asked, nobody takes the run up or hands it over: it would be left without what is deleted here.
  const lock = dryRun ? undefined : takeLock(join(runFolder(found.home, runId), "lock"), `run ${runId}`);
  try {
    assertNotHandedOver(found.home, runId, `deleting what run ${runId} left`);
    return await collectLeft(call, found, dryRun);
  } finally {
    lock?.release();
  }
}

/** As {@link collect}, of a run that nobody works on. */
async function collectLeft(call: CommandCall, found: FoundRun, dryRun: boolean): Promise<ExitCode> {
  const { output } = call;
  const { runId } = found.status;
  const moments = await collectMoments(call, found, dryRun);
  const leftInCloud = await leftOf(call, found, async (present, remove) => {
    if (dryRun || present.length === 0) return present;
    await confirmDeletion(
      call,
      cloudOf(call, found),
      runId,
      present.map((one) => say("gc.delete", { what: describeLeft(one) })),
    );
    for (const one of present) {
      await remove(one);
      output.talk(say("gc.deleted", { what: describeLeft(one) }));
    }
    return present;
  });
  const left = [...moments, ...leftInCloud];
  if (output.asJson) output.json({ runId, deleted: !dryRun, left });
  else if (left.length === 0) output.talk(`run ${runId} has left nothing`);
  else if (dryRun) for (const one of left) output.data(say("gc.would-delete", { what: describeLeft(one) }));
  return 0;
}

/** What a run left and is still there, handed to `work` together with what deletes one of it. */
async function leftOf(call: CommandCall, found: FoundRun, work: LeftWork): Promise<readonly Leftover[]> {
  const { status, home } = found;
  let resources: readonly Resource[] = [];
  for (const event of await lookingRunner(home).recorded(status.runId)) {
    resources = foldResources(resources, event);
  }
  const of = { cloud: cloudOf(call, found), home, resources, isComplete: isComplete(status) };
  return leftInCloud(of, work);
}

/** The cloud the run was of, with the account that was asked for, else the plan's. */
function cloudOf(call: CommandCall, { status }: FoundRun) {
  return chooseCloud({
    flag: cloudFlag(status),
    profile: optionText(call.options, "profile") ?? status.profile ?? undefined,
    configured: call.configured,
    env: call.env,
  });
}
