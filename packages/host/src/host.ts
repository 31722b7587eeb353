import type { JsonObject } from "@sampan/core";
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
  /** Frees connections. Sources opened from it are closed by their users first. */
  close(): Promise<void>;
}
