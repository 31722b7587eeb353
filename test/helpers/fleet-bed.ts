import { link, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunEvent } from "@sampan/core";
import { createFleetRunner, type FleetRunner } from "@sampan/fleet/engine";
import { Migration, type Plan, resolvePlan } from "@sampan/sdk";
import type { LoggedRequest, SimulatorOptions } from "@sampan/simulator";
import { type FleetProcess, startFleetProcess, type WorkerSetting } from "./fleet-process.ts";
import { startPostgresServer } from "./postgres-server.ts";
import { startRedisServer } from "./redis-server.ts";
import { type Rehearsal, startRehearsal } from "./rehearsal.ts";
import type { StoreServer } from "./store-server.ts";
import { makeFolder } from "./temporary-folder.ts";
import { writeTinyDisk } from "./tiny-disk.ts";

/** A store, a cloud that keeps count, hosts to migrate, and workers that can be killed. */
export interface FleetBed {
  readonly server: StoreServer;
  readonly rehearsal: Rehearsal;
  readonly runner: FleetRunner;
  readonly folder: string;
  /** Starts a worker that takes over what was silent for `leaseMs`. */
  worker(setting?: Partial<WorkerSetting>): Promise<FleetProcess>;
  /** Plan of a host with a disk of its own: an upload in parts, an import, and copies to the regions named. */
  plan(host: string, options?: PlanOptions): Promise<Plan>;
  /** Makes every part of an upload, or of a host's, take so long, so that something can happen meanwhile. */
  slowParts(ms: number, host?: string): void;
  /** Waits until so many parts of a host's upload have landed. */
  partsLanded(host: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

export interface PlanOptions {
  readonly region?: string;
  readonly copyTo?: readonly string[];
  /** Size of a part. Default: so that there are {@link partsOfHost}. */
  readonly partBytes?: number;
}

/** Parts of the disk of a host of {@link FleetBed.plan}, unless it says otherwise. */
export const partsOfHost = 11;

export const leaseMs = 3000;

/** Starts a bed; whoever starts it stops it in `afterAll`. */
export async function startFleetBed(
  kind: "redis" | "postgres",
  simulator: SimulatorOptions = {},
): Promise<FleetBed> {
  const folder = await makeFolder();
  const [server, rehearsal] = await Promise.all([
    kind === "redis" ? startRedisServer() : startPostgresServer(),
    startRehearsal({ switches: { importRole: "ready" }, loggedRequests: 200_000, ...simulator }),
  ]);
  const store = { url: server.url };
  const runner = createFleetRunner({
    store,
    cloud: { kind: "simulator", endpoint: rehearsal.simulator.endpoint },
  });
  const disk = join(folder, "disk.raw");
  await writeTinyDisk(disk);
  const processes: FleetProcess[] = [];
  return {
    server,
    rehearsal,
    runner,
    folder,
    async worker(setting = {}) {
      const worker = await startFleetProcess({ store, leaseMs, stalledEveryMs: 1000, ...setting });
      processes.push(worker);
      return worker;
    },
    async plan(host, { region, copyTo = [], partBytes = 204_800 } = {}) {
      const file = join(folder, `${host}.raw`);
      await link(disk, file);
      const bucket = `fleet-${region ?? "any"}`;
      const plan = Migration.from(file)
        .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
        .capture()
        .toVhd()
        .upload(bucket, {
          createBucket: true,
          key: `${host}.vhd`,
          partBytes,
          ...(region !== undefined && { region }),
        })
        .import({ name: host, bootMode: "BIOS", architecture: "x86_64", detect: false });
      return resolvePlan((copyTo.length === 0 ? plan : plan.copyTo(...copyTo)).plan(), folder);
    },
    async partsLanded(host, count) {
      const landed = () =>
        rehearsal.simulator.requests.count({ operation: "UploadPart", key: `${host}.vhd`, status: 200 });
      while (landed() < count) await pause(10);
    },
    slowParts(ms, host) {
      rehearsal.simulator.faults.add({
        match: { operation: "UploadPart", ...(host !== undefined && { key: `${host}.vhd` }) },
        times: null,
        effect: { kind: "delay", ms },
      });
    },
    async stop() {
      // One that stands still would not end, and one that waits for its store would wait.
      await Promise.all(processes.map((worker) => worker.kill()));
      await runner.close();
      await server.close();
      await rehearsal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Parts that the cloud took more than once, by its own record. */
export function partsSentTwice(requests: readonly LoggedRequest[]): readonly string[] {
  const landed = requests
    .filter(({ operation, status }) => operation === "UploadPart" && status === 200)
    .map(({ key, parameters }) => `${key} part ${parameters.partNumber} of ${parameters.uploadId}`);
  return landed.filter((part, index) => landed.indexOf(part) !== index);
}

/** Stages that were begun again after their end, by a run's events. */
export function stagesRepeated(events: readonly RunEvent[]): readonly string[] {
  const finished = new Set<string>();
  const repeated: string[] = [];
  for (const event of events) {
    if (event.type === "stage.started" && finished.has(event.stage)) repeated.push(event.stage);
    if (event.type === "stage.finished") finished.add(event.stage);
  }
  return repeated;
}
