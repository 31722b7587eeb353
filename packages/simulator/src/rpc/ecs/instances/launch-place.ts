import type { RpcCall } from "../../call.ts";
import { missingParameter, RpcError } from "../../errors.ts";
import { findInstanceType, type InstanceType } from "../catalogue/instance-types.ts";
import { zonesOf } from "../catalogue/zones.ts";
import { formatIpv4, parseCidr, parseIpv4, usableRange } from "../network/cidr.ts";
import type { VSwitchRecord } from "../network/records.ts";
import { requireOneOf } from "../rules.ts";

/** Where instances are to be launched. */
export interface LaunchPlace {
  readonly vSwitch: VSwitchRecord;
  readonly securityGroupIds: readonly string[];
  /** The address asked for; `null` for the next that is free. */
  readonly privateIp: string | null;
}

/** Checks that vSwitch, zone and security groups exist and belong together. */
export function requirePlace(call: RpcCall, region: string): LaunchPlace {
  const { parameters, world, caller } = call;
  const network = world.ecs.network.of(caller.accountId, region);
  const [primary] = parameters
    .structures("NetworkInterface")
    .filter(({ fields }) => fields.text("InstanceType") !== "Secondary");
  const zoneId = parameters.text("ZoneId");
  if (zoneId !== undefined && !zonesOf(region).includes(zoneId)) {
    throw new RpcError(404, "InvalidZoneId.NotFound", `There is no zone ${zoneId} in ${region}.`);
  }
  const vSwitchId = parameters.text("VSwitchId") ?? primary?.fields.text("VSwitchId");
  if (vSwitchId === undefined) throw missingParameter("VSwitchId");
  const vSwitch = network.vSwitches.find((candidate) => candidate.vSwitchId === vSwitchId);
  if (!vSwitch) {
    throw new RpcError(404, "InvalidVSwitchId.NotFound", `There is no vSwitch ${vSwitchId} in ${region}.`);
  }
  if (zoneId !== undefined && zoneId !== vSwitch.zoneId) {
    throw mismatch(`the vSwitch ${vSwitchId} is in the zone ${vSwitch.zoneId}, not in ${zoneId}`);
  }
  const securityGroupIds = readGroups(call);
  for (const id of securityGroupIds) {
    const group = network.securityGroups.find((candidate) => candidate.securityGroupId === id);
    if (!group) {
      throw new RpcError(
        404,
        "InvalidSecurityGroupId.NotFound",
        `There is no security group ${id} in ${region}.`,
      );
    }
    if (group.vpcId !== vSwitch.vpcId) {
      throw mismatch(`the security group ${id} and the vSwitch ${vSwitchId} are not in one VPC`);
    }
  }
  const privateIp = parameters.text("PrivateIpAddress") ?? primary?.fields.text("PrimaryIpAddress") ?? null;
  if (privateIp !== null) requireFreeAddress(call, vSwitch, privateIp);
  return { vSwitch, securityGroupIds, privateIp };
}

/** The instance type a call names, offered in the zone. */
export function requireInstanceType(call: RpcCall): InstanceType {
  const id = call.parameters.required("InstanceType");
  const type = findInstanceType(id);
  if (!type) {
    throw new RpcError(400, "InvalidInstanceType.ValueNotSupported", `There is no instance type ${id}.`);
  }
  requireOneOf(
    call.parameters.text("IoOptimized"),
    ["optimized", "none"],
    "InvalidIoOptimized.ValueNotSupported",
  );
  return type;
}

/** `OperationDenied.NoStock` when a type is sold out in a zone. */
export function requireStock(call: RpcCall, zoneId: string, type: InstanceType): void {
  if (call.world.ecs.settings.isInStock(zoneId, type.id)) return;
  throw new RpcError(403, "OperationDenied.NoStock", `${type.id} is sold out in the zone ${zoneId}.`);
}

/** How many instances of a type the vCPU quota leaves room for: `QuotaExceed.ElasticQuota` when fewer than `least`. */
export function requireVcpuQuota(
  call: RpcCall,
  region: string,
  type: InstanceType,
  most: number,
  least: number,
) {
  const { ecs } = call.world;
  const used = ecs.instances
    .all()
    .filter((instance) => instance.ownerId === call.caller.accountId && instance.region === region)
    .reduce((sum, instance) => sum + (findInstanceType(instance.instanceType)?.cpus ?? 0), 0);
  const room = Math.max(0, Math.floor((ecs.settings.quotas.vcpus - used) / type.cpus));
  if (room < least) {
    throw new RpcError(403, "QuotaExceed.ElasticQuota", `The vCPU quota of ${region} is used up.`);
  }
  return Math.min(room, most);
}

/** Addresses for new instances in a vSwitch: the lowest that are free. */
export function freeAddresses(call: RpcCall, vSwitch: VSwitchRecord, count: number): readonly string[] {
  const cidr = parseCidr(vSwitch.cidr);
  const taken = addressesIn(call, vSwitch);
  const found: string[] = [];
  if (cidr) {
    const { first, last } = usableRange(cidr);
    for (let address = first; address <= last && found.length < count; address++) {
      const text = formatIpv4(address);
      if (!taken.has(text)) found.push(text);
    }
  }
  if (found.length < count) {
    throw new RpcError(403, "InvalidVSwitchId.IpNotEnough", "The vSwitch has not enough free addresses.");
  }
  return found;
}

/** A public address no instance has, of the range reserved for benchmarks: it leads nowhere. */
export function freePublicAddress(call: RpcCall): string {
  const taken = new Set(call.world.ecs.instances.all().map((instance) => instance.publicIp));
  let address = parseIpv4("198.18.0.1") ?? 0;
  while (taken.has(formatIpv4(address))) address++;
  return formatIpv4(address);
}

function readGroups(call: RpcCall): readonly string[] {
  const { parameters } = call;
  const one = parameters.text("SecurityGroupId");
  const many = parameters.list("SecurityGroupIds");
  const [primary] = parameters.structures("NetworkInterface").map(({ fields }) => fields);
  const ofInterface = [primary?.text("SecurityGroupId"), ...(primary?.list("SecurityGroupIds") ?? [])];
  const ids = one === undefined ? many : [one];
  const wanted = ids.length > 0 ? ids : ofInterface.filter((id): id is string => id !== undefined);
  if (wanted.length === 0) throw missingParameter("SecurityGroupId");
  return [...new Set(wanted)];
}

function requireFreeAddress(call: RpcCall, vSwitch: VSwitchRecord, text: string): void {
  const address = parseIpv4(text);
  const cidr = parseCidr(vSwitch.cidr);
  const range = cidr && usableRange(cidr);
  if (address === undefined || !range || address < range.first || address > range.last) {
    throw new RpcError(400, "InvalidPrivateIpAddress.Malformed", `${text} is no address of ${vSwitch.cidr}.`);
  }
  if (addressesIn(call, vSwitch).has(text)) {
    throw new RpcError(403, "InvalidPrivateIpAddress.Duplicated", `${text} is in use already.`);
  }
  if ((call.parameters.integer("Amount", { min: 1, max: 100 }) ?? 1) > 1) {
    throw new RpcError(400, "InvalidParameter.Conflict", "An address can be given to one instance only.");
  }
}

function addressesIn(call: RpcCall, vSwitch: VSwitchRecord): ReadonlySet<string> {
  const inside = call.world.ecs.instances.all().filter((one) => one.vSwitchId === vSwitch.vSwitchId);
  return new Set(inside.map((instance) => instance.privateIp));
}

function mismatch(what: string): RpcError {
  return new RpcError(400, "InvalidParameter.Mismatch", `The parameters do not match: ${what}.`);
}
