import type { RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { endOf, progressOf } from "../progress.ts";
import { type ImageDisk, type ImageRecord, osTraitsOf } from "../records.ts";
import type { EcsStore } from "../store.ts";
import type { SnapshotRecord } from "./records.ts";

/** State and progress of a snapshot as callers see them. */
export interface SnapshotProgress {
  readonly status: "progressing" | "accomplished" | "failed";
  readonly percent: number;
  readonly remainingMs: number;
}

/** What is seen of a snapshot at a moment. */
export function snapshotProgress(snapshot: SnapshotRecord, nowMs: number): SnapshotProgress {
  const { failure, hang, durationMs } = snapshot.job;
  const endsAtMs = endOf({ startsAtMs: snapshot.createdAtMs, durationMs, failure, hang });
  if (nowMs >= endsAtMs) {
    return failure
      ? { status: "failed", percent: failure.atPercent, remainingMs: 0 }
      : { status: "accomplished", percent: 100, remainingMs: 0 };
  }
  const elapsed = Math.floor(((nowMs - snapshot.createdAtMs) / Math.max(1, durationMs)) * 100);
  const percent = Math.min(99, elapsed, hang?.atPercent ?? 99);
  return { status: "progressing", percent, remainingMs: snapshot.createdAtMs + durationMs - nowMs };
}

/**
 * Every snapshot there is: those that are kept by themselves, and those an import or a copy made along with its image, which
 * follow from the image for as long as it is there.
 */
export function allSnapshots(ecs: EcsStore, nowMs: number): readonly SnapshotRecord[] {
  const kept = ecs.disks.keptSnapshots();
  const keptIds = new Set(kept.map((snapshot) => snapshot.snapshotId));
  const ofImages = ecs.images().flatMap((image) => snapshotsOfImage(image, nowMs));
  return [...kept, ...ofImages.filter((snapshot) => !keptIds.has(snapshot.snapshotId))];
}

/** The snapshots an image's making left, one for each disk. */
export function snapshotsOfImage(image: ImageRecord, nowMs: number): readonly SnapshotRecord[] {
  const progress = progressOf(image, nowMs);
  if (progress.status === "CreateFailed") return [];
  return image.disks
    .filter((disk) => disk.snapshotId !== "")
    .map((disk) => ({
      snapshotId: disk.snapshotId,
      region: image.region,
      ownerId: image.ownerId,
      name: `Created_from_${image.imageId}`,
      description: "",
      createdAtMs: image.createdAtMs,
      sourceDiskId: "",
      sourceDiskType: disk.type,
      sourceSizeGiB: disk.sizeGiB,
      retentionDays: null,
      resourceGroupId: image.resourceGroupId,
      tags: [],
      bytes: bytesOfImageDisk(disk),
      os: disk.type === "system" ? osTraitsOf(image) : null,
      job: jobOfImage(image, progress.status === "Available" || progress.status === "Deprecated"),
    }));
}

/** What is on a disk of an image: nothing on those of the service. */
export function bytesOfImageDisk(disk: ImageDisk): SnapshotRecord["bytes"] {
  if (disk.content.sizeBytes === 0) return null;
  return { format: disk.format, virtualSizeBytes: disk.virtualSizeBytes, content: disk.content };
}

/** Images that name a snapshot. */
export function imagesUsing(ecs: EcsStore, snapshotId: string): readonly ImageRecord[] {
  return ecs.images().filter((image) => image.disks.some((disk) => disk.snapshotId === snapshotId));
}

/** The caller's snapshot in a region; `InvalidSnapshotId.NotFound` otherwise. */
export function requireSnapshot(call: RpcCall, region: string, snapshotId: string): SnapshotRecord {
  const snapshot = allSnapshots(call.world.ecs, call.world.clock.now()).find(
    (candidate) => candidate.snapshotId === snapshotId,
  );
  if (!snapshot || snapshot.ownerId !== call.caller.accountId || snapshot.region !== region) {
    throw new RpcError(404, "InvalidSnapshotId.NotFound", `There is no snapshot ${snapshotId} in ${region}.`);
  }
  return snapshot;
}

function jobOfImage(image: ImageRecord, isFinished: boolean): SnapshotRecord["job"] {
  if (isFinished) return { durationMs: 0, failure: null, hang: null };
  const { startsAtMs, durationMs, hang } = image.job;
  const waitingMs = (startsAtMs ?? image.createdAtMs) - image.createdAtMs;
  const isHeld = startsAtMs === null ? { status: "Waiting" as const, atPercent: 0 } : hang;
  return { durationMs: waitingMs + durationMs, failure: null, hang: isHeld };
}
