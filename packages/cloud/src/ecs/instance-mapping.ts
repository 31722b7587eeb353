import type {
  DescribeDisksResponseBodyDisksDisk,
  DescribeInstancesResponseBodyInstancesInstance,
  DescribeInstanceTypesResponseBodyInstanceTypesInstanceType,
  DescribeSnapshotsResponseBodySnapshotsSnapshot,
} from "@alicloud/ecs20140526";
import { GiB } from "@sampan/core";
import type { CloudInstance, InstanceDisk, InstanceStatus } from "../instance-registry.ts";
import type { InstanceType } from "../launch-offers.ts";
import type { CloudSnapshot, SnapshotStatus } from "../snapshot-registry.ts";
import { percentOf } from "./image-mapping.ts";

const instanceStatuses: readonly InstanceStatus[] = ["Pending", "Starting", "Running", "Stopping", "Stopped"];
const snapshotStatuses: readonly SnapshotStatus[] = ["progressing", "accomplished", "failed"];

/** Reads one row of DescribeInstances; `undefined` when it has no id or a state unknown to this version. */
export function cloudInstanceOf(
  row: DescribeInstancesResponseBodyInstancesInstance,
  region: string,
): CloudInstance | undefined {
  const status = instanceStatuses.find((known) => known === row.status);
  if (!row.instanceId || status === undefined) return undefined;
  const elastic = row.eipAddress?.ipAddress;
  return {
    instanceId: row.instanceId,
    region,
    zone: row.zoneId ?? "",
    name: row.instanceName ?? "",
    hostName: row.hostName ?? "",
    status,
    imageId: row.imageId ?? "",
    instanceType: row.instanceType ?? "",
    osType: row.OSType?.toLowerCase() === "windows" ? "windows" : "linux",
    osName: row.OSNameEn || row.OSName || "",
    vpcId: row.vpcAttributes?.vpcId || null,
    vSwitchId: row.vpcAttributes?.vSwitchId || null,
    securityGroupIds: row.securityGroupIds?.securityGroupId ?? [],
    privateAddresses: row.vpcAttributes?.privateIpAddress?.ipAddress ?? [],
    publicAddresses: [...(row.publicIpAddress?.ipAddress ?? []), ...(elastic ? [elastic] : [])],
    tags: tagsOf(row.tags?.tag),
    lockReasons: (row.operationLocks?.lockReason ?? []).flatMap((lock) => lock.lockReason ?? []),
    createdAt: row.creationTime ?? "",
    releaseAt: row.autoReleaseTime || null,
  };
}

/** Reads one row of DescribeDisks; `undefined` when it has no id. */
export function instanceDiskOf(row: DescribeDisksResponseBodyDisksDisk): InstanceDisk | undefined {
  if (!row.diskId) return undefined;
  return {
    diskId: row.diskId,
    kind: row.type === "system" ? "system" : "data",
    device: row.device ?? "",
    sizeBytes: (row.size ?? 0) * GiB,
    category: row.category ?? "",
    encrypted: row.encrypted ?? false,
    tags: tagsOf(row.tags?.tag),
  };
}

/** Reads one row of DescribeSnapshots; `undefined` when it has no id or a state unknown to this version. */
export function cloudSnapshotOf(
  row: DescribeSnapshotsResponseBodySnapshotsSnapshot,
  region: string,
): CloudSnapshot | undefined {
  const status = snapshotStatuses.find((known) => known === row.status?.toLowerCase());
  if (!row.snapshotId || status === undefined) return undefined;
  const sizeGib = Number(row.sourceDiskSize ?? 0);
  return {
    snapshotId: row.snapshotId,
    region,
    name: row.snapshotName ?? "",
    status,
    progressPercent: percentOf(row.progress),
    diskId: row.sourceDiskId ?? "",
    diskKind: row.sourceDiskType?.toLowerCase() === "system" ? "system" : "data",
    sizeBytes: Number.isFinite(sizeGib) ? sizeGib * GiB : 0,
    tags: tagsOf(row.tags?.tag),
  };
}

/** Reads one row of DescribeInstanceTypes; `undefined` when it has no id. */
export function instanceTypeOf(
  row: DescribeInstanceTypesResponseBodyInstanceTypesInstanceType,
): InstanceType | undefined {
  if (!row.instanceTypeId) return undefined;
  const nvme = row.nvmeSupport?.toLowerCase();
  return {
    instanceType: row.instanceTypeId,
    architecture: row.cpuArchitecture?.toUpperCase() === "ARM" ? "arm64" : "x86_64",
    bootModes: row.supportedBootModes?.supportedBootMode ?? [],
    nvme: nvme === "required" || nvme === "supported" ? nvme : "unsupported",
  };
}

function tagsOf(
  rows: readonly { readonly tagKey?: string; readonly tagValue?: string }[] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (rows ?? []).flatMap((tag) => (tag.tagKey === undefined ? [] : [[tag.tagKey, tag.tagValue ?? ""]])),
  );
}
