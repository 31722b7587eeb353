import type { ExitCode } from "@sampan/core";
import type { StoredRunStatus } from "@sampan/fleet/engine";
import type { CommandFunction } from "../command-call.ts";
import { fleetExitCode, fleetSummary } from "../fleet/fleet-summary.ts";
import { followFleet } from "../fleet/follow-fleet.ts";
import { chosenRuns, withStoreRunner } from "../fleet/open-runner.ts";
import { watchRuns } from "../fleet/watch-runs.ts";
import { reportFile, writeReport } from "../fleet/write-report.ts";
import { say } from "../language/speech.ts";
import { tableStyleOf } from "../terminal/table.ts";

/** `sampan fleet watch [ID…]`: follows runs of a store until they have ended, or the watcher leaves. */
export const run: CommandFunction = async (call) => {
  const report = reportFile(call);
  return withStoreRunner(call, async (runner): Promise<ExitCode> => {
    const { output } = call;
    const ids = call.args.filter((id) => id !== undefined);
    const runs = await chosenRuns(runner, ids, ids.length === 0, isGoing);
    if (runs.length === 0) {
      output.talk(say("fleet-watch.none"));
      return 0;
    }
    const { view, left } = await followFleet(call, {
      events: watchRuns(runner, runs),
      workers: async () =>
        Object.fromEntries((await runner.sites()).map(({ site, workers }) => [site, workers.length])),
      goesOn: true,
      onInterrupt: () => true,
    });
    output.data(fleetSummary(view, tableStyleOf(output)));
    if (report !== undefined) await writeReport(call, view, report);
    if (!left) return fleetExitCode(view);
    output.talk(say("fleet-watch.left"));
    return 130;
  });
};

function isGoing({ state }: StoredRunStatus): boolean {
  return state === "running" || state === "interrupted";
}
