import type { RpcAction } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { readDescription } from "../rules.ts";
import { freePublicAddress } from "./launch-place.ts";
import { readHostName, readName, readUserData, requirePassword } from "./launch-request.ts";
import { requireInstance } from "./rules.ts";

/** ModifyInstanceAttribute: names, user data, protection, security groups. A password is checked and forgotten. */
export const modifyInstanceAttribute: RpcAction = {
  name: "ModifyInstanceAttribute",
  parameters: (
    "RegionId InstanceId InstanceName HostName Description Password UserData DeletionProtection SecurityGroupIds.N " +
    "Recyclable CreditSpecification"
  ).split(" "),
  run: async (call) => {
    const { parameters, world } = call;
    const instance = requireInstance(call, parameters.required("InstanceId"));
    const { ecs } = world;
    requirePassword(parameters.text("Password"));
    const groups = parameters.list("SecurityGroupIds");
    const network = ecs.network.of(instance.ownerId, instance.region);
    for (const id of groups) {
      const group = network.securityGroups.find((candidate) => candidate.securityGroupId === id);
      if (!group) {
        throw new RpcError(404, "InvalidSecurityGroupId.NotFound", `There is no security group ${id}.`);
      }
      if (group.vpcId !== instance.vpcId) {
        throw new RpcError(
          403,
          "InvalidOperation.NetworkMismatch",
          `The security group ${id} is in another VPC.`,
        );
      }
    }
    if (parameters.text("UserData") !== undefined && instance.state !== "Stopped") {
      throw new RpcError(
        403,
        "IncorrectInstanceStatus",
        "The user data of a running instance cannot be changed.",
      );
    }
    const hasDescription = parameters.text("Description") !== undefined;
    await ecs.instances.put({
      ...instance,
      name: readName(parameters.text("InstanceName")) ?? instance.name,
      hostName: readHostName(parameters.text("HostName")) ?? instance.hostName,
      description: hasDescription ? readDescription(parameters, "Description") : instance.description,
      userData: readUserData(parameters.text("UserData")) || instance.userData,
      deletionProtection: parameters.boolean("DeletionProtection") ?? instance.deletionProtection,
      securityGroupIds: groups.length > 0 ? groups : instance.securityGroupIds,
    });
    return {};
  },
};

/** AllocatePublicIpAddress: an address for an instance that has none. */
export const allocatePublicIpAddress: RpcAction = {
  name: "AllocatePublicIpAddress",
  parameters: ["RegionId", "InstanceId", "IpAddress", "VlanId"],
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const instance = requireInstance(call, call.parameters.required("InstanceId"));
      if (instance.state !== "Running" && instance.state !== "Stopped") {
        throw new RpcError(403, "IncorrectInstanceStatus", `The instance is ${instance.state}.`);
      }
      if (instance.publicIp !== null) {
        throw new RpcError(403, "AllocatedAlready", "The instance has a public address already.");
      }
      const publicIp = freePublicAddress(call);
      await call.world.ecs.instances.put({ ...instance, publicIp });
      return { IpAddress: publicIp };
    }),
};
