import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { newestFirst, partOf } from "../paging.ts";
import { endDryRun, isoSeconds, readIdArray, readTags, requireOneOf, requireRegion } from "../rules.ts";
import type { SnapshotRecord } from "./records.ts";
import { allSnapshots, imagesUsing, type SnapshotProgress, snapshotProgress } from "./snapshot-view.ts";

/** DescribeSnapshots: the caller's snapshots of a region, newest first. Unknown ids are no error. */
export const describeSnapshots: RpcAction = {
  name: "DescribeSnapshots",
  parameters: (
    "RegionId InstanceId DiskId SnapshotLinkId SnapshotIds SnapshotName Status SnapshotType Filter.N.Key Filter.N.Value " +
    "Usage SourceDiskType Encrypted Category ResourceGroupId KMSKeyId DryRun Tag.N.Key Tag.N.Value PageNumber PageSize " +
    "MaxResults NextToken"
  ).split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const nowMs = world.clock.now();
    const isWanted = readSelection(call, nowMs);
    const mine = allSnapshots(world.ecs, nowMs).filter(
      (snapshot) => snapshot.region === region && snapshot.ownerId === caller.accountId && isWanted(snapshot),
    );
    const idOf = (snapshot: SnapshotRecord) => snapshot.snapshotId;
    const { shown, fields } = partOf(parameters, newestFirst(mine, idOf), idOf);
    endDryRun(parameters);
    return {
      RegionId: region,
      ...fields,
      Snapshots: {
        Snapshot: shown.map((snapshot) => describe(call, snapshot, snapshotProgress(snapshot, nowMs))),
      },
    };
  },
};

/** Reads the selection once and returns the test for one snapshot. */
function readSelection(call: RpcCall, nowMs: number): (snapshot: SnapshotRecord) => boolean {
  const { parameters, world } = call;
  const ids = readIdArray(parameters, "SnapshotIds");
  const status = requireOneOf(
    parameters.text("Status"),
    ["progressing", "accomplished", "failed", "all"],
    "InvalidStatus.ValueNotSupported",
  );
  const type = requireOneOf(
    parameters.text("SnapshotType"),
    ["auto", "user", "all"],
    "InvalidSnapshotType.ValueNotSupported",
  );
  const usage = requireOneOf(
    parameters.text("Usage"),
    ["image", "disk", "image_disk", "mount", "none"],
    "InvalidUsage",
  );
  const diskType = parameters.text("SourceDiskType")?.toLowerCase();
  requireOneOf(diskType, ["system", "data"], "InvalidSourceDiskType");
  const isEncrypted = parameters.boolean("Encrypted");
  const tags = readTags(parameters);
  const filters = readFilters(call);
  const instanceId = parameters.text("InstanceId");
  const disksOfInstance =
    instanceId === undefined ? undefined : world.ecs.disks.disksOf(instanceId).map((disk) => disk.diskId);
  const exact: readonly (readonly [string, (snapshot: SnapshotRecord) => string])[] = [
    ["DiskId", (snapshot) => snapshot.sourceDiskId],
    ["SnapshotName", (snapshot) => snapshot.name],
    ["ResourceGroupId", (snapshot) => snapshot.resourceGroupId],
  ];
  return (snapshot) =>
    (ids === undefined || ids.includes(snapshot.snapshotId)) &&
    (status === undefined || status === "all" || status === snapshotProgress(snapshot, nowMs).status) &&
    // There are no automatic snapshots here.
    type !== "auto" &&
    (usage === undefined || usage === usageOf(call, snapshot)) &&
    (diskType === undefined || diskType === snapshot.sourceDiskType) &&
    isEncrypted !== true &&
    (disksOfInstance === undefined || disksOfInstance.includes(snapshot.sourceDiskId)) &&
    exact.every(([name, of]) => [undefined, of(snapshot)].includes(parameters.text(name))) &&
    tags.every(({ key, value }) =>
      snapshot.tags.some((own) => own.key === key && (value === "" || own.value === value)),
    ) &&
    filters.every((filter) => filter(snapshot));
}

function readFilters(call: RpcCall): readonly ((snapshot: SnapshotRecord) => boolean)[] {
  return call.parameters.structures("Filter").map(({ fields }) => {
    const key = fields.required("Key");
    const atMs = Date.parse(fields.required("Value"));
    if (key !== "CreationStartTime" && key !== "CreationEndTime") {
      throw new RpcError(404, "InvalidFilterKey.NotFound", `The filter ${key} is not known.`);
    }
    if (Number.isNaN(atMs)) throw new RpcError(400, "InvalidFilterValue", "The filter's time is malformed.");
    return key === "CreationStartTime"
      ? (snapshot) => snapshot.createdAtMs >= atMs
      : (snapshot) => snapshot.createdAtMs <= atMs;
  });
}

function usageOf({ world }: RpcCall, snapshot: SnapshotRecord): string {
  const isOfImage = imagesUsing(world.ecs, snapshot.snapshotId).length > 0;
  const isOfDisk = world.ecs.disks.disks().some((disk) => disk.sourceSnapshotId === snapshot.snapshotId);
  if (isOfImage) return isOfDisk ? "image_disk" : "image";
  return isOfDisk ? "disk" : "none";
}

function describe(call: RpcCall, snapshot: SnapshotRecord, progress: SnapshotProgress): JsonObject {
  const isOver = progress.status === "accomplished";
  return {
    SnapshotId: snapshot.snapshotId,
    SnapshotName: snapshot.name,
    SnapshotSN: snapshot.snapshotId.slice(2),
    SnapshotType: "user",
    SnapshotLinkId: snapshot.sourceDiskId.replace(/^d-/, "sl-"),
    Description: snapshot.description,
    RegionId: snapshot.region,
    Status: progress.status,
    Progress: `${progress.percent}%`,
    RemainTime: Math.max(0, Math.ceil(progress.remainingMs / 1000)),
    Available: isOver,
    Category: "standard",
    CreationTime: isoSeconds(snapshot.createdAtMs),
    LastModifiedTime: isoSeconds(snapshot.createdAtMs),
    Encrypted: false,
    InstantAccess: false,
    KMSKeyId: "",
    ProductCode: "",
    ResourceGroupId: snapshot.resourceGroupId,
    ...(snapshot.retentionDays === null ? {} : { RetentionDays: snapshot.retentionDays }),
    SourceDiskId: snapshot.sourceDiskId,
    SourceDiskSize: String(snapshot.sourceSizeGiB),
    SourceDiskType: snapshot.sourceDiskType,
    SourceStorageType: "disk",
    FullSnapshotSizeInBytes: snapshot.bytes?.content.sizeBytes ?? 0,
    Usage: usageOf(call, snapshot),
    Tags: { Tag: snapshot.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) },
  };
}
