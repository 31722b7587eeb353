import { type ExitCode, inTurns } from "@sampan/core";
import type { SiteStatus, StoredRunStatus } from "@sampan/fleet/engine";
import { type CommandFunction, optionSet } from "../command-call.ts";
import { askedAtOnce, withStoreRunner } from "../fleet/open-runner.ts";
import { anySite } from "../fleet/plan-hosts.ts";
import { hostName } from "../fleet/watch-runs.ts";
import { say, translated } from "../language/speech.ts";
import { formatTable, tableStyleOf } from "../terminal/table.ts";

/** A run with what it waits for. */
type ToldRun = StoredRunStatus & { readonly waitsFor: string | null };

/** `sampan fleet status`: the sites of a store with their workers, and its runs. */
export const run: CommandFunction = (call) =>
  withStoreRunner(call, async (runner, store): Promise<ExitCode> => {
    const [sites, all] = await Promise.all([runner.sites(), runner.list()]);
    const shown = optionSet(call.options, "all") ? all : all.filter(({ state }) => state !== "finished");
    const waits = new Map<string, string | null>();
    await inTurns(shown.filter(isGoing), askedAtOnce, async ({ runId }) => {
      waits.set(runId, await runner.waitsFor(runId));
    });
    const runs = shown.map((status): ToldRun => ({ ...status, waitsFor: waits.get(status.runId) ?? null }));
    const { output } = call;
    if (output.asJson) {
      output.json({ store: store.address, sites, runs });
      return 0;
    }
    const style = tableStyleOf(output);
    if (sites.length > 0)
      output.data(formatTable(["site", "workers", "waiting", "active", ""], siteRows(sites), style));
    if (runs.length > 0) {
      if (sites.length > 0) output.data("");
      output.data(
        formatTable(["run", "host", "wave", "site", "state", "stage or error"], runs.map(runRow), style),
      );
    }
    const finished = all.length - shown.length;
    if (all.length === 0) output.talk(say("fleet-status.none"));
    else if (finished > 0) output.talk(say("fleet-status.finished", { finished }));
    return 0;
  });

function isGoing({ state }: StoredRunStatus): boolean {
  return state === "running" || state === "interrupted";
}

function siteRows(sites: readonly SiteStatus[]): readonly (readonly string[])[] {
  return sites.map(({ site, workers, waiting, active, drained }) => {
    const words = [
      ...(drained ? [say("fleet-status.drained")] : []),
      ...(workers.length === 0 && waiting > 0 ? [say("fleet.no-worker")] : []),
    ];
    return [site, String(workers.length), String(waiting), String(active), words.join(", ")];
  });
}

function runRow(run: ToldRun): readonly string[] {
  const { runId, host, site, state, stages, error, waitsFor } = run;
  const going = stages.filter((stage) => stage.state === "running").map(({ stage }) => stage);
  const what = error?.code ?? (waitsFor === null ? going.join(", ") : translated(waitsFor));
  return [
    runId,
    hostName(run),
    host?.wave ?? "–",
    site ?? anySite,
    translated(state),
    what === "" ? "–" : what,
  ];
}
