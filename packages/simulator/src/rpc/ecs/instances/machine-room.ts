import { GiB } from "@sampan/core";
import type { Machine, MachineHost, MachineSpec } from "../../../machines/machine.ts";
import type { BlobStore } from "../../../state/blob-store.ts";
import { findInstanceType } from "../catalogue/instance-types.ts";
import { blankBytes } from "../disks/blank-bytes.ts";
import type { DiskRecord } from "../disks/records.ts";
import type { InstanceRecord } from "./records.ts";

/** How far the machine of an instance is. */
export type MachinePhase = "starting" | "running" | "ended";

interface Entry {
  phase: MachinePhase;
  machine: Machine | undefined;
  failed: string | null;
  /** Set once it is to end: by force or by asking. */
  off: { readonly isForced: boolean } | undefined;
  done: Promise<void>;
}

/**
 * The machines instances run on, where there is a host for them.
 *
 * Starting and ending take real time and are not waited for: what has become of a machine is looked up when the instances are
 * brought up to date.
 */
export class MachineRoom {
  readonly #host: MachineHost | null;
  readonly #blobs: BlobStore;
  readonly #entries = new Map<string, Entry>();

  constructor(host: MachineHost | null, blobs: BlobStore) {
    this.#host = host;
    this.#blobs = blobs;
  }

  /** Why no machine will run for an instance, in one sentence; `null` when one will. */
  whyNone(instance: InstanceRecord, disks: readonly DiskRecord[]): string | null {
    if (!this.#host) return "The simulator runs no machines.";
    if (this.#host.unavailable !== null) return `Machines cannot run here: ${this.#host.unavailable}.`;
    if (instance.os.architecture === "arm64") return "Machines of arm64 cannot run here.";
    if (!disks[0]?.bytes) return "There is nothing on the system disk that could be started.";
    return null;
  }

  /** Begins to start the machine of an instance, after the one before it has gone. */
  powerOn(instance: InstanceRecord, disks: readonly DiskRecord[]): void {
    const before = this.#entries.get(instance.instanceId)?.done;
    const entry: Entry = {
      phase: "starting",
      machine: undefined,
      failed: null,
      off: undefined,
      done: Promise.resolve(),
    };
    entry.done = this.#run(entry, instance, disks, before);
    this.#entries.set(instance.instanceId, entry);
  }

  /** Begins to end the machine of an instance. */
  powerOff(instanceId: string, isForced: boolean): void {
    const entry = this.#entries.get(instanceId);
    if (!entry || entry.phase === "ended" || (entry.off && (entry.off.isForced || !isForced))) return;
    entry.off = { isForced };
    entry.machine?.stop(isForced).catch(() => undefined);
  }

  phase(instanceId: string): MachinePhase | undefined {
    return this.#entries.get(instanceId)?.phase;
  }

  /** Why a machine that has ended did not end by itself; `null` when it did. */
  failure(instanceId: string): string | null {
    return this.#entries.get(instanceId)?.failed ?? null;
  }

  /** The machine of an instance while it runs. */
  machine(instanceId: string): Machine | undefined {
    const entry = this.#entries.get(instanceId);
    return entry?.phase === "running" ? entry.machine : undefined;
  }

  /** Cuts the power of all machines and waits until they are gone. */
  async close(): Promise<void> {
    for (const id of this.#entries.keys()) this.powerOff(id, true);
    await this.#host?.close();
    await Promise.all([...this.#entries.values()].map((entry) => entry.done));
  }

  async #run(
    entry: Entry,
    instance: InstanceRecord,
    disks: readonly DiskRecord[],
    before: Promise<void> | undefined,
  ): Promise<void> {
    try {
      await before;
      if (!this.#host || entry.off) return;
      const spec = await this.#specOf(instance, disks);
      const machine = await this.#host.start(spec);
      entry.machine = machine;
      entry.phase = "running";
      // It may have been told to end while it was being started.
      const off = entry.off as Entry["off"];
      if (off) await machine.stop(off.isForced);
      entry.failed = (await machine.ended).failed;
    } catch (error) {
      entry.failed = error instanceof Error ? error.message : String(error);
    } finally {
      entry.phase = "ended";
      entry.machine = undefined;
    }
  }

  async #specOf(instance: InstanceRecord, disks: readonly DiskRecord[]): Promise<MachineSpec> {
    const type = findInstanceType(instance.instanceType);
    const machineDisks = [];
    for (const disk of disks) {
      const { content, format } = disk.bytes ?? (await blankBytes(this.#blobs, disk.sizeGiB));
      machineDisks.push({ content, format, sizeBytes: disk.sizeGiB * GiB });
    }
    return {
      id: instance.instanceId,
      bootMode: instance.bootMode,
      architecture: instance.os.architecture === "i386" ? "x86_64" : instance.os.architecture,
      memoryMiB: (type?.memoryGiB ?? 1) * 1024,
      cpus: type?.cpus ?? 1,
      disks: machineDisks,
      forwardPorts: [instance.os.osType === "windows" ? 3389 : 22],
    };
  }
}
