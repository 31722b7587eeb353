import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Cloud } from "@sampan/cloud";
import {
  asSampanError,
  type Clock,
  type RunEvent,
  type RunEventOf,
  type RunEventType,
  type SampanError,
  throwIfCancelled,
} from "@sampan/core";
import type { Host } from "@sampan/host";
import {
  connectCloud,
  createEmbeddedRunner,
  type ImportResult,
  type Runner,
  resolvePlan,
  type Stage,
  type StartOptions,
} from "@sampan/sdk";
import { Simulator, type SimulatorOptions } from "@sampan/simulator";
import { writeFirstGuest } from "./first-guest.ts";
import { makeFolder } from "./temporary-folder.ts";

/** How a run ended, and everything it told. */
export interface FastRun {
  readonly runId: string;
  readonly events: readonly RunEvent[];
  readonly result: ImportResult | undefined;
  readonly error: SampanError | undefined;
  of<T extends RunEventType>(type: T): readonly RunEventOf<T>[];
}

/** Runs plans in this process against a simulator of its own, on a clock that jumps over every wait. */
export interface FastCloud {
  readonly simulator: Simulator;
  readonly runner: Runner;
  /** Folder with the small Debian guest of the demo, `guest.qcow2`; the journals are in its `.sampan`. */
  readonly folder: string;
  run(
    plan: Stage<unknown>,
    options?: StartOptions & { readonly onEvent?: (event: RunEvent, cancel: () => void) => void },
  ): Promise<FastRun>;
  resume(runId: string): Promise<FastRun>;
  /** The cloud as the runs see it, to look at what they left. */
  connect(): Promise<Cloud>;
  stop(): Promise<void>;
}

/** How {@link startFastCloud} is told. */
export interface FastCloudOptions {
  readonly simulator?: SimulatorOptions;
  /** Opens hosts in place of the image files that plans name. */
  readonly openHost?: (folder: string) => Promise<Host>;
}

/** Starts a simulator whose time passes only while somebody waits for it: an import of hours ends at once. */
export async function startFastCloud(options: FastCloudOptions = {}): Promise<FastCloud> {
  const folder = await makeFolder();
  await writeFirstGuest(join(folder, "guest.qcow2"));
  const simulator = await Simulator.start({ switches: { importRole: "ready" }, ...options.simulator });
  simulator.clock.freeze();
  const clock: Clock = {
    now: () => simulator.clock.now(),
    monotonic: () => simulator.clock.now(),
    async sleep(ms, signal) {
      throwIfCancelled(signal);
      simulator.clock.advance(ms);
      await turn();
      throwIfCancelled(signal);
    },
  };
  const { openHost } = options;
  const home = join(folder, ".sampan");
  const choice = { kind: "simulator", endpoint: simulator.endpoint } as const;
  const runner = createEmbeddedRunner({
    home,
    cloud: choice,
    clock,
    random: () => 0.5,
    ...(openHost === undefined ? {} : { services: { openHost: () => openHost(folder) } }),
  });

  async function follow(
    start: () => ReturnType<Runner["start"]>,
    onEvent?: (event: RunEvent, cancel: () => void) => void,
  ): Promise<FastRun> {
    const handle = start();
    const events: RunEvent[] = [];
    handle.events.subscribe((event) => {
      events.push(event);
      onEvent?.(event, () => handle.cancel("by the test"));
    });
    const ended = await handle.result.then(
      (result) => ({ result: result as unknown as ImportResult, error: undefined }),
      (error: unknown) => ({ result: undefined, error: asSampanError(error) }),
    );
    return {
      runId: handle.id,
      events,
      ...ended,
      of: <T extends RunEventType>(type: T) =>
        events.filter((event): event is RunEventOf<T> => event.type === type),
    };
  }

  return {
    simulator,
    runner,
    folder,
    run: (plan, { onEvent, ...start } = {}) =>
      follow(() => runner.start(resolvePlan(plan.plan(), folder), start), onEvent),
    resume: (runId) => follow(() => runner.resume(runId)),
    connect: () => connectCloud(choice, home),
    async stop() {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
