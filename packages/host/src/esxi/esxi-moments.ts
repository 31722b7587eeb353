import { type Clock, type JsonObject, SampanError, systemClock } from "@sampan/core";
import { inspectDisk } from "@sampan/guest";
import { type BlockSource, openDiskImage } from "@sampan/image";
import type { Shell } from "../connection/shell.ts";
import type { HeldMoment, LiveMachine } from "../host.ts";
import { EsxiFiles } from "./esxi-files.ts";
import { endLease, KeptLease, type Lease, renewLease, startLease } from "./lease.ts";
import type { EsxiDisk, EsxiMachine } from "./machine.ts";
import { createSnapshot, readSnapshots, removeSnapshot } from "./snapshots.ts";

/** What the moments of a machine are made of. */
export interface EsxiMomentsSetup {
  readonly shell: Shell;
  readonly machine: EsxiMachine;
  /** Folders in which files of the machine's disks may lie. */
  readonly allowPaths: readonly string[];
  /** The major version of ESXi. */
  readonly version: number;
  readonly clock?: Clock;
  /** Folder on the host for notes of leases. */
  readonly notesFolder?: string;
}

/**
 * Moments of a virtual machine that runs: a snapshot of ESXi, after which the disks as they were stand still while the machine writes
 * to new files. One snapshot serves all disks of a run, so that they are of the same moment; it is called `sampan-` and the run.
 */
export function esxiMoments(setup: EsxiMomentsSetup): LiveMachine {
  const { shell, machine, allowPaths, version, clock = systemClock, notesFolder = "/tmp" } = setup;

  const leaseOf = (id: string, leaseMs: number): Lease => {
    // Ids of the disks of a run differ in a number at their end.
    const snapshot = `sampan-${id.replace(/-\d{1,3}$/, "")}`;
    return {
      file: `${notesFolder}/${snapshot}.${id}.lease`,
      group: `${notesFolder}/${snapshot}.`,
      leaseMs,
      machineId: machine.id,
      vmsd: machine.vmsd,
      snapshot,
    };
  };
  const stamp = () => `${clock.now()}-${Math.random()}`;
  const options = (signal: AbortSignal | undefined) => ({ clock, ...(signal && { signal }) });
  /** Has the host watch over a lease, and renews it until it is told to stop. */
  const keep = async (lease: Lease, signal: AbortSignal | undefined): Promise<KeptLease> => {
    const asked = clock.now();
    await startLease(shell, lease, stamp(), signal);
    return new KeptLease(lease.leaseMs, asked, clock, () => renewLease(shell, lease, stamp()));
  };
  const letGo = async (lease: Lease, signal: AbortSignal | undefined): Promise<void> => {
    if (await endLease(shell, lease, signal)) {
      await removeSnapshot(shell, machine, lease.snapshot, options(signal));
    }
  };
  const describeMoment = (
    { id, leaseMs }: { readonly id: string; readonly leaseMs: number },
    { node }: EsxiDisk,
    { snapshot }: Lease,
    file: string,
    quiesced: boolean | undefined,
  ): HeldMoment => ({
    id,
    disk: node,
    consistency: "snapshot",
    leaseMs,
    made: [`snapshot ${snapshot} of the machine ${machine.name} on ${shell.title}`],
    notes:
      quiesced === false
        ? [
            "VMware Tools did not quiesce its file systems: they are as after a power cut, which they recover from.",
          ]
        : [],
    state: { file, snapshot },
  });

  const live: LiveMachine = {
    async inspect(signal) {
      const [disk] = machine.disks;
      if (disk === undefined) throw noDisk(machine);
      const id = `look-${clock.now().toString(36)}`;
      const moment = await live.hold(disk.node, { id, consistency: "snapshot", leaseMs: 5 * 60_000 }, signal);
      try {
        const source = await live.openMoment(moment, signal);
        try {
          return await inspectDisk(source, signal);
        } finally {
          await source.close();
        }
      } finally {
        await live.release(moment);
      }
    },

    async hold(disk, { id, consistency, leaseMs }, signal) {
      if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) {
        throw new SampanError("CORE_ARGUMENT", `holding a moment under the id ${JSON.stringify(id)}`);
      }
      const found = diskOf(machine, disk);
      refuseOther(consistency, version, machine, found);
      const lease = leaseOf(id, leaseMs);
      // First somebody who watches over it, then the snapshot: whatever becomes of us in between, it goes.
      const kept = await keep(lease, signal);
      try {
        const known = (await readSnapshots(shell, machine.vmsd, signal)).find(
          ({ name }) => name === lease.snapshot,
        );
        const made = known
          ? { snapshot: known, quiesced: undefined }
          : await createSnapshot(shell, machine, lease.snapshot, options(signal));
        const file = made.snapshot.disks.get(found.node);
        if (file === undefined) {
          throw new SampanError(
            "HOST_SNAPSHOT_IMPOSSIBLE",
            `making a snapshot of ${machine.name}: it does not cover ${found.node}`,
            { hint: "Switch the machine off and read its disks then." },
          );
        }
        if (!kept.holds) throw lostMoment(found.node, machine, lease);
        return describeMoment({ id, leaseMs }, found, lease, file, made.quiesced);
      } catch (error) {
        // Not by the signal: it may be what ended this. What cannot be done now, the host does when the lease is over.
        await letGo(lease, undefined).catch(() => undefined);
        throw error;
      } finally {
        kept.stop();
      }
    },

    async openMoment(moment, signal) {
      const lease = leaseOf(moment.id, moment.leaseMs);
      const lost = () => lostMoment(moment.disk, machine, lease);
      const file = fileOf(moment);
      const known = await readSnapshots(shell, machine.vmsd, signal);
      if (!known.some(({ name, disks }) => name === lease.snapshot && disks.get(moment.disk) === file))
        throw lost();
      // After a restart of the host the snapshot is there and nobody watches over it.
      const kept = await keep(lease, signal);
      try {
        const image = await openDiskImage(file, {
          files: new EsxiFiles(shell),
          allowPaths,
          format: "vmdk",
          ...(signal && { signal }),
        });
        return whileKept(image.source, kept, lost);
      } catch (error) {
        kept.stop();
        throw error;
      }
    },

    release: (moment, signal) => letGo(leaseOf(moment.id, moment.leaseMs), signal),
  };
  return live;
}

function diskOf(machine: EsxiMachine, name: string): EsxiDisk {
  const disk = machine.disks.find(({ node }) => node === name);
  if (disk !== undefined) return disk;
  throw new SampanError(
    "HOST_DISK_UNKNOWN",
    `looking for disk ${name} of ${machine.name}, which has only ${machine.disks.map(({ node }) => node).join(", ")}`,
  );
}

/** Refuses, before anything is changed, what ESXi cannot hold. */
function refuseOther(consistency: string, version: number, machine: EsxiMachine, disk: EsxiDisk): void {
  const refused = (code: "HOST_SNAPSHOT_IMPOSSIBLE" | "HOST_FREEZE_IMPOSSIBLE", why: string) =>
    new SampanError(code, `holding a moment of ${disk.node} of ${machine.name}: ${why}`, {
      hint: "Switch the machine off and read its disks then.",
    });
  if (consistency === "freeze") {
    throw new SampanError(
      "HOST_FREEZE_IMPOSSIBLE",
      `freezing ${machine.name}: ESXi freezes no file systems`,
      {
        hint: 'Take `consistency: "snapshot"`: where VMware Tools run, they quiesce the file systems for it.',
      },
    );
  }
  if (consistency === "none") {
    throw new SampanError("HOST_DISK_LOCKED", `reading ${disk.node} of ${machine.name} while it runs`, {
      hint: 'ESXi lets nobody read it. Take `consistency: "snapshot"`, or switch the machine off.',
    });
  }
  if (disk.independent)
    throw refused("HOST_SNAPSHOT_IMPOSSIBLE", "it is an independent disk, which no snapshot covers");
  if (machine.workingFolder !== null) {
    throw refused("HOST_SNAPSHOT_IMPOSSIBLE", "its snapshots lie in a folder of their own (`workingDir`)");
  }
  if (version < 5)
    throw refused("HOST_SNAPSHOT_IMPOSSIBLE", `ESXi ${version} numbers its snapshots in another way`);
}

function fileOf({ state }: { readonly state: JsonObject }): string {
  const { file } = state;
  if (typeof file === "string" && file.startsWith("/")) return file;
  throw new SampanError("HOST_MOMENT_LOST", "reading a moment that does not say which file it is");
}

/** A source whose reads count only if the moment was held until they had ended. */
function whileKept(source: BlockSource, kept: KeptLease, lost: () => SampanError): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    async read(range, into, signal) {
      if (!kept.holds) throw lost();
      await source.read(range, into, signal);
      if (!kept.holds) throw lost();
    },
    extents: (range, signal) => source.extents(range, signal),
    async close() {
      kept.stop();
      await source.close();
    },
  };
}

function lostMoment(disk: string, machine: EsxiMachine, { snapshot }: Lease): SampanError {
  return new SampanError("HOST_MOMENT_LOST", `reading ${disk} of ${machine.name} as it was at ${snapshot}`);
}

function noDisk(machine: EsxiMachine): SampanError {
  return new SampanError("HOST_DISK_UNKNOWN", `looking for a disk of ${machine.name}, which has none`);
}
