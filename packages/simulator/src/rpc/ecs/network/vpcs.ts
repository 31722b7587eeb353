import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { readPage } from "../paging.ts";
import { isoSeconds, newId, readDescription, requireRegion } from "../rules.ts";
import { parseCidr } from "./cidr.ts";
import type { NetworkRecord, VpcRecord } from "./records.ts";

/** DescribeVpcs: the caller's VPCs of a region. */
export const describeVpcs: RpcAction = {
  name: "DescribeVpcs",
  parameters: "RegionId VpcId VpcName IsDefault PageNumber PageSize ResourceGroupId DryRun".split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const page = readPage(parameters, 50);
    const ids = parameters.commaList("VpcId");
    const name = parameters.text("VpcName");
    const isDefault = parameters.boolean("IsDefault");
    const network = world.ecs.network.of(caller.accountId, region);
    const found = network.vpcs.filter(
      (vpc) =>
        (ids === undefined || ids.includes(vpc.vpcId)) &&
        (name === undefined || vpc.name === name) &&
        (isDefault === undefined || vpc.isDefault === isDefault),
    );
    return {
      ...page.totals(found.length),
      Vpcs: { Vpc: page.cut(found).map((vpc) => describe(network, vpc)) },
    };
  },
};

/** CreateVpc: ready at once. */
export const createVpc: RpcAction = {
  name: "CreateVpc",
  parameters: "RegionId CidrBlock VpcName Description ClientToken UserCidr ResourceGroupId DryRun".split(" "),
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateVpc");
      if (given) return given;
      const region = requireRegion(call);
      const cidr = parameters.text("CidrBlock") ?? "172.16.0.0/12";
      const range = parseCidr(cidr);
      if (!range || range.bits < 8 || range.bits > 28) {
        throw new RpcError(400, "InvalidCidrBlock.Malformed", `The network ${cidr} cannot be one of a VPC.`);
      }
      const vpc: VpcRecord = {
        vpcId: newId("vpc"),
        name: parameters.text("VpcName") ?? "",
        description: readDescription(parameters, "Description"),
        cidr,
        isDefault: false,
        createdAtMs: world.clock.now(),
      };
      const network = world.ecs.network.of(caller.accountId, region);
      const answer = {
        VpcId: vpc.vpcId,
        VRouterId: routerOf(vpc),
        RouteTableId: vpc.vpcId.replace("vpc-", "vtb-"),
      };
      await keepToken(call, "CreateVpc", answer, vpc.vpcId);
      await world.ecs.network.put({ ...network, vpcs: [...network.vpcs, vpc] });
      return answer;
    });
  },
};

/** DeleteVpc: refused while something is in it. */
export const deleteVpc: RpcAction = {
  name: "DeleteVpc",
  parameters: ["RegionId", "VpcId", "ForceDelete", "DryRun"],
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const vpcId = parameters.required("VpcId");
      const network = networkWith(call, (candidate) => candidate.vpcs.some((vpc) => vpc.vpcId === vpcId));
      if (!network) throw new RpcError(404, "InvalidVpcId.NotFound", `There is no VPC ${vpcId}.`);
      if (network.vSwitches.some((vSwitch) => vSwitch.vpcId === vpcId)) {
        throw new RpcError(400, "DependencyViolation.VSwitch", "There are vSwitches in the VPC.");
      }
      if (network.securityGroups.some((group) => group.vpcId === vpcId)) {
        throw new RpcError(400, "DependencyViolation.SecurityGroup", "There are security groups in the VPC.");
      }
      await world.ecs.network.put({ ...network, vpcs: network.vpcs.filter((vpc) => vpc.vpcId !== vpcId) });
      return {};
    });
  },
};

/** The caller's networks that hold something; those of `RegionId` only when the call names a region. */
export function networkWith(
  call: RpcCall,
  holds: (network: NetworkRecord) => boolean,
): NetworkRecord | undefined {
  const { parameters, world, caller } = call;
  const regions =
    parameters.text("RegionId") === undefined ? [...world.options.regionIds] : [requireRegion(call)];
  return regions.map((region) => world.ecs.network.of(caller.accountId, region)).find(holds);
}

function describe(network: NetworkRecord, vpc: VpcRecord) {
  return {
    VpcId: vpc.vpcId,
    VpcName: vpc.name,
    Description: vpc.description,
    RegionId: network.region,
    Status: "Available",
    CidrBlock: vpc.cidr,
    IsDefault: vpc.isDefault,
    VRouterId: routerOf(vpc),
    CreationTime: isoSeconds(vpc.createdAtMs),
    UserCidrs: { UserCidr: [] },
    VSwitchIds: {
      VSwitchId: network.vSwitches
        .filter((vSwitch) => vSwitch.vpcId === vpc.vpcId)
        .map((vSwitch) => vSwitch.vSwitchId),
    },
  };
}

function routerOf(vpc: VpcRecord): string {
  return vpc.vpcId.replace("vpc-", "vrt-");
}
