import type { Content } from "../../../state/content.ts";
import type { ImageJob, OsTraits } from "../records.ts";

/** What is on a disk: the bytes of an image's disk, in their format, from the start of it. The rest reads as zeros. */
export interface DiskBytes {
  readonly format: "VHD" | "RAW" | "QCOW2";
  readonly virtualSizeBytes: number;
  readonly content: Content;
}

/** A cloud disk. Its bytes never change: a machine that runs on it writes to a throw-away overlay. */
export interface DiskRecord {
  readonly diskId: string;
  readonly region: string;
  readonly zoneId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly type: "system" | "data";
  readonly category: string;
  readonly performanceLevel: string;
  readonly sizeGiB: number;
  readonly instanceId: string | null;
  /** `/dev/xvda`; empty while it is attached to nothing. */
  readonly device: string;
  readonly deleteWithInstance: boolean;
  readonly createdAtMs: number;
  readonly attachedAtMs: number | null;
  readonly imageId: string;
  readonly sourceSnapshotId: string;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** `null` when it holds nothing but zeros. */
  readonly bytes: DiskBytes | null;
  /** The system on it, of a system disk. */
  readonly os: OsTraits | null;
}

/** A snapshot. */
export interface SnapshotRecord {
  readonly snapshotId: string;
  readonly region: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAtMs: number;
  readonly sourceDiskId: string;
  readonly sourceDiskType: "system" | "data";
  readonly sourceSizeGiB: number;
  /** Days it is kept; `null` for good. */
  readonly retentionDays: number | null;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly bytes: DiskBytes | null;
  readonly os: OsTraits | null;
  /** Its making. What is seen of it follows from the clock. */
  readonly job: Pick<ImageJob, "durationMs" | "failure" | "hang">;
}
