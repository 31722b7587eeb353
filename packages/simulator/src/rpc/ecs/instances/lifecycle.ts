import type { SimulatorSpeed } from "../../../options.ts";
import type { DiskStore } from "../disks/store.ts";
import type { MachineRoom } from "./machine-room.ts";
import type { InstanceRecord, InstanceState, PlannedChange } from "./records.ts";
import type { InstanceStore } from "./store.ts";

/** A guest that has not powered off this long after it was asked to loses its power, in simulated milliseconds. */
const patienceMs = 180_000;

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
 *
 * No timers: it is called before every call, and works out what has happened until now. Where machines run, an instance is
 * `Running` only once its machine is, `Stopped` only once it has gone, and `Stopped` too when it went by itself.
 */
export class InstanceLifecycle {
  readonly #instances: InstanceStore;
  readonly #disks: DiskStore;
  readonly #room: MachineRoom;

  constructor(instances: InstanceStore, disks: DiskStore, room: MachineRoom) {
    this.#instances = instances;
    this.#disks = disks;
    this.#room = room;
  }

  /** After a restart: what ran on a machine is stopped, for the machine ended with the process. */
  async restore(): Promise<void> {
    for (const instance of this.#instances.all()) {
      if (instance.machine !== "booted" || instance.state === "Stopped") continue;
      await this.#instances.put(stopped(instance, "The machine ended with the simulator."));
    }
  }

  async settle(nowMs: number): Promise<void> {
    for (const instance of this.#instances.all()) {
      if (instance.releasesAtMs !== null && instance.releasesAtMs <= nowMs) {
        await this.release(instance);
      } else {
        await this.#advance(instance, nowMs);
      }
    }
  }

  /** Starts an instance that is stopped. */
  async start(instance: InstanceRecord, nowMs: number, speed: SimulatorSpeed): Promise<void> {
    const plan: readonly PlannedChange[] = [{ state: "Running", atMs: nowMs + speed.instanceStartingMs }];
    await this.#instances.put({ ...this.#starting(instance, nowMs), plan, stoppedMode: "Not-applicable" });
  }

  /** Stops an instance; by force at once. */
  async stop(
    instance: InstanceRecord,
    how: { readonly isForced: boolean; readonly mode: "KeepCharging" | "StopCharging" },
    nowMs: number,
    speed: SimulatorSpeed,
  ): Promise<void> {
    this.#room.powerOff(instance.instanceId, how.isForced);
    const atMs = nowMs + (how.isForced ? 0 : speed.instanceStoppingMs);
    const plan: readonly PlannedChange[] = [{ state: "Stopped", atMs }];
    await this.#instances.put({ ...instance, state: "Stopping", plan, stoppedMode: how.mode });
  }

  /** Restarts a running instance. */
  async reboot(
    instance: InstanceRecord,
    isForced: boolean,
    nowMs: number,
    speed: SimulatorSpeed,
  ): Promise<void> {
    this.#room.powerOff(instance.instanceId, isForced);
    await this.start(instance, nowMs + (isForced ? 0 : speed.instanceStoppingMs), speed);
  }

  /** Releases an instance, with the disks that go with it; the others stay, attached to nothing. */
  async release(instance: InstanceRecord): Promise<void> {
    this.#room.powerOff(instance.instanceId, true);
    await this.#instances.remove(instance.instanceId);
    for (const disk of this.#disks.disksOf(instance.instanceId)) {
      if (disk.deleteWithInstance) await this.#disks.removeDisk(disk);
      else await this.#disks.putDisk({ ...disk, instanceId: null, device: "", attachedAtMs: null });
    }
  }

  async #advance(instance: InstanceRecord, nowMs: number): Promise<void> {
    let current = instance;
    for (const change of instance.plan) {
      if (change.atMs > nowMs || this.#isHeldBack(current, change, nowMs)) break;
      const entered =
        change.state === "Starting"
          ? this.#starting(current, change.atMs)
          : { ...current, state: change.state };
      current = { ...entered, plan: current.plan.slice(1) };
    }
    const gone = this.#endOfMachine(current);
    if (gone !== undefined) current = stopped(current, gone);
    if (current !== instance) await this.#instances.put(current);
  }

  /** Whether a change whose time has come waits for the machine. */
  #isHeldBack({ instanceId, machine }: InstanceRecord, change: PlannedChange, nowMs: number): boolean {
    const phase = machine === "booted" ? this.#room.phase(instanceId) : undefined;
    if (change.state === "Running") return phase === "starting";
    if (change.state !== "Stopped" || phase === undefined || phase === "ended") return false;
    if (nowMs >= change.atMs + patienceMs) this.#room.powerOff(instanceId, true);
    return true;
  }

  /** What became of the machine of an instance that should be running, when it is gone. */
  #endOfMachine({ instanceId, state, machine }: InstanceRecord): string | undefined {
    const shouldRun: readonly InstanceState[] = ["Starting", "Running"];
    if (machine !== "booted" || !shouldRun.includes(state)) return undefined;
    if (this.#room.phase(instanceId) !== "ended") return undefined;
    const failed = this.#room.failure(instanceId);
    return failed === null ? "The guest powered off." : `The machine failed: ${failed}`;
  }

  /** Powers on, where a machine can run. */
  #starting(instance: InstanceRecord, atMs: number): InstanceRecord {
    const disks = this.#disks.disksOf(instance.instanceId);
    const note = this.#room.whyNone(instance, disks);
    if (note === null) this.#room.powerOn(instance, disks);
    const machine = note === null ? "booted" : "simulated";
    return { ...instance, state: "Starting", startedAtMs: atMs, machine, note };
  }
}

function stopped(instance: InstanceRecord, note: string): InstanceRecord {
  return { ...instance, state: "Stopped", plan: [], stoppedMode: "KeepCharging", note };
}
