import type { JsonObject, PatchRecord } from "@sampan/core";
import type { DiskInspection, StageOptions } from "@sampan/guest";
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
  /**
   * Looks for what is left here of moments that nobody holds any more: after the machine was restarted, or when something was in
   * use. Changes nothing. Absent where that cannot be told.
   */
  findLeftovers?(signal?: AbortSignal): Promise<readonly HostLeftover[]>;
  /** Removes what {@link findLeftovers} found. */
  removeLeftover?(leftover: HostLeftover, signal?: AbortSignal): Promise<void>;
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

/** How a machine is prepared where it runs. */
export interface HostPreparationOptions extends Omit<StageOptions, "signal"> {
  /** Tells this preparation from others on the machine: ASCII letters, digits and dashes, at most 64. */
  readonly id: string;
}

/** One change that preparing a machine makes. Plain JSON. */
export interface HostChange {
  /** Ids of the fix-ups that make it. */
  readonly fixups: readonly string[];
  /** One line for people: `modify /etc/fstab`. */
  readonly text: string;
}

/** What preparing a machine would change; nothing was changed by asking. */
export interface HostPreparation {
  /** In the order they are made; empty when nothing has to be changed. */
  readonly changes: readonly HostChange[];
  /** The changes to files with their diff; `null` where it is settings that are changed. */
  readonly patch: PatchRecord | null;
  /** Makes the changes. Settings and files as they were are kept on the machine first. */
  apply(signal?: AbortSignal): Promise<PreparedMachine>;
}

/** What was changed on a machine. Plain JSON. */
export interface PreparedMachine {
  /** Takes it back by {@link LiveMachine.undoPreparation}; `null` when nothing had to be changed. */
  readonly id: string | null;
  /** What an administrator runs on the machine to take it back without Sampan: `sh /var/lib/sampan/undo-….sh`. */
  readonly undo: string | null;
  /** What did not take, and why. */
  readonly notes: readonly string[];
}

/** How the machine itself writes a disk into a file. */
export interface DiskExport {
  /** `dd` on Linux; `disk2vhd` on Windows, where its format is told by the ending of the file. */
  readonly tool: "dd" | "disk2vhd";
  /** A folder that others can read, as the machine sees it: a mounted share, `/mnt/store` or `\\\\convert-01\\VHD_DIR`. */
  readonly folder: string;
  /** Name of the file there: letters, digits, `_`, `-` and `.`, at most 100. One that is there is never replaced. */
  readonly file: string;
  /** Name of a file that the machine must see in that folder, which proves that it is the one that is read from afterwards. */
  readonly proof?: string;
  /** Volumes of the disk, for `disk2vhd`: `C:`. Default: all. */
  readonly volumes?: readonly string[];
  /** Path of the tool on the machine. Default: where it is found. */
  readonly program?: string;
  /** That somebody has read the tool's licence and accepts it, where it has one. */
  readonly acceptLicence?: boolean;
  /** Told how many bytes were read of the disk, or written, as far as can be told. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** A disk in a file. Plain JSON. */
export interface ExportedDisk {
  /** Path of the file, as the machine sees it. */
  readonly path: string;
  readonly sizeBytes: number;
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
   * Every moment that is held on this machine now, by whichever run. Changes nothing, and renews nothing. Absent where that cannot be
   * told.
   */
  heldMoments?(signal?: AbortSignal): Promise<readonly HeldMoment[]>;
  /**
   * Looks what has to be changed on this machine for its disk to become an image, as the whitepaper does by hand (§5.1). Absent where
   * the system that runs cannot be reached, as in a virtual machine that is read from outside.
   *
   * @throws `HOST_PREPARE_REFUSED` for what cannot be changed safely, `CORE_ARGUMENT` for an unknown id of a fix-up.
   */
  prepare?(options: HostPreparationOptions, signal?: AbortSignal): Promise<HostPreparation>;
  /** Ids of the preparations that this machine knows how to take back, the last first. */
  findPreparations?(signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Takes a preparation back, and tells what stays as it is because it was changed since by others.
   *
   * @throws `HOST_PREPARE_FAILED` when there is none of that id, or something cannot be restored.
   */
  undoPreparation?(id: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Has a tool on the machine write a disk into a file, as it is while the machine goes on; half a file is removed. Absent where no
   * tool is run.
   *
   * @throws `HOST_TOOL_UNSUITABLE` for a tool of another system, `HOST_TOOL_MISSING`, `HOST_TOOL_LICENCE`, `HOST_TOOL_FAILED`, `HOST_DD_FAILED`,
   * `HOST_SHARE_INVALID`, `IMAGE_TARGET_EXISTS`.
   */
  exportDisk?(disk: string, options: DiskExport, signal?: AbortSignal): Promise<ExportedDisk>;
}
