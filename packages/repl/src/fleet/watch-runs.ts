import { asSampanError, isSampanError, type RunEvent } from "@sampan/core";
import type { FleetEvent, HostOutcome } from "@sampan/fleet";
import type { FleetRunner, StoredRunStatus } from "@sampan/fleet/engine";
import { Observable, type Subscriber } from "rxjs";
import { anySite } from "./plan-hosts.ts";

/** What all runs of a store stand under, which does not know of waves. */
const onlyWave = "store";

/** The runs of a store told as a fleet: one wave, whose hosts are the runs. Completes when all have ended; unsubscribing leaves them. */
export function watchRuns(
  runner: Pick<FleetRunner, "events">,
  runs: readonly StoredRunStatus[],
): Observable<FleetEvent> {
  return new Observable((subscriber) => {
    const leaving = new AbortController();
    follow(runner, namedHosts(runs), subscriber, leaving.signal).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => leaving.abort();
  });
}

type NamedRun = StoredRunStatus & { readonly host: string };

/** Each run with a name of its own: its host's, and its id where another has that too. */
function namedHosts(runs: readonly StoredRunStatus[]): readonly NamedRun[] {
  const counts = new Map<string, number>();
  for (const { title } of runs) counts.set(title, (counts.get(title) ?? 0) + 1);
  return runs.map((run) => ({
    ...run,
    host: counts.get(run.title) === 1 ? run.title : `${run.title} ${run.runId}`,
  }));
}

async function follow(
  runner: Pick<FleetRunner, "events">,
  runs: readonly NamedRun[],
  subscriber: Subscriber<FleetEvent>,
  signal: AbortSignal,
): Promise<void> {
  const at = (): string => new Date().toISOString();
  const outcomes: Record<HostOutcome, number> = { done: 0, warnings: 0, failed: 0, cancelled: 0, skipped: 0 };
  const hosts = runs.map(({ host, site }) => ({ host, site: site ?? anySite }));
  subscriber.next({ type: "fleet.started", at: at(), waves: [{ wave: onlyWave, hosts }] });
  subscriber.next({ type: "wave.started", at: at(), wave: onlyWave, canaries: [] });
  await Promise.all(
    runs.map(async ({ host, site, runId, startedAt }) => {
      const where = { host, wave: onlyWave, site: site ?? anySite, runId, attached: true };
      subscriber.next({ type: "host.started", at: at(), ...where });
      let last: RunEvent | undefined;
      try {
        for await (const event of runner.events(runId, signal)) {
          last = event;
          subscriber.next({ type: "host.run", at: event.at, host, event });
        }
      } catch (error) {
        if (signal.aborted || isSampanError(error, "CORE_CANCELLED")) return;
        throw asSampanError(error);
      }
      const outcome = outcomeOf(last);
      outcomes[outcome]++;
      const error = last?.type === "run.failed" ? last.error : null;
      const tookMs = Math.max(0, Date.parse(last?.at ?? startedAt) - Date.parse(startedAt)) || 0;
      subscriber.next({
        type: "host.finished",
        at: at(),
        host,
        runId,
        outcome,
        error,
        because: null,
        tookMs,
      });
    }),
  );
  if (signal.aborted) return;
  subscriber.next({ type: "wave.finished", at: at(), wave: onlyWave, outcomes });
  subscriber.next({ type: "fleet.finished", at: at(), outcomes });
}

function outcomeOf(last: RunEvent | undefined): HostOutcome {
  if (last?.type === "run.finished") return last.warnings > 0 ? "warnings" : "done";
  return last?.type === "run.cancelled" ? "cancelled" : "failed";
}
