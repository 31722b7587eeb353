import type { BlobStore } from "../../../state/blob-store.ts";
import type { JsonFiles } from "../../../state/json-files.ts";
import { newestFirst } from "../paging.ts";
import { RecordTable } from "../record-table.ts";
import type { DiskBytes, DiskRecord, SnapshotRecord } from "./records.ts";

const dayMs = 86_400_000;

/** Disks, and the snapshots that are kept as things of their own; those of images follow from the images. */
export class DiskStore {
  readonly #disks: RecordTable<DiskRecord>;
  readonly #snapshots: RecordTable<SnapshotRecord>;
  readonly #blobs: BlobStore;

  constructor(files: JsonFiles, blobs: BlobStore) {
    this.#disks = new RecordTable(files, "disks", (disk) => disk.diskId);
    this.#snapshots = new RecordTable(files, "snapshots", (snapshot) => snapshot.snapshotId);
    this.#blobs = blobs;
  }

  async load(): Promise<void> {
    await Promise.all([this.#disks.load(), this.#snapshots.load()]);
    for (const { bytes } of [...this.#disks.values(), ...this.#snapshots.values()]) this.#retain(bytes);
  }

  /** Every disk of every account, newest first. */
  disks(): readonly DiskRecord[] {
    return newestFirst(this.#disks.values(), (disk) => disk.diskId);
  }

  disk(diskId: string): DiskRecord | undefined {
    return this.#disks.get(diskId);
  }

  /** Disks of an instance: the system disk first, then by device. */
  disksOf(instanceId: string): readonly DiskRecord[] {
    const own = this.#disks.values().filter((disk) => disk.instanceId === instanceId);
    return own.sort((a, b) =>
      a.type === b.type ? (a.device < b.device ? -1 : 1) : a.type === "system" ? -1 : 1,
    );
  }

  /** Keeps a disk; a new one takes hold of its bytes. */
  async putDisk(disk: DiskRecord): Promise<void> {
    if (!this.#disks.get(disk.diskId)) this.#retain(disk.bytes);
    await this.#disks.put(disk);
  }

  async removeDisk(disk: DiskRecord): Promise<void> {
    if (await this.#disks.remove(disk.diskId)) await this.#release(disk.bytes);
  }

  keptSnapshots(): readonly SnapshotRecord[] {
    return this.#snapshots.values();
  }

  keptSnapshot(snapshotId: string): SnapshotRecord | undefined {
    return this.#snapshots.get(snapshotId);
  }

  /** Keeps a snapshot; a new one takes hold of its bytes. */
  async putSnapshot(snapshot: SnapshotRecord): Promise<void> {
    if (!this.#snapshots.get(snapshot.snapshotId)) this.#retain(snapshot.bytes);
    await this.#snapshots.put(snapshot);
  }

  async removeSnapshot(snapshot: SnapshotRecord): Promise<void> {
    if (await this.#snapshots.remove(snapshot.snapshotId)) await this.#release(snapshot.bytes);
  }

  /** Deletes the snapshots whose time is over; those an image is made of stay. */
  async expire(nowMs: number, isUsed: (snapshotId: string) => boolean): Promise<void> {
    for (const snapshot of this.#snapshots.values()) {
      if (snapshot.retentionDays === null) continue;
      const endMs = snapshot.createdAtMs + snapshot.retentionDays * dayMs;
      if (endMs <= nowMs && !isUsed(snapshot.snapshotId)) await this.removeSnapshot(snapshot);
    }
  }

  #retain(bytes: DiskBytes | null): void {
    if (bytes) this.#blobs.retain(bytes.content);
  }

  async #release(bytes: DiskBytes | null): Promise<void> {
    if (bytes) await this.#blobs.release(bytes.content);
  }
}
