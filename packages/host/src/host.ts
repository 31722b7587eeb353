import type { JsonObject } from "@sampan/core";
import type { DiskInspection } from "@sampan/guest";
import type { BlockSource } from "@sampan/image";

/** A block device of a host, as the host describes it. Plain JSON. */
export interface HostDisk {
  /** Name unique on its host: a device path, or a file name. */
  readonly name: string;
  readonly sizeBytes: number;
  /** True for the disk the host boots from. */
  readonly system: boolean;
  /** What tells this content from another: for files size and modification time. Compared on resume. */
  readonly identity: JsonObject;
}

/** The machine being migrated. */
export interface Host {
  /** What people call it: the path or address given. */
  readonly title: string;
  /** Name fit for files and images: letters, digits, dashes. */
  readonly name: string;
  /** Its disks, the system disk among them. May be called again; asks the host each time. */
  disks(signal?: AbortSignal): Promise<readonly HostDisk[]>;
  /** Opens a disk; `HOST_DISK_UNKNOWN` when there is none by that name. Close the source after use. */
  openDisk(name: string, signal?: AbortSignal): Promise<BlockSource>;
  /** What a machine that runs can do besides; absent for disks that lie still in a file. */
  readonly live?: LiveMachine;
  /** Frees connections. Sources opened from it are closed by their users first. */
  close(): Promise<void>;
}

/** How what is read of a running machine's disk holds together. */
export type Consistency = "snapshot" | "freeze" | "none";

/** How a moment of a disk is held. */
export interface HoldOptions {
  /** ASCII letters, digits and dashes, at most 64: the same on every attempt, so that a moment is held once. */
  readonly id: string;
  readonly consistency: Consistency;
  /**
   * How long the host keeps the moment after it last heard of us, in milliseconds; then it lets go by itself, whatever became of
   * this program.
   */
  readonly leaseMs: number;
  /** Space for what changes while a snapshot is there, in bytes for each logical volume. Default: what is free, up to a fifth. */
  readonly snapshotBytes?: number;
}

/** A moment of a disk that is held on its host. Plain JSON: another process goes on with it. */
export interface HeldMoment {
  readonly id: string;
  /** The disk's name. */
  readonly disk: string;
  readonly consistency: Consistency;
  readonly leaseMs: number;
  /** What was made on the host for it, for people and for clean-up: `LVM snapshot vg0/sampan-…`. */
  readonly made: readonly string[];
  /** What the reader has to know, such as a part of the disk that no snapshot covers. */
  readonly notes: readonly string[];
  /** What its host needs to find it again. */
  readonly state: JsonObject;
}

/** What is left on a host of a moment that nobody holds any more. Plain JSON. */
export interface HostLeftover {
  /** Id of the moment. */
  readonly id: string;
  /** What is there, for people: `LVM snapshot vg0/sampan-…`. */
  readonly made: readonly string[];
}

/** What a machine that runs can do. Everything is idempotent. */
export interface LiveMachine {
  /** Looks at the system as it runs: the same facts as an inspection of its disk gives. Changes nothing. */
  inspect(signal?: AbortSignal): Promise<DiskInspection>;
  /**
   * Holds a moment of a disk.
   *
   * @throws `HOST_SNAPSHOT_IMPOSSIBLE` or `HOST_FREEZE_IMPOSSIBLE` when the host cannot, before anything was changed.
   */
  hold(disk: string, options: HoldOptions, signal?: AbortSignal): Promise<HeldMoment>;
  /**
   * Opens a disk as it was at a held moment, and renews the lease while the source is open. Reads end in `HOST_MOMENT_LOST` once
   * the host has let go, `HOST_SNAPSHOT_FULL` when more was written meanwhile than the snapshot holds.
   */
  openMoment(moment: HeldMoment, signal?: AbortSignal): Promise<BlockSource>;
  /** Lets go of a moment and removes what was made for it; nothing happens when it is gone already. */
  release(moment: HeldMoment, signal?: AbortSignal): Promise<void>;
  /**
   * Looks for what is left on this machine of moments that nobody holds any more: after it was restarted, or when something was in
   * use. Changes nothing. Absent where that cannot be told.
   */
  findLeftovers?(signal?: AbortSignal): Promise<readonly HostLeftover[]>;
  /** Removes what {@link findLeftovers} found. */
  removeLeftover?(leftover: HostLeftover, signal?: AbortSignal): Promise<void>;
}
