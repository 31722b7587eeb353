import type { SimulatorSpeed } from "../../../options.ts";
import type { DiskStore } from "../disks/store.ts";
import type { InstanceRecord, InstanceState, PlannedChange } from "./records.ts";
import type { InstanceStore } from "./store.ts";

/** The way of a new instance: `Pending`, `Starting`, `Running`. */
export function launchPlan(nowMs: number, speed: SimulatorSpeed): readonly PlannedChange[] {
  const startsAtMs = nowMs + speed.instancePendingMs;
  return [
    { state: "Starting", atMs: startsAtMs },
    { state: "Running", atMs: startsAtMs + speed.instanceStartingMs },
  ];
}

/**
 * Moves instances on: lets planned changes come about whose time has come, and releases those whose `AutoReleaseTime` has.
 * No timers: it is called before every call, and works out what has happened until now.
 */
export class InstanceLifecycle {
  readonly #instances: InstanceStore;
  readonly #disks: DiskStore;

  constructor(instances: InstanceStore, disks: DiskStore) {
    this.#instances = instances;
    this.#disks = disks;
  }

  async settle(nowMs: number): Promise<void> {
    for (const instance of this.#instances.all()) {
      if (instance.autoReleaseAtMs !== null && instance.autoReleaseAtMs <= nowMs) {
        await this.release(instance);
      } else {
        await this.#advance(instance, nowMs);
      }
    }
  }

  /** Starts an instance that is stopped. */
  async start(instance: InstanceRecord, nowMs: number, speed: SimulatorSpeed): Promise<void> {
    const plan: readonly PlannedChange[] = [{ state: "Running", atMs: nowMs + speed.instanceStartingMs }];
    await this.#instances.put({ ...enter(instance, "Starting", nowMs), plan, stoppedMode: "Not-applicable" });
  }

  /** Stops an instance; by force at once. */
  async stop(
    instance: InstanceRecord,
    how: { readonly isForced: boolean; readonly mode: "KeepCharging" | "StopCharging" },
    nowMs: number,
    speed: SimulatorSpeed,
  ): Promise<void> {
    const atMs = nowMs + (how.isForced ? 0 : speed.instanceStoppingMs);
    const plan: readonly PlannedChange[] = [{ state: "Stopped", atMs }];
    await this.#instances.put({ ...enter(instance, "Stopping", nowMs), plan, stoppedMode: how.mode });
  }

  /** Restarts a running instance. */
  async reboot(
    instance: InstanceRecord,
    isForced: boolean,
    nowMs: number,
    speed: SimulatorSpeed,
  ): Promise<void> {
    await this.start(instance, nowMs + (isForced ? 0 : speed.instanceStoppingMs), speed);
  }

  /** Releases an instance, with the disks that go with it; the others stay, attached to nothing. */
  async release(instance: InstanceRecord): Promise<void> {
    await this.#instances.remove(instance.instanceId);
    for (const disk of this.#disks.disksOf(instance.instanceId)) {
      if (disk.deleteWithInstance) await this.#disks.removeDisk(disk);
      else await this.#disks.putDisk({ ...disk, instanceId: null, device: "", attachedAtMs: null });
    }
  }

  async #advance(instance: InstanceRecord, nowMs: number): Promise<void> {
    let current = instance;
    for (const change of instance.plan) {
      if (change.atMs > nowMs) break;
      current = { ...enter(current, change.state, change.atMs), plan: current.plan.slice(1) };
    }
    if (current !== instance) await this.#instances.put(current);
  }
}

function enter(instance: InstanceRecord, state: InstanceState, atMs: number): InstanceRecord {
  return { ...instance, state, startedAtMs: state === "Starting" ? atMs : instance.startedAtMs };
}
