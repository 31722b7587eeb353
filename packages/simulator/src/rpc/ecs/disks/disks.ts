import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { missingParameter, RpcError } from "../../errors.ts";
import { zonesOf } from "../catalogue/zones.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { partOf } from "../paging.ts";
import {
  diskCategories,
  endDryRun,
  isoSeconds,
  newId,
  readDescription,
  readIdArray,
  readTags,
  requireOneOf,
  requireRegion,
} from "../rules.ts";
import type { DiskRecord } from "./records.ts";
import { requireSnapshot, snapshotProgress } from "./snapshot-view.ts";
import { requireDisk } from "./snapshots.ts";

/** DescribeDisks: the caller's disks of a region, newest first. Unknown ids are no error. */
export const describeDisks: RpcAction = {
  name: "DescribeDisks",
  parameters: (
    "RegionId ZoneId DiskIds InstanceId DiskType Category Status SnapshotId DiskName Portable DeleteWithInstance " +
    "DeleteAutoSnapshot EnableAutoSnapshot EnableAutomatedSnapshotPolicy DiskChargeType Encrypted ResourceGroupId " +
    "KMSKeyId Tag.N.Key Tag.N.Value DryRun PageNumber PageSize MaxResults NextToken"
  ).split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const isWanted = readSelection(call);
    const mine = world.ecs.disks
      .disks()
      .filter((disk) => disk.region === region && disk.ownerId === caller.accountId && isWanted(disk));
    const { shown, fields } = partOf(parameters, mine, (disk) => disk.diskId);
    endDryRun(parameters);
    return { RegionId: region, ...fields, Disks: { Disk: shown.map(describe) } };
  },
};

/** CreateDisk: empty, or from a snapshot; attached to nothing. */
export const createDisk: RpcAction = {
  name: "CreateDisk",
  parameters: (
    "RegionId ZoneId DiskName Description DiskCategory PerformanceLevel Size SnapshotId Encrypted ResourceGroupId " +
    "Tag.N.Key Tag.N.Value ClientToken"
  ).split(" "),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateDisk");
      if (given) return given;
      const { parameters, world, caller } = call;
      const region = requireRegion(call);
      const zoneId = parameters.required("ZoneId");
      if (!zonesOf(region).includes(zoneId)) {
        throw new RpcError(404, "InvalidZoneId.NotFound", `There is no zone ${zoneId} in ${region}.`);
      }
      if (parameters.boolean("Encrypted")) {
        throw new RpcError(400, "InvalidParameter.KmsNotEnabled", "The simulator has no key management.");
      }
      const category = requireOneOf(
        parameters.text("DiskCategory"),
        diskCategories,
        "InvalidDiskCategory.ValueNotSupported",
      );
      const snapshotId = parameters.text("SnapshotId");
      const snapshot = snapshotId === undefined ? undefined : requireSnapshot(call, region, snapshotId);
      if (snapshot && snapshotProgress(snapshot, world.clock.now()).status !== "accomplished") {
        throw new RpcError(403, "InvalidSnapshotId.NotReady", `The snapshot ${snapshotId} is not finished.`);
      }
      const sizeGiB = parameters.integer("Size", { min: 1, max: 65_536 }) ?? snapshot?.sourceSizeGiB;
      if (sizeGiB === undefined) throw missingParameter("Size");
      if (sizeGiB < (snapshot?.sourceSizeGiB ?? 20)) {
        throw new RpcError(400, "InvalidDataDiskSize.ValueNotSupported", `${sizeGiB} GiB are too few.`);
      }
      const disk: DiskRecord = {
        diskId: newId("d"),
        region,
        zoneId,
        ownerId: caller.accountId,
        name: parameters.text("DiskName") ?? "",
        description: readDescription(parameters, "Description"),
        type: "data",
        category: category ?? "cloud_essd",
        performanceLevel: parameters.text("PerformanceLevel") ?? "PL1",
        sizeGiB,
        instanceId: null,
        device: "",
        deleteWithInstance: false,
        createdAtMs: world.clock.now(),
        attachedAtMs: null,
        imageId: "",
        sourceSnapshotId: snapshotId ?? "",
        resourceGroupId: parameters.text("ResourceGroupId") ?? "",
        tags: readTags(parameters),
        bytes: snapshot?.bytes ?? null,
        os: snapshot?.os ?? null,
      };
      const answer = { DiskId: disk.diskId };
      await keepToken(call, "CreateDisk", answer, disk.diskId);
      await world.ecs.disks.putDisk(disk);
      return answer;
    }),
};

/** DeleteDisk: one that is attached to nothing. */
export const deleteDisk: RpcAction = {
  name: "DeleteDisk",
  parameters: ["RegionId", "DiskId"],
  run: async (call) => {
    const disk = requireDisk(call, call.parameters.required("DiskId"));
    if (disk.instanceId !== null) {
      throw new RpcError(403, "IncorrectDiskStatus", `The disk is attached to ${disk.instanceId}.`);
    }
    await call.world.ecs.disks.removeDisk(disk);
    return {};
  },
};

/** Reads the selection once and returns the test for one disk. */
function readSelection(call: RpcCall): (disk: DiskRecord) => boolean {
  const { parameters } = call;
  const ids = readIdArray(parameters, "DiskIds");
  const type = requireOneOf(
    parameters.text("DiskType"),
    ["all", "system", "data"],
    "InvalidDiskType.ValueNotSupported",
  );
  const status = requireOneOf(
    parameters.text("Status"),
    ["In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting", "All"],
    "InvalidDiskStatus.ValueNotSupported",
  );
  const category = parameters.text("Category");
  const deleteWithInstance = parameters.boolean("DeleteWithInstance");
  const isPortable = parameters.boolean("Portable");
  const isEncrypted = parameters.boolean("Encrypted");
  const tags = readTags(parameters);
  const exact: readonly (readonly [string, (disk: DiskRecord) => string])[] = [
    ["ZoneId", (disk) => disk.zoneId],
    ["InstanceId", (disk) => disk.instanceId ?? ""],
    ["SnapshotId", (disk) => disk.sourceSnapshotId],
    ["DiskName", (disk) => disk.name],
    ["ResourceGroupId", (disk) => disk.resourceGroupId],
  ];
  return (disk) =>
    (ids === undefined || ids.includes(disk.diskId)) &&
    (type === undefined || type === "all" || type === disk.type) &&
    (status === undefined || status === "All" || status === statusOf(disk)) &&
    (category === undefined || category === "all" || category === disk.category) &&
    (deleteWithInstance === undefined || deleteWithInstance === disk.deleteWithInstance) &&
    (isPortable === undefined || isPortable === (disk.type === "data")) &&
    isEncrypted !== true &&
    exact.every(([name, of]) => [undefined, of(disk)].includes(parameters.text(name))) &&
    tags.every(({ key, value }) =>
      disk.tags.some((own) => own.key === key && (value === "" || own.value === value)),
    );
}

function statusOf(disk: DiskRecord): string {
  return disk.instanceId === null ? "Available" : "In_use";
}

function describe(disk: DiskRecord): JsonObject {
  const attachedTime = disk.attachedAtMs === null ? "" : isoSeconds(disk.attachedAtMs);
  const attachments =
    disk.instanceId === null
      ? []
      : [{ InstanceId: disk.instanceId, Device: disk.device, AttachedTime: attachedTime }];
  return {
    DiskId: disk.diskId,
    DiskName: disk.name,
    Description: disk.description,
    RegionId: disk.region,
    ZoneId: disk.zoneId,
    Type: disk.type,
    Category: disk.category,
    PerformanceLevel: disk.performanceLevel,
    Size: disk.sizeGiB,
    Status: statusOf(disk),
    InstanceId: disk.instanceId ?? "",
    Device: disk.device,
    Attachments: { Attachment: attachments },
    AttachedTime: attachedTime,
    DetachedTime: "",
    CreationTime: isoSeconds(disk.createdAtMs),
    ExpiredTime: "2999-09-08T16:00Z",
    DiskChargeType: "PostPaid",
    DeleteWithInstance: disk.deleteWithInstance,
    DeleteAutoSnapshot: false,
    EnableAutoSnapshot: false,
    EnableAutomatedSnapshotPolicy: false,
    AutoSnapshotPolicyId: "",
    Portable: disk.type === "data",
    Encrypted: false,
    KMSKeyId: "",
    ImageId: disk.imageId,
    ProductCode: "",
    SourceSnapshotId: disk.sourceSnapshotId,
    ResourceGroupId: disk.resourceGroupId,
    SerialNumber: disk.diskId.slice(2),
    MultiAttach: "Disabled",
    MountInstanceNum: attachments.length,
    MountInstances: { MountInstance: attachments },
    OperationLocks: { OperationLock: [] },
    Tags: { Tag: disk.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) },
  };
}
