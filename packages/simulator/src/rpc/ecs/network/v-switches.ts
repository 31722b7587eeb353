import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { zonesOf } from "../catalogue/zones.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { readPage } from "../paging.ts";
import { isoSeconds, newId, readDescription, requireRegion } from "../rules.ts";
import { parseCidr, usableRange } from "./cidr.ts";
import type { VSwitchRecord } from "./records.ts";
import { networkWith } from "./vpcs.ts";

/** DescribeVSwitches: the caller's vSwitches of a region, with the addresses that are left. */
export const describeVSwitches: RpcAction = {
  name: "DescribeVSwitches",
  parameters:
    "RegionId VpcId VSwitchId VSwitchName ZoneId IsDefault PageNumber PageSize ResourceGroupId DryRun".split(
      " ",
    ),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const page = readPage(parameters, 50);
    const ids = parameters.commaList("VSwitchId");
    const isDefault = parameters.boolean("IsDefault");
    const exact: readonly (readonly [string, (vSwitch: VSwitchRecord) => string])[] = [
      ["VpcId", (vSwitch) => vSwitch.vpcId],
      ["ZoneId", (vSwitch) => vSwitch.zoneId],
      ["VSwitchName", (vSwitch) => vSwitch.name],
    ];
    const found = world.ecs.network
      .of(caller.accountId, region)
      .vSwitches.filter(
        (vSwitch) =>
          (ids === undefined || ids.includes(vSwitch.vSwitchId)) &&
          (isDefault === undefined || vSwitch.isDefault === isDefault) &&
          exact.every(([name, of]) => [undefined, of(vSwitch)].includes(parameters.text(name))),
      );
    return {
      ...page.totals(found.length),
      VSwitches: { VSwitch: page.cut(found).map((vSwitch) => describe(call, vSwitch)) },
    };
  },
};

/** CreateVSwitch: inside the network of its VPC, beside the others. */
export const createVSwitch: RpcAction = {
  name: "CreateVSwitch",
  parameters: "RegionId ZoneId CidrBlock VpcId VSwitchName Description ClientToken".split(" "),
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateVSwitch");
      if (given) return given;
      const vpcId = parameters.required("VpcId");
      const zoneId = parameters.required("ZoneId");
      const cidr = parameters.required("CidrBlock");
      const network = networkWith(call, (candidate) => candidate.vpcs.some((vpc) => vpc.vpcId === vpcId));
      const vpc = network?.vpcs.find((candidate) => candidate.vpcId === vpcId);
      if (!network || !vpc) throw new RpcError(404, "InvalidVpcId.NotFound", `There is no VPC ${vpcId}.`);
      if (!zonesOf(network.region).includes(zoneId)) {
        throw new RpcError(404, "InvalidZoneId.NotFound", `There is no zone ${zoneId} in ${network.region}.`);
      }
      const range = parseCidr(cidr);
      const whole = parseCidr(vpc.cidr);
      const isInside = range && whole && range.first >= whole.first && range.last <= whole.last;
      if (!range || range.bits < 16 || range.bits > 29 || !isInside) {
        throw new RpcError(400, "InvalidCidrBlock.Malformed", `${cidr} is no network inside ${vpc.cidr}.`);
      }
      const overlaps = network.vSwitches.some((other) => {
        const taken = other.vpcId === vpcId ? parseCidr(other.cidr) : undefined;
        return taken !== undefined && taken.first <= range.last && range.first <= taken.last;
      });
      if (overlaps)
        throw new RpcError(400, "InvalidCidrBlock.Overlapped", `${cidr} overlaps another vSwitch.`);
      const vSwitch: VSwitchRecord = {
        vSwitchId: newId("vsw"),
        vpcId,
        zoneId,
        name: parameters.text("VSwitchName") ?? "",
        description: readDescription(parameters, "Description"),
        cidr,
        isDefault: false,
        createdAtMs: world.clock.now(),
      };
      const answer = { VSwitchId: vSwitch.vSwitchId };
      await keepToken(call, "CreateVSwitch", answer, vSwitch.vSwitchId);
      await world.ecs.network.put({ ...network, vSwitches: [...network.vSwitches, vSwitch] });
      return answer;
    });
  },
};

/** DeleteVSwitch: refused while an instance is in it. */
export const deleteVSwitch: RpcAction = {
  name: "DeleteVSwitch",
  parameters: ["RegionId", "VSwitchId", "DryRun"],
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const id = parameters.required("VSwitchId");
      const network = networkWith(call, (candidate) =>
        candidate.vSwitches.some((vSwitch) => vSwitch.vSwitchId === id),
      );
      if (!network) throw new RpcError(404, "InvalidVSwitchId.NotFound", `There is no vSwitch ${id}.`);
      if (world.ecs.instances.all().some((instance) => instance.vSwitchId === id)) {
        throw new RpcError(400, "DependencyViolation", "There are instances in the vSwitch.");
      }
      const vSwitches = network.vSwitches.filter((vSwitch) => vSwitch.vSwitchId !== id);
      await world.ecs.network.put({ ...network, vSwitches });
      return {};
    });
  },
};

function describe(call: RpcCall, vSwitch: VSwitchRecord) {
  const cidr = parseCidr(vSwitch.cidr);
  const { first, last } = cidr ? usableRange(cidr) : { first: 1, last: 0 };
  const taken = call.world.ecs.instances.all().filter((one) => one.vSwitchId === vSwitch.vSwitchId).length;
  return {
    VSwitchId: vSwitch.vSwitchId,
    VSwitchName: vSwitch.name,
    Description: vSwitch.description,
    VpcId: vSwitch.vpcId,
    ZoneId: vSwitch.zoneId,
    CidrBlock: vSwitch.cidr,
    Status: "Available",
    IsDefault: vSwitch.isDefault,
    AvailableIpAddressCount: last - first + 1 - taken,
    CreationTime: isoSeconds(vSwitch.createdAtMs),
    ResourceGroupId: "",
  };
}
