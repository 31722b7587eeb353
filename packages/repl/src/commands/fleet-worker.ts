import type { RunEvent } from "@sampan/core";
import type { FleetStore, WorkedOn } from "@sampan/fleet/engine";
import { bandwidthBudget } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionList, optionText } from "../command-call.ts";
import { openCallStore } from "../fleet/open-runner.ts";
import { neededStore } from "../fleet/store-wishes.ts";
import { say } from "../language/speech.ts";
import { eventLine } from "../render/messages.ts";
import { emptyRunView } from "../render/run-view.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { parseBandwidth } from "../terminal/bandwidth.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { identityLines } from "./whoami.ts";

const usualConcurrency = 4;

/**
 * `sampan fleet worker`: works on what a fleet's store holds, until it is asked to end. Then it gives its work back at once, for another
 * worker to go on with; the second signal ends it as it is, and its work is taken over when its leases end.
 */
export const run: CommandFunction = async (call) => {
  const { output, options } = call;
  const sites = optionList(options, "site");
  const concurrency = typeof options.concurrency === "number" ? options.concurrency : usualConcurrency;
  const limit = optionText(options, "bandwidth");
  const bandwidth = limit === undefined ? {} : bandwidthOf(parseBandwidth(limit) / 8, sites, concurrency);
  const store = await openCallStore(call, neededStore(call));
  let metrics: Awaited<ReturnType<typeof servedMetrics>>;
  let release = (): void => undefined;
  try {
    output.talk(say("fleet-run.store", { address: oneLine(store.address) }));
    await sayCredentials(call);
    const { startFleetWorker } = await import("@sampan/fleet/engine");
    const name = optionText(options, "name");
    metrics = await servedMetrics(call, store);
    const worker = await startFleetWorker({
      store,
      sites,
      ...(options.any === false ? { any: false } : {}),
      ...(name === undefined ? {} : { name }),
      concurrency: { site: concurrency },
      ...bandwidth,
      onEvent(event, of) {
        tell(call, event, of);
        metrics?.add(event, of.site);
      },
    });
    const asked = new Promise<void>((resolve) => {
      release = catchInterrupts(() => resolve());
    });
    if (output.asJson) {
      output.json({ type: "worker.started", name: worker.name, sites, store: store.address });
    } else {
      const where = sites.length === 0 ? say("fleet-worker.no-site") : sites.map(oneLine).join(", ");
      output.talk(say("fleet-worker.started", { name: oneLine(worker.name), where }));
      output.talk(say("fleet-worker.how-to-end"));
    }
    await asked;
    output.talk(say("fleet-worker.ending"));
    await worker.close();
    if (output.asJson) output.json({ type: "worker.ended", name: worker.name });
    return 0;
  } finally {
    await metrics?.close();
    await store.close();
    // In the shell the next Ctrl+C is for something else.
    release();
  }
};

/** What a site may send is shared by the workers alive there; a worker of no site has all of it for itself. */
function bandwidthOf(bytesPerSecond: number, sites: readonly string[], uploads: number) {
  return sites.length > 0
    ? { siteBandwidth: bytesPerSecond }
    : { bandwidth: bandwidthBudget({ bytesPerSecond, uploads }) };
}

/** Says whose credentials its uploads and imports have, before any work is taken; nothing secret is shown. */
async function sayCredentials(call: CommandCall): Promise<void> {
  const { home, cloud } = surroundingsOf(call);
  if (cloud.kind !== "alibaba") {
    call.output.talk(say("fleet-worker.rehearsals"));
    return;
  }
  const { whoAmI } = await import("@sampan/sdk");
  const identity = await whoAmI(cloud, { home, env: call.env });
  for (const line of identityLines(identity)) call.output.talk(line);
}

/** Counts what the worker does for Prometheus, where `--metrics` asks for it. */
async function servedMetrics({ options, output }: CommandCall, store: FleetStore) {
  if (typeof options.metrics !== "number") return undefined;
  const { createFleetMetrics, serveMetrics } = await import("@sampan/fleet");
  const { createFleetRunner } = await import("@sampan/fleet/engine");
  const metrics = await createFleetMetrics();
  const runner = createFleetRunner({ store, cloud: { kind: "simulator" } });
  const served = await serveMetrics({ metrics, port: options.metrics, sites: () => runner.sites() });
  output.talk(say("fleet-worker.metrics", { address: `${served.origin}/metrics` }));
  return {
    add: (event: RunEvent, site: string | null) => metrics.addWork(event, site),
    async close() {
      await served.close();
      await runner.close();
    },
  };
}

/** One line for what begins, ends, fails or is retried; under `--json` each event as it is. */
function tell({ output }: CommandCall, event: RunEvent, { title }: WorkedOn): void {
  if (output.asJson) {
    output.json({ type: "host.run", at: event.at, host: title, event });
    return;
  }
  const line =
    event.type === "stage.started"
      ? say("stage.named", { stage: oneLine(event.stage), text: say("fleet-worker.begun") })
      : eventLine(event, emptyRunView, output.talkColours);
  if (line !== null) output.talk(`${output.talkColours.bold(oneLine(title))}  ${line}`);
}
