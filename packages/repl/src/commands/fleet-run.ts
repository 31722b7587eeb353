import type { FleetHost } from "@sampan/fleet";
import { usualParallelPlans } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionSet } from "../command-call.ts";
import { embeddedFleet, type FleetEngine } from "../fleet/embedded-fleet.ts";
import { fleetExitCode, fleetSummary } from "../fleet/fleet-summary.ts";
import { followFleet } from "../fleet/follow-fleet.ts";
import { type LoadedFleet, loadFleet } from "../fleet/load-fleet.ts";
import { printAdvice } from "../fleet/print-advice.ts";
import { isAlone, neededStore } from "../fleet/store-wishes.ts";
import { storedFleet } from "../fleet/stored-fleet.ts";
import { reportFile, writeReport } from "../fleet/write-report.ts";
import { say } from "../language/speech.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { ask } from "../run/ask.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { confirmHosts, confirmRealClouds, describeTouched } from "../run/confirm.ts";
import { tableStyleOf } from "../terminal/table.ts";

/** `sampan fleet run`: migrates the hosts of an inventory, a fleet's file or plan files, wave by wave. */
export const run: CommandFunction = async (call) => {
  const { output, options } = call;
  const report = reportFile(call);
  const fleet = await loadFleet(call);
  if (optionSet(options, "dryRun")) {
    await printAdvice(call, fleet);
    return 0;
  }
  const alone = isAlone(call);
  await confirmFleet(call, fleet, alone);
  // One machine works on a few hosts at once, unless the policy says otherwise.
  const policy = alone ? { hostsAtOnce: usualParallelPlans, ...fleet.policy } : fleet.policy;
  const { runFleet } = await import("@sampan/fleet");
  if (alone) output.talk(say("fleet-run.alone"));
  const engine: FleetEngine = alone
    ? await embeddedFleet(call, fleet, policy)
    : await storedFleet(call, fleet, neededStore(call));
  try {
    output.talk(say(alone ? "fleet-run.stops" : "fleet-run.leaves"));
    const stop = new AbortController();
    const leave = new AbortController();
    const { events, result } = runFleet(fleet.migrations, policy, {
      start: engine.start,
      earlier: engine.earlier,
      signal: stop.signal,
      leave: leave.signal,
    });
    const { view, left } = await followFleet(call, {
      events,
      // The driver would begin the next hosts for as long as the process lives: in the shell, long after the command.
      onLeave() {
        leave.abort();
        return result;
      },
      expected: expectedBytes(fleet.migrations.map(({ host }) => host)),
      ...(engine.workers === null ? {} : { workers: engine.workers }),
      goesOn: !alone,
      onInterrupt(reason, screen) {
        // What others work on is theirs: whoever watches may leave.
        if (!alone) return true;
        screen.stopping();
        stop.abort(reason);
        return false;
      },
    });
    output.data(fleetSummary(view, tableStyleOf(output)));
    if (report !== undefined) await writeReport(call, view, report);
    if (left) {
      output.talk(say("fleet-run.left", { running: view.counts.running, waiting: view.counts.waiting }));
      return 130;
    }
    await result;
    if (view.hosts.some(({ rehearsal }) => rehearsal))
      output.talk(output.talkColours.magenta(rehearsalNotice));
    const exitCode = fleetExitCode(view);
    if (exitCode === 1 || exitCode === 130) output.talk(say("fleet-run.again"));
    return exitCode;
  } finally {
    await engine.close();
  }
};

/**
 * Asks before real accounts and hosts are changed. Where workers do that, their credentials count and not those of this machine, so that
 * no account can be named.
 */
async function confirmFleet(
  call: CommandCall,
  { folder, migrations }: LoadedFleet,
  alone: boolean,
): Promise<void> {
  const jobs = migrations.map(({ plan }) => ({ plan, ...surroundingsOf(call, { folder, plan }) }));
  const plans = jobs.map(({ plan }) => plan);
  if (alone) await confirmRealClouds(call, jobs);
  else {
    const real = jobs.filter(({ cloud }) => cloud.kind === "alibaba");
    if (real.length > 0) {
      await ask(call, {
        what: "a real account",
        title: () => say("fleet-run.real"),
        changes: real.map(({ plan }) => describeTouched(plan)),
      });
    }
  }
  await confirmHosts(call, plans, undefined);
}

/** What each host is known to send, by its name. */
function expectedBytes(hosts: readonly FleetHost[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    hosts.flatMap(({ name, usedBytes, sizeBytes }) => {
      const bytes = usedBytes ?? sizeBytes;
      return bytes === null ? [] : [[name, bytes]];
    }),
  );
}
