import { GiB } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { faultOfJob } from "../job-faults.ts";
import { newId, readDescription, readTags } from "../rules.ts";
import type { DiskRecord, SnapshotRecord } from "./records.ts";
import { allSnapshots, imagesUsing, snapshotProgress } from "./snapshot-view.ts";

/** CreateSnapshot: of what is on a disk now; ready after a while. */
export const createSnapshot: RpcAction = {
  name: "CreateSnapshot",
  parameters: (
    "RegionId DiskId SnapshotName Description RetentionDays Category InstantAccess InstantAccessRetentionDays " +
    "ResourceGroupId Tag.N.Key Tag.N.Value ClientToken"
  ).split(" "),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateSnapshot");
      if (given) return given;
      const { parameters } = call;
      const name = readSnapshotName(call);
      const retentionDays = readRetention(call);
      const description = readDescription(parameters, "Description");
      const tags = readTags(parameters);
      const disk = requireDisk(call, parameters.required("DiskId"));
      requireQuiet(call, disk);
      requireSnapshotQuota(call, disk);
      const snapshot: SnapshotRecord = {
        ...snapshotOf(call, disk),
        ...(name === undefined ? {} : { name }),
        description,
        retentionDays,
        tags,
        resourceGroupId: parameters.text("ResourceGroupId") ?? "",
      };
      const answer = { SnapshotId: snapshot.snapshotId };
      await keepToken(call, "CreateSnapshot", answer, snapshot.snapshotId);
      await call.world.ecs.disks.putSnapshot(snapshot);
      return answer;
    }),
};

/** DeleteSnapshot: refused while an image, or without `Force` a disk, is made of it. An unknown id is ignored, as documented. */
export const deleteSnapshot: RpcAction = {
  name: "DeleteSnapshot",
  parameters: ["RegionId", "SnapshotId", "Force"],
  run: async (call) => {
    const { parameters, world, caller } = call;
    const snapshotId = parameters.required("SnapshotId");
    const snapshot = allSnapshots(world.ecs, world.clock.now()).find(
      (candidate) => candidate.snapshotId === snapshotId && candidate.ownerId === caller.accountId,
    );
    if (!snapshot) return {};
    if (imagesUsing(world.ecs, snapshotId).length > 0) {
      throw new RpcError(403, "SnapshotCreatedImage", "An image is made of the snapshot.");
    }
    const hasDisk = world.ecs.disks.disks().some((disk) => disk.sourceSnapshotId === snapshotId);
    if (hasDisk && !parameters.boolean("Force")) {
      throw new RpcError(403, "SnapshotCreatedDisk", "A disk is made of the snapshot.");
    }
    await world.ecs.disks.removeSnapshot(snapshot);
    return {};
  },
};

/** The caller's disk; `InvalidDiskId.NotFound` otherwise. */
export function requireDisk(call: RpcCall, diskId: string): DiskRecord {
  const disk = call.world.ecs.disks.disk(diskId);
  if (!disk || disk.ownerId !== call.caller.accountId) {
    throw new RpcError(404, "InvalidDiskId.NotFound", `There is no disk ${diskId}.`);
  }
  return disk;
}

/** Refuses a disk whose instance is on its way from one state to another, or of which a snapshot is being taken. */
export function requireQuiet(call: RpcCall, disk: DiskRecord): void {
  const { ecs, clock } = call.world;
  const instance = disk.instanceId === null ? undefined : ecs.instances.get(disk.instanceId);
  if (instance && instance.state !== "Running" && instance.state !== "Stopped") {
    throw new RpcError(403, "IncorrectInstanceStatus", `The disk's instance is ${instance.state}.`);
  }
  const isBusy = ecs.disks
    .keptSnapshots()
    .some(
      (snapshot) =>
        snapshot.sourceDiskId === disk.diskId &&
        snapshotProgress(snapshot, clock.now()).status === "progressing",
    );
  if (isBusy) {
    throw new RpcError(403, "IncorrectDiskStatus.CreatingSnapshot", "A snapshot of the disk is being taken.");
  }
}

/** Refuses a snapshot too many of a disk. */
export function requireSnapshotQuota(call: RpcCall, disk: DiskRecord): void {
  const { ecs } = call.world;
  const taken = ecs.disks.keptSnapshots().filter((snapshot) => snapshot.sourceDiskId === disk.diskId);
  if (taken.length >= ecs.settings.quotas.snapshotsPerDisk) {
    throw new RpcError(403, "QuotaExceed.Snapshot", "The snapshot quota of the disk is used up.");
  }
}

/** A snapshot of a disk, begun now. */
export function snapshotOf(call: RpcCall, disk: DiskRecord): SnapshotRecord {
  const { speed } = call.world.options;
  const storedGiB = (disk.bytes?.content.sizeBytes ?? 0) / GiB;
  return {
    snapshotId: newId("s"),
    region: disk.region,
    ownerId: disk.ownerId,
    name: "",
    description: "",
    createdAtMs: call.world.clock.now(),
    sourceDiskId: disk.diskId,
    sourceDiskType: disk.type,
    sourceSizeGiB: disk.sizeGiB,
    retentionDays: null,
    resourceGroupId: "",
    tags: [],
    bytes: disk.bytes,
    os: disk.os,
    job: {
      durationMs: speed.snapshotBaseMs + storedGiB * speed.snapshotPerGiBMs,
      ...faultOfJob(call.effect, "SnapshotFailed"),
    },
  };
}

function readSnapshotName(call: RpcCall): string | undefined {
  const name = call.parameters.text("SnapshotName");
  if (name === undefined) return undefined;
  const isWellFormed = /^[\p{L}][\p{L}\p{N}._:-]{1,127}$/u.test(name);
  if (!isWellFormed || /^auto/i.test(name) || /^https?:/i.test(name)) {
    throw new RpcError(400, "InvalidSnapshotName.Malformed", `The snapshot name ${name} is malformed.`);
  }
  return name;
}

function readRetention(call: RpcCall): number | null {
  const text = call.parameters.text("RetentionDays");
  if (text === undefined) return null;
  const days = Number(text);
  if (!/^\d{1,5}$/.test(text) || days < 1 || days > 65_536) {
    throw new RpcError(400, "InvalidRetentionDays", "RetentionDays must be 1 to 65536.");
  }
  return days;
}
