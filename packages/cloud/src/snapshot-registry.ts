/** State of a snapshot, as the vendor spells it. */
export type SnapshotStatus = "progressing" | "accomplished" | "failed";

/** A snapshot of one disk. */
export interface CloudSnapshot {
  readonly snapshotId: string;
  readonly region: string;
  readonly name: string;
  readonly status: SnapshotStatus;
  /** 0 to 100; `null` while the cloud says nothing. */
  readonly progressPercent: number | null;
  readonly diskId: string;
  readonly diskKind: "system" | "data";
  /** Size of the disk, in bytes. */
  readonly sizeBytes: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What {@link SnapshotRegistry.createSnapshot} sends. */
export interface CreateSnapshotRequest {
  readonly diskId: string;
  /** 2 to 128 characters, not beginning with `auto`. */
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** ASCII, at most 64 characters: the same token never makes a second snapshot. */
  readonly clientToken: string;
}

/** Which snapshots {@link SnapshotRegistry.listSnapshots} lists: the account's own, in all states. */
export interface SnapshotQuery {
  readonly snapshotIds?: readonly string[];
  readonly tag?: { readonly key: string; readonly value: string };
}

/**
 * A port to the snapshots of an account, in every region.
 *
 * Every method makes one call (a list as many as it has pages) and does not retry; it rejects only with SampanError.
 */
export interface SnapshotRegistry {
  /** Starts a snapshot of a disk, billed until it is deleted. The same client token gives the same answer. */
  createSnapshot(
    region: string,
    request: CreateSnapshotRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly snapshotId: string }>;
  /** Snapshots in any state. An unknown id is no error: it is missing from the answer. */
  listSnapshots(
    region: string,
    query: SnapshotQuery,
    signal?: AbortSignal,
  ): Promise<readonly CloudSnapshot[]>;
  /** Deletes a snapshot. Succeeds when there is none. `CLOUD_IMAGE_BUSY` while an image is made of it. */
  deleteSnapshot(region: string, snapshotId: string, signal?: AbortSignal): Promise<void>;
}
