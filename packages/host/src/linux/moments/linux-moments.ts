import { type Clock, SampanError, systemClock } from "@sampan/core";
import { type DiskLayout, readDiskLayout, readGroupRecords } from "@sampan/guest";
import { type BlockSource, withCache } from "@sampan/image";
import type { Shell } from "../../connection/shell.ts";
import type { HeldMoment, HoldOptions } from "../../host.ts";
import {
  composeMoment,
  headsInMemory,
  keepMoment,
  leasedSource,
  type OpenDevice,
} from "./composed-moment.ts";
import { diskWithParts } from "./disk-with-parts.ts";
import {
  beginMoment,
  findMoment,
  keepOnHost,
  type MomentFolder,
  releaseOnHost,
  runOnHost,
} from "./host-folder.ts";
import { askLvm, linesOf, lookAtHost } from "./host-view.ts";
import { type LeaseKeeper, leaseSeconds } from "./lease-keeper.ts";
import { findLeftovers, type Leftover, listMoments, removeLeftover } from "./leftovers.ts";
import { checkMomentId } from "./moment-names.ts";
import {
  type MomentRecord,
  packRecords,
  readKeptMoment,
  recordOf,
  recordParts,
  stateOf,
} from "./moment-record.ts";
import { planFreeze } from "./plan-freeze.ts";
import { planSnapshots } from "./plan-snapshots.ts";
import { freezeScript, snapshotScript } from "./scripts.ts";

/** A disk of the host: its device path and size. */
export interface DiskToHold {
  readonly name: string;
  readonly sizeBytes: number;
}

/** How the disks of a running Linux host are held still. */
export interface LinuxMoments {
  /**
   * Holds a moment of a disk. With the id of a moment that is held already gives that one, its lease renewed.
   *
   * @throws `HOST_SNAPSHOT_IMPOSSIBLE` or `HOST_FREEZE_IMPOSSIBLE`, before anything was changed or with everything undone.
   */
  hold(disk: DiskToHold, options: HoldOptions, signal?: AbortSignal): Promise<HeldMoment>;
  /**
   * Opens a disk as it was at a held moment and keeps the lease while it is open.
   *
   * Reads and the last `close` end in `HOST_MOMENT_LOST` once the host has let go, and in `HOST_SNAPSHOT_FULL` when more was written
   * than a snapshot holds: a `close` that succeeds says that all that was read is of the moment.
   */
  openMoment(moment: HeldMoment, signal?: AbortSignal): Promise<BlockSource>;
  /** Lets go of a moment; `HOST_MOMENT_LEFT` when something could not be removed. Nothing happens when it is gone already. */
  release(moment: HeldMoment, signal?: AbortSignal): Promise<void>;
  /** Every moment that is held on the host, and what is left of others, with a lease of 0. Changes nothing. */
  heldMoments(signal?: AbortSignal): Promise<readonly HeldMoment[]>;
  /** What is left on the host of moments whose lease is over: after a restart, or when something was in use. Changes nothing. */
  findLeftovers(signal?: AbortSignal): Promise<readonly Leftover[]>;
  /** Removes what {@link LinuxMoments.findLeftovers} found; `HOST_MOMENT_LEFT` when it could not be. */
  removeLeftover(leftover: Leftover, signal?: AbortSignal): Promise<void>;
  /** Closes what was opened in advance for a moment that nobody opened. Moments themselves are not released. */
  close(): Promise<void>;
}

/** What holding moments needs of a host. */
export interface LinuxMomentsOptions {
  readonly shell: Shell;
  readonly openDevice: OpenDevice;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const shortestLeaseMs = 5_000;
const longestLeaseMs = 24 * 3_600_000;
/** How long making snapshots or freezing may take: what waits in memory is flushed first. */
const holdTimeoutMs = 10 * 60_000;

const warningOfNone =
  "nothing is held still: what changes while the disk is read may be captured half old, half new; stop the services that write, and " +
  "choose a quiet time";

/**
 * Holds disks of a running Linux host still: by LVM snapshots, by freezing its file systems, or not at all.
 *
 * What is made on the host is on a lease that it counts by its own clock: it lets go by itself when nothing renews it, whatever
 * became of this program.
 *
 * @example
 * ```ts
 * const moments = linuxMoments({ shell, openDevice: (device, signal) => openRemoteDisk(shell, device, signal) });
 * const moment = await moments.hold(disk, { id: "run-1", consistency: "snapshot", leaseMs: 120_000 });
 * const source = await moments.openMoment(moment);
 * ```
 */
export function linuxMoments({ shell, openDevice, clock = systemClock }: LinuxMomentsOptions): LinuxMoments {
  /** Opened before file systems were frozen, since nothing new may be startable on the host afterwards. */
  const prepared = new Map<string, { source: BlockSource; keeper: LeaseKeeper }>();
  const discard = async (id: string) => {
    const ready = prepared.get(id);
    prepared.delete(id);
    ready?.keeper.close();
    await ready?.source.close();
  };

  const holdFound = async (disk: DiskToHold, options: HoldOptions, signal?: AbortSignal) => {
    const found = await findMoment(shell, options.id, leaseSeconds(options.leaseMs), signal);
    if (found === undefined) return undefined;
    const kept = found.held ? readKeptMoment(found.moment, options.id, disk.name) : undefined;
    if (kept !== undefined) {
      if (kept.consistency === options.consistency) return kept;
      throw new SampanError(
        "CORE_ARGUMENT",
        `holding moment ${options.id} of ${shell.title}: it is held as ${kept.consistency}, not as ${options.consistency}`,
      );
    }
    // Over, or begun by a program that was killed: made anew.
    await releaseOnHost(shell, options.id, [], signal);
    return undefined;
  };

  const holdSnapshot = async (disk: DiskToHold, options: HoldOptions, signal?: AbortSignal) => {
    for (const leftover of await findLeftovers(shell, signal)) {
      await removeLeftover(shell, leftover, signal).catch(() => undefined);
    }
    const view = await lookAtHost(shell, disk.name, signal);
    const report = view.tools.has("lvs") ? await askLvm(shell, signal) : undefined;
    const source = await openDevice({ path: disk.name, sizeBytes: disk.sizeBytes }, signal);
    try {
      // Nothing is believed of these reads alone: the layout is read again, past this cache, once the snapshots are there.
      const before = withCache(source, headsInMemory);
      const layout = await readDiskLayout(before, signal);
      const plan = planSnapshots(disk.name, layout, view, report, options);
      const groups = [];
      for (const group of plan.groups) groups.push(await readGroupRecords(before, layout, group, signal));
      const lvm = packRecords(disk.name, groups);
      const composed = await readDiskLayout(diskWithParts(before, recordParts(lvm), false), signal);
      checkSame(disk, layout, composed);
      const folder = await beginMoment(shell, options, "HOST_SNAPSHOT_IMPOSSIBLE", signal);
      const snapshots = plan.snapshots.map(({ extents: _, extentBytes: __, ...rest }) => rest);
      const record: MomentRecord = {
        kind: "snapshot",
        sizeBytes: disk.sizeBytes,
        stable: plan.stable,
        snapshots,
        lvm,
      };
      return await undoing(folder, options, record, async () => {
        const said = await runOnHost(
          shell,
          snapshotScript,
          [
            ...[folder.path, String(leaseSeconds(options.leaseMs)), disk.name, plan.freezer ?? ""],
            ...[String(plan.freeze.length), ...plan.freeze],
            ...plan.snapshots.flatMap((one) => [one.group, one.volume, one.name, String(one.extents)]),
          ],
          {
            code: "HOST_SNAPSHOT_IMPOSSIBLE",
            doing: `making snapshots of ${disk.name}`,
            timeoutMs: holdTimeoutMs,
          },
          signal,
        );
        // The kernel's memory of the disk has to be dropped again before its records are compared.
        await lookAtHost(shell, disk.name, signal);
        checkSame(disk, layout, await readDiskLayout(withCache(source, headsInMemory), signal));
        const moment: HeldMoment = {
          ...{ id: options.id, disk: disk.name, consistency: "snapshot", leaseMs: options.leaseMs },
          made: plan.snapshots.map((one) => `LVM snapshot ${one.group}/${one.name} of ${one.volume}`),
          notes: [...plan.notes, ...notesOfMaking(linesOf(said), plan.freeze, snapshots.length)],
          state: stateOf(record),
        };
        await keepOnHost(shell, folder, moment, signal);
        return moment;
      });
    } finally {
      await source.close();
    }
  };

  const holdFrozen = async (disk: DiskToHold, options: HoldOptions, signal?: AbortSignal) => {
    const view = await lookAtHost(shell, disk.name, signal);
    const plan = planFreeze(disk.name, view);
    const folder = await beginMoment(shell, options, "HOST_FREEZE_IMPOSSIBLE", signal);
    const record: MomentRecord = { kind: "freeze", sizeBytes: disk.sizeBytes, stable: plan.stable };
    const moment: HeldMoment = {
      ...{ id: options.id, disk: disk.name, consistency: "freeze", leaseMs: options.leaseMs },
      made: plan.points.map((point) => `freeze of ${point}`),
      notes: plan.notes,
      state: stateOf(record),
    };
    return undoing(folder, options, record, async () => {
      await keepOnHost(shell, folder, moment, signal);
      const source = await openDevice({ path: disk.name, sizeBytes: disk.sizeBytes }, signal);
      try {
        // So that its channels are open before the host freezes.
        await source.read(
          { offset: 0, length: Math.min(512, disk.sizeBytes) },
          new Uint8Array(Math.min(512, disk.sizeBytes)),
          signal,
        );
        const keeper = await keepMoment(shell, folder.path, options.leaseMs, record, clock);
        prepared.set(options.id, { source, keeper });
      } catch (error) {
        await source.close();
        throw error;
      }
      const said = await runOnHost(
        shell,
        freezeScript,
        [folder.path, String(leaseSeconds(options.leaseMs)), disk.name, plan.freezer, ...plan.points],
        { code: "HOST_FREEZE_IMPOSSIBLE", doing: `freezing ${disk.name}`, timeoutMs: holdTimeoutMs },
        signal,
        (lines) => {
          const at = lines.map((line) => /^failed (\d+)$/.exec(line)?.[1]).find((one) => one !== undefined);
          return at === undefined
            ? undefined
            : `${plan.points[Number(at)] ?? "a file system"} cannot be frozen`;
        },
      );
      if (!linesOf(said).includes("frozen")) {
        throw new SampanError(
          "HOST_FREEZE_IMPOSSIBLE",
          `freezing ${disk.name}: the host did not say that it is done`,
        );
      }
      return moment;
    });
  };

  /** Does what makes a moment, and lets go of it when that fails. */
  const undoing = async (
    folder: MomentFolder,
    options: HoldOptions,
    record: MomentRecord,
    work: () => Promise<HeldMoment>,
  ): Promise<HeldMoment> => {
    try {
      return await work();
    } catch (error) {
      await discard(options.id).catch(() => undefined);
      // The watchdog does the same when this fails too.
      await releaseOnHost(shell, folder.id, namesOf(record)).catch(() => undefined);
      throw error;
    }
  };

  return {
    async hold(disk, options, signal) {
      checkMomentId(options.id);
      const { leaseMs, consistency } = options;
      if (!(leaseMs >= shortestLeaseMs && leaseMs <= longestLeaseMs)) {
        throw new SampanError(
          "CORE_ARGUMENT",
          `holding a moment: a lease lasts 5 s to 24 h, not ${leaseMs} ms`,
        );
      }
      if (options.snapshotBytes !== undefined && !(options.snapshotBytes > 0)) {
        throw new SampanError("CORE_ARGUMENT", "holding a moment: a snapshot needs space");
      }
      if (consistency === "none") {
        const state = stateOf({ kind: "none", sizeBytes: disk.sizeBytes });
        return {
          id: options.id,
          disk: disk.name,
          consistency,
          leaseMs,
          made: [],
          notes: [warningOfNone],
          state,
        };
      }
      const found = await holdFound(disk, options, signal);
      if (found !== undefined) return found;
      return consistency === "snapshot"
        ? holdSnapshot(disk, options, signal)
        : holdFrozen(disk, options, signal);
    },

    async openMoment(moment, signal) {
      const record = recordOf(moment.state);
      const device = { path: moment.disk, sizeBytes: record.sizeBytes };
      if (record.kind === "none") return openDevice(device, signal);
      const ready = prepared.get(moment.id);
      if (ready !== undefined) {
        prepared.delete(moment.id);
        try {
          await ready.keeper.renew();
        } catch (error) {
          ready.keeper.close();
          await ready.source.close();
          throw error;
        }
        return leasedSource(steady(ready.source, record.kind === "freeze" && record.stable), ready.keeper);
      }
      checkMomentId(moment.id);
      const found = await findMoment(shell, moment.id, leaseSeconds(moment.leaseMs), signal);
      if (found?.held !== true) {
        throw new SampanError(
          "HOST_MOMENT_LOST",
          `opening moment ${moment.id} of ${shell.title}: the host does not hold it`,
        );
      }
      const keeper = await keepMoment(shell, found.folder, moment.leaseMs, record, clock);
      try {
        const disk = await openDevice(device, signal);
        if (record.kind === "freeze") return leasedSource(steady(disk, record.stable), keeper);
        return leasedSource(await composeMoment(disk, record, openDevice, signal), keeper);
      } catch (error) {
        keeper.close();
        throw error;
      }
    },

    async release(moment, signal) {
      const record = recordOf(moment.state);
      if (record.kind === "none") return;
      checkMomentId(moment.id);
      await discard(moment.id).catch(() => undefined);
      await releaseOnHost(shell, moment.id, namesOf(record), signal);
    },

    heldMoments: (signal) => listMoments(shell, signal),
    findLeftovers: (signal) => findLeftovers(shell, signal),
    removeLeftover: (leftover, signal) => removeLeftover(shell, leftover, signal),
    async close() {
      for (const id of [...prepared.keys()]) await discard(id);
    },
  };
}

/** Snapshots of a record as the host's scripts name them. */
function namesOf(record: MomentRecord): readonly string[] {
  return record.kind === "snapshot" ? record.snapshots.map(({ group, name }) => `${group}/${name}`) : [];
}

/** The source, known to give the same bytes as long as it is held. */
function steady(source: BlockSource, stable: boolean): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: { extents: source.features.extents, stable },
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    close: () => source.close(),
  };
}

/** Refuses when the logical volumes of two layouts of a disk differ: something else changed them meanwhile. */
function checkSame(disk: DiskToHold, before: DiskLayout, after: DiskLayout): void {
  const known = new Map(
    after.volumes.map(({ logicalVolume: lv }) => [lv?.uuid, JSON.stringify(lv?.segments)]),
  );
  for (const { logicalVolume: lv } of before.volumes) {
    if (lv !== null && known.get(lv.uuid) !== JSON.stringify(lv.segments)) {
      throw new SampanError(
        "HOST_SNAPSHOT_IMPOSSIBLE",
        `holding ${disk.name}: logical volume ${lv.group}/${lv.name} was changed while snapshots were made`,
        { retryable: true },
      );
    }
  }
}

/** What the script that makes snapshots tells besides. */
function notesOfMaking(
  lines: readonly string[],
  frozen: readonly string[],
  snapshots: number,
): readonly string[] {
  const notes: string[] = [];
  for (const line of lines) {
    const at = /^unfrozen (\d+)$/.exec(line)?.[1];
    if (at !== undefined)
      notes.push(
        `${frozen[Number(at)] ?? "a file system"} could not be frozen: it was flushed to the disk only`,
      );
    const [, from, to] = /^took (\d+\.\d+) (\d+\.\d+)$/.exec(line) ?? [];
    if (from !== undefined && to !== undefined && snapshots > 1) {
      const seconds = Math.max(0.01, Number(to) - Number(from)).toFixed(2);
      notes.push(
        `${snapshots} logical volumes were taken one after the other within ${seconds} s: each is whole, but they are not of one instant`,
      );
    }
  }
  return notes;
}
