import { type Clock, KiB, SampanError } from "@sampan/core";
import { readDiskLayout } from "@sampan/guest";
import { type BlockSource, withCache } from "@sampan/image";
import type { Shell } from "../../connection/shell.ts";
import { type DiskPart, diskWithParts, volumeParts } from "./disk-with-parts.ts";
import { isMomentOver, keepLease, type Lease, type LeaseKeeper } from "./lease-keeper.ts";
import { mapperName } from "./moment-names.ts";
import { type MomentRecord, nothingAt, recordParts } from "./moment-record.ts";

/** A block device of a host to be opened. */
export interface DeviceToOpen {
  readonly path: string;
  readonly sizeBytes: number;
}

/** How the layout of a disk is read: in few large pieces, since each is a question to the host. */
export const headsInMemory = { blockBytes: 256 * KiB } as const;

/** Opens a block device of the host for reading. */
export type OpenDevice = (device: DeviceToOpen, signal?: AbortSignal) => Promise<BlockSource>;

type SnapshotMoment = Extract<MomentRecord, { kind: "snapshot" }>;

/**
 * Shows a disk as it was when its snapshots were made: each logical volume from its snapshot, LVM's records as they were before,
 * zeros where no volume lay, and the rest as it is.
 *
 * Takes over `disk`, also when it fails.
 */
export async function composeMoment(
  disk: BlockSource,
  record: SnapshotMoment,
  openDevice: OpenDevice,
  signal?: AbortSignal,
): Promise<BlockSource> {
  const opened: BlockSource[] = [disk];
  try {
    const records = recordParts(record.lvm);
    const heads = withCache(disk, headsInMemory);
    const layout = await readDiskLayout(diskWithParts(heads, records, false), signal);
    const parts: DiskPart[] = [...records];
    for (const { uuid, group, volume, name, sizeBytes } of record.snapshots) {
      const lv = layout.volumes.find((one) => one.logicalVolume?.uuid === uuid);
      if (lv === undefined || lv.logicalVolume === null || lv.range.length !== sizeBytes) {
        throw new SampanError(
          "HOST_MOMENT_LOST",
          `finding logical volume ${group}/${volume} again: the disk is divided in another way than it was`,
        );
      }
      const path = `/dev/mapper/${mapperName(group, name)}`;
      const snapshot = await openDevice({ path, sizeBytes }, signal);
      opened.push(snapshot);
      parts.push(...volumeParts(lv.logicalVolume.segments, snapshot));
    }
    for (const group of layout.volumeGroups) parts.push(...nothingAt(group.free));
    const composed = diskWithParts(disk, parts, record.stable);
    return { ...composed, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened).catch(() => undefined);
    throw error;
  }
}

/**
 * Shows a source for as long as a lease holds: what a read gives is believed only when the host held the moment until after it.
 * Closing it asks the host a last time, then closes source and lease, and rejects when the moment had ended before.
 *
 * Takes over `source` and `keeper`.
 */
export function leasedSource(source: BlockSource, keeper: LeaseKeeper): BlockSource {
  let closed: Promise<void> | undefined;
  let wasRead = false;
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    async read(range, into, signal) {
      wasRead = true;
      try {
        await source.read(range, into, signal);
      } catch (error) {
        // A void snapshot and one that is gone give errors of the device: the host knows which it is.
        if (signal?.aborted !== true) await keeper.renew().catch((why: unknown) => throwIfOver(why, error));
        throw error;
      }
      await keeper.confirm();
    },
    extents: (range, signal) => source.extents(range, signal),
    close() {
      closed ??= (async () => {
        try {
          if (wasRead) await keeper.renew().catch((why: unknown) => throwIfOver(why, why));
        } finally {
          keeper.close();
          await source.close();
        }
      })();
      return closed;
    },
  };
}

function throwIfOver(why: unknown, cause: unknown): void {
  if (!isMomentOver(why)) return;
  throw new SampanError(why.code, why.message, { details: why.details, cause });
}

async function closeAll(sources: readonly BlockSource[]): Promise<void> {
  const ends = await Promise.allSettled(sources.map((source) => source.close()));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Keeps the lease of a moment. */
export function keepMoment(
  shell: Shell,
  folder: string,
  leaseMs: number,
  record: MomentRecord,
  clock: Clock,
): Promise<LeaseKeeper> {
  const snapshots = record.kind === "snapshot" ? record.snapshots : [];
  const lease: Lease = {
    folder,
    leaseMs,
    snapshots: snapshots.map(({ group, name }) => mapperName(group, name)),
  };
  return keepLease(shell, lease, clock);
}
