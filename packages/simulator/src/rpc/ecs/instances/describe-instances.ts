import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { findInstanceType } from "../catalogue/instance-types.ts";
import { partOf, readPage } from "../paging.ts";
import { endDryRun, isoMinutes, readIdArray, readTags, requireOneOf, requireRegion } from "../rules.ts";
import type { InstanceRecord } from "./records.ts";
import { requireInstance } from "./rules.ts";

const states = ["Pending", "Starting", "Running", "Stopping", "Stopped"];

/** DescribeInstances: the caller's instances of a region, newest first. Unknown ids are no error. */
export const describeInstances: RpcAction = {
  name: "DescribeInstances",
  parameters: (
    "RegionId InstanceIds InstanceName InstanceType InstanceTypeFamily InstanceNetworkType InstanceChargeType " +
    "InternetChargeType ImageId VpcId VSwitchId ZoneId SecurityGroupId KeyPairName Status PrivateIpAddresses " +
    "PublicIpAddresses EipAddresses InnerIpAddresses ResourceGroupId IoOptimized LockReason NeedSaleCycle DeviceAvailable " +
    "AdditionalAttributes.N Tag.N.Key Tag.N.Value Filter.N.Key Filter.N.Value DryRun PageNumber PageSize MaxResults " +
    "NextToken"
  ).split(" "),
  run: async (call) => {
    const { parameters } = call;
    const region = requireRegion(call);
    const isWanted = readSelection(call);
    const mine = ownInstances(call, region).filter(isWanted);
    const { shown, fields } = partOf(parameters, mine, (instance) => instance.instanceId);
    endDryRun(parameters);
    return { ...fields, Instances: { Instance: shown.map((instance) => describe(call, instance)) } };
  },
};

/** DescribeInstanceStatus: ids and states only. */
export const describeInstanceStatus: RpcAction = {
  name: "DescribeInstanceStatus",
  parameters: "RegionId ZoneId ClusterId InstanceId.N PageNumber PageSize".split(" "),
  run: async (call) => {
    const { parameters } = call;
    const region = requireRegion(call);
    const page = readPage(parameters, 50);
    const ids = parameters.list("InstanceId");
    if (ids.length > 100)
      throw new RpcError(400, "InvalidInstanceIds.Malformed", "There are more than 100 ids.");
    const zoneId = parameters.text("ZoneId");
    const found = ownInstances(call, region).filter(
      (instance) =>
        (ids.length === 0 || ids.includes(instance.instanceId)) &&
        (zoneId === undefined || instance.zoneId === zoneId),
    );
    const shown = page.cut(found).map(({ instanceId, state }) => ({ InstanceId: instanceId, Status: state }));
    return { ...page.totals(found.length), InstanceStatuses: { InstanceStatus: shown } };
  },
};

/** DescribeInstanceAttribute: one instance, whatever its region. */
export const describeInstanceAttribute: RpcAction = {
  name: "DescribeInstanceAttribute",
  parameters: ["RegionId", "InstanceId"],
  run: async (call) => describe(call, requireInstance(call, call.parameters.required("InstanceId"))),
};

function ownInstances(call: RpcCall, region: string): readonly InstanceRecord[] {
  return call.world.ecs.instances
    .all()
    .filter((instance) => instance.region === region && instance.ownerId === call.caller.accountId);
}

/** Reads the selection once and returns the test for one instance. */
function readSelection(call: RpcCall): (instance: InstanceRecord) => boolean {
  const { parameters } = call;
  const ids = readIdArray(parameters, "InstanceIds");
  requireOneOf(parameters.text("Status"), states, "InvalidStatus.ValueNotSupported");
  const privateIps = readIdArray(parameters, "PrivateIpAddresses");
  const publicIps = readIdArray(parameters, "PublicIpAddresses");
  const hasEip = parameters.text("EipAddresses") !== undefined;
  const isClassic = parameters.text("InstanceNetworkType") === "classic";
  const isLocked = parameters.text("LockReason") !== undefined;
  const name = parameters.text("InstanceName");
  const group = parameters.text("SecurityGroupId");
  const tags = readTags(parameters);
  const filters = readFilters(call);
  const exact: readonly (readonly [string, (instance: InstanceRecord) => string])[] = [
    ["Status", (instance) => instance.state],
    ["InstanceType", (instance) => instance.instanceType],
    ["InstanceTypeFamily", (instance) => findInstanceType(instance.instanceType)?.family ?? ""],
    ["InstanceChargeType", (instance) => instance.chargeType],
    ["InternetChargeType", (instance) => instance.internetChargeType],
    ["ImageId", (instance) => instance.imageId],
    ["VpcId", (instance) => instance.vpcId],
    ["VSwitchId", (instance) => instance.vSwitchId],
    ["ZoneId", (instance) => instance.zoneId],
    ["KeyPairName", (instance) => instance.keyPairName],
    ["ResourceGroupId", (instance) => instance.resourceGroupId],
  ];
  return (instance) =>
    (ids === undefined || ids.includes(instance.instanceId)) &&
    (privateIps === undefined || privateIps.includes(instance.privateIp)) &&
    (publicIps === undefined || publicIps.includes(instance.publicIp ?? "")) &&
    !hasEip &&
    !isClassic &&
    !isLocked &&
    (name === undefined || matchesName(instance.name, name)) &&
    (group === undefined || instance.securityGroupIds.includes(group)) &&
    exact.every(([parameter, of]) => [undefined, of(instance)].includes(parameters.text(parameter))) &&
    tags.every(({ key, value }) =>
      instance.tags.some((own) => own.key === key && (value === "" || own.value === value)),
    ) &&
    filters.every((filter) => filter(instance));
}

/** A name with `*` in it is a pattern; the parts between stand in their order. */
function matchesName(name: string, wanted: string): boolean {
  if (!wanted.includes("*")) return name === wanted;
  const parts = wanted.split("*");
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function readFilters(call: RpcCall): readonly ((instance: InstanceRecord) => boolean)[] {
  return call.parameters.structures("Filter").map(({ fields }) => {
    const key = fields.required("Key");
    const atMs = Date.parse(fields.required("Value"));
    const known = ["CreationStartTime", "CreationEndTime", "ExpiredStartTime", "ExpiredEndTime"];
    if (!known.includes(key)) {
      throw new RpcError(404, "InvalidFilterKey.NotFound", `The filter ${key} is not known.`);
    }
    if (Number.isNaN(atMs)) throw new RpcError(400, "InvalidFilterValue", "The filter's time is malformed.");
    if (key.startsWith("Expired")) return () => false;
    return key === "CreationStartTime"
      ? (instance) => instance.createdAtMs >= atMs
      : (instance) => instance.createdAtMs <= atMs;
  });
}

function describe(call: RpcCall, instance: InstanceRecord): JsonObject {
  const type = findInstanceType(instance.instanceType);
  const osName = `${instance.os.platform} ${instance.os.architecture}`;
  return {
    InstanceId: instance.instanceId,
    InstanceName: instance.name,
    HostName: instance.hostName,
    Description: instance.description,
    Status: instance.state,
    StoppedMode: instance.state === "Stopped" ? instance.stoppedMode : "Not-applicable",
    RegionId: instance.region,
    ZoneId: instance.zoneId,
    ImageId: instance.imageId,
    OSType: instance.os.osType,
    OSName: osName,
    OSNameEn: osName,
    InstanceType: instance.instanceType,
    InstanceTypeFamily: type?.family ?? "",
    Cpu: type?.cpus ?? 0,
    Memory: (type?.memoryGiB ?? 0) * 1024,
    GPUAmount: 0,
    GPUSpec: "",
    LocalStorageAmount: 0,
    LocalStorageCapacity: 0,
    CpuOptions: { CoreCount: Math.max(1, (type?.cpus ?? 2) / 2), ThreadsPerCore: 2, Numa: "" },
    SerialNumber: instance.interfaceId.slice(4),
    InstanceChargeType: instance.chargeType,
    InternetChargeType: instance.internetChargeType,
    InternetMaxBandwidthIn: instance.bandwidthInMbps,
    InternetMaxBandwidthOut: instance.bandwidthOutMbps,
    InstanceNetworkType: "vpc",
    CreationTime: isoMinutes(instance.createdAtMs),
    StartTime: instance.startedAtMs === null ? "" : isoMinutes(instance.startedAtMs),
    ExpiredTime: "2099-12-31T15:59Z",
    AutoReleaseTime: instance.autoReleaseAtMs === null ? "" : isoMinutes(instance.autoReleaseAtMs),
    SaleCycle: "",
    SpotStrategy: instance.spotStrategy,
    SpotPriceLimit: 0,
    SpotDuration: 0,
    CreditSpecification: "",
    DeletionProtection: instance.deletionProtection,
    DeviceAvailable: true,
    IoOptimized: true,
    Recyclable: false,
    ISP: "",
    VlanId: "",
    KeyPairName: instance.keyPairName,
    ResourceGroupId: instance.resourceGroupId,
    DeploymentSetId: "",
    HibernationOptions: { Configured: false },
    MetadataOptions: {
      HttpEndpoint: "enabled",
      HttpTokens: instance.os.imdsSupport === "v2" ? "required" : "optional",
    },
    DedicatedHostAttribute: { DedicatedHostId: "", DedicatedHostName: "" },
    DedicatedInstanceAttribute: { Affinity: "", Tenancy: "" },
    EcsCapacityReservationAttr: { CapacityReservationId: "", CapacityReservationPreference: "" },
    SecurityGroupIds: { SecurityGroupId: instance.securityGroupIds },
    OperationLocks: { LockReason: [] },
    PublicIpAddress: { IpAddress: instance.publicIp === null ? [] : [instance.publicIp] },
    InnerIpAddress: { IpAddress: [] },
    RdmaIpAddress: { IpAddress: [] },
    EipAddress: { AllocationId: "", IpAddress: "", InternetChargeType: "" },
    VpcAttributes: {
      VpcId: instance.vpcId,
      VSwitchId: instance.vSwitchId,
      NatIpAddress: "",
      PrivateIpAddress: { IpAddress: [instance.privateIp] },
    },
    NetworkInterfaces: {
      NetworkInterface: [
        {
          NetworkInterfaceId: instance.interfaceId,
          Type: "Primary",
          MacAddress: instance.macAddress,
          PrimaryIpAddress: instance.privateIp,
          PrivateIpSets: { PrivateIpSet: [{ PrivateIpAddress: instance.privateIp, Primary: true }] },
        },
      ],
    },
    Tags: { Tag: shownTags(call, instance).map(({ key, value }) => ({ TagKey: key, TagValue: value })) },
  };
}

/** The instance's tags, and those that say what it runs on. */
function shownTags(call: RpcCall, instance: InstanceRecord) {
  const ports = call.world.ecs.machines.machine(instance.instanceId)?.ports ?? new Map<number, number>();
  return [
    ...instance.tags,
    { key: "sampan:machine", value: instance.machine ?? "simulated" },
    ...[...ports].map(([guest, host]) => ({ key: `sampan:port:${guest}`, value: `127.0.0.1:${host}` })),
  ];
}
