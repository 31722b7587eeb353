import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { missingParameter, RpcError } from "../../errors.ts";
import type { RpcParameters } from "../../parameters.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { readPage } from "../paging.ts";
import {
  isoSeconds,
  newId,
  readDescription,
  readIdArray,
  readTags,
  requireOneOf,
  requireRegion,
} from "../rules.ts";
import type { NetworkRecord, SecurityGroupRecord, SecurityRule } from "./records.ts";
import { networkWith } from "./vpcs.ts";

/** DescribeSecurityGroups: the caller's groups of a region. */
export const describeSecurityGroups: RpcAction = {
  name: "DescribeSecurityGroups",
  parameters: (
    "RegionId VpcId SecurityGroupId SecurityGroupIds SecurityGroupName SecurityGroupType NetworkType ResourceGroupId " +
    "Tag.N.Key Tag.N.Value FuzzyQuery IsQueryEcsCount PageNumber PageSize MaxResults NextToken DryRun"
  ).split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const page = readPage(parameters);
    const ids = readIdArray(parameters, "SecurityGroupIds");
    const tags = readTags(parameters);
    const exact: readonly (readonly [string, (group: SecurityGroupRecord) => string])[] = [
      ["VpcId", (group) => group.vpcId],
      ["SecurityGroupId", (group) => group.securityGroupId],
      ["SecurityGroupName", (group) => group.name],
      ["SecurityGroupType", (group) => group.type],
      ["ResourceGroupId", (group) => group.resourceGroupId],
    ];
    const found = world.ecs.network
      .of(caller.accountId, region)
      .securityGroups.filter(
        (group) =>
          (ids === undefined || ids.includes(group.securityGroupId)) &&
          exact.every(([name, of]) => [undefined, of(group)].includes(parameters.text(name))) &&
          tags.every(({ key, value }) =>
            group.tags.some((own) => own.key === key && (value === "" || own.value === value)),
          ),
      );
    return {
      RegionId: region,
      ...page.totals(found.length),
      NextToken: "",
      SecurityGroups: { SecurityGroup: page.cut(found).map((group) => describe(call, group)) },
    };
  },
};

/** CreateSecurityGroup: in a VPC, without rules. */
export const createSecurityGroup: RpcAction = {
  name: "CreateSecurityGroup",
  parameters: (
    "RegionId VpcId SecurityGroupName SecurityGroupType Description ResourceGroupId ServiceManaged ClientToken " +
    "Tag.N.Key Tag.N.Value"
  ).split(" "),
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateSecurityGroup");
      if (given) return given;
      const region = requireRegion(call);
      const network = world.ecs.network.of(caller.accountId, region);
      const vpcId = parameters.text("VpcId") ?? network.vpcs.find((vpc) => vpc.isDefault)?.vpcId;
      if (vpcId === undefined) throw missingParameter("VpcId");
      if (!network.vpcs.some((vpc) => vpc.vpcId === vpcId)) {
        throw new RpcError(404, "InvalidVpcId.NotFound", `There is no VPC ${vpcId} in ${region}.`);
      }
      const group: SecurityGroupRecord = {
        securityGroupId: newId("sg"),
        vpcId,
        name: parameters.text("SecurityGroupName") ?? "",
        description: readDescription(parameters, "Description"),
        type:
          requireOneOf(
            parameters.text("SecurityGroupType"),
            ["normal", "enterprise"],
            "InvalidSecurityGroupType.ValueNotSupported",
          ) ?? "normal",
        resourceGroupId: parameters.text("ResourceGroupId") ?? "",
        tags: readTags(parameters),
        rules: [],
        createdAtMs: world.clock.now(),
      };
      const answer = { SecurityGroupId: group.securityGroupId };
      await keepToken(call, "CreateSecurityGroup", answer, group.securityGroupId);
      await world.ecs.network.put({ ...network, securityGroups: [...network.securityGroups, group] });
      return answer;
    });
  },
};

const ruleFields = (
  "Description DestCidrIp IpProtocol NicType Policy PortRange Priority SourceCidrIp SourceGroupId SourcePortRange " +
  "SourceGroupOwnerId SourceGroupOwnerAccount"
).split(" ");

/** AuthorizeSecurityGroup: adds ingress rules. A rule that is there already is left as it is. */
export const authorizeSecurityGroup: RpcAction = {
  name: "AuthorizeSecurityGroup",
  parameters: [
    "RegionId",
    "SecurityGroupId",
    "ClientToken",
    ...ruleFields,
    ...ruleFields.map((field) => `Permissions.N.${field}`),
  ],
  run: (call) => {
    const { parameters, world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const { network, group } = requireGroup(call);
      const listed = parameters.structures("Permissions");
      const wanted = listed.length > 0 ? listed.map(({ fields }) => fields) : [parameters];
      const rules = [...group.rules];
      for (const fields of wanted) {
        const rule = readRule(fields, world.clock.now());
        if (!rules.some((known) => isSameRule(known, rule))) rules.push(rule);
      }
      if (rules.length > 200) {
        throw new RpcError(403, "AuthorizationLimitExceed", "A security group has 200 rules at most.");
      }
      const securityGroups = network.securityGroups.map((other) =>
        other.securityGroupId === group.securityGroupId ? { ...group, rules } : other,
      );
      await world.ecs.network.put({ ...network, securityGroups });
      return {};
    });
  },
};

/** DescribeSecurityGroupAttribute: a group with its rules. */
export const describeSecurityGroupAttribute: RpcAction = {
  name: "DescribeSecurityGroupAttribute",
  parameters: "RegionId SecurityGroupId Direction NicType Attribute MaxResults NextToken".split(" "),
  run: async (call) => {
    const { network, group } = requireGroup(call);
    const direction = call.parameters.text("Direction") ?? "all";
    requireOneOf(direction, ["all", "ingress", "egress"], "InvalidDirection.ValueNotSupported");
    return {
      RegionId: network.region,
      SecurityGroupId: group.securityGroupId,
      SecurityGroupName: group.name,
      Description: group.description,
      VpcId: group.vpcId,
      InnerAccessPolicy: "Accept",
      NextToken: "",
      Permissions: {
        Permission: group.rules
          .filter((rule) => direction === "all" || rule.direction === direction)
          .map(describeRule),
      },
    };
  },
};

/** DeleteSecurityGroup: refused while an instance is in it. */
export const deleteSecurityGroup: RpcAction = {
  name: "DeleteSecurityGroup",
  parameters: ["RegionId", "SecurityGroupId"],
  run: (call) => {
    const { world, caller } = call;
    return world.ecs.exclusively(caller.accountId, async () => {
      const { network, group } = requireGroup(call);
      const id = group.securityGroupId;
      if (world.ecs.instances.all().some((instance) => instance.securityGroupIds.includes(id))) {
        throw new RpcError(403, "DependencyViolation", "There are instances in the security group.");
      }
      const securityGroups = network.securityGroups.filter((other) => other.securityGroupId !== id);
      await world.ecs.network.put({ ...network, securityGroups });
      return {};
    });
  },
};

function requireGroup(call: RpcCall): {
  readonly network: NetworkRecord;
  readonly group: SecurityGroupRecord;
} {
  const id = call.parameters.required("SecurityGroupId");
  const isWanted = (group: SecurityGroupRecord) => group.securityGroupId === id;
  const network = networkWith(call, (candidate) => candidate.securityGroups.some(isWanted));
  const group = network?.securityGroups.find(isWanted);
  if (!network || !group) {
    throw new RpcError(404, "InvalidSecurityGroupId.NotFound", `There is no security group ${id}.`);
  }
  return { network, group };
}

function readRule(fields: RpcParameters, createdAtMs: number): SecurityRule {
  const protocol = fields.required("IpProtocol").toUpperCase();
  requireOneOf(
    protocol,
    ["TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL"],
    "InvalidIpProtocol.ValueNotSupported",
  );
  const portRange = fields.required("PortRange");
  if (!/^(-1|\d{1,5})\/(-1|\d{1,5})$/.test(portRange)) {
    throw new RpcError(400, "InvalidPortRange.Malformed", `The range of ports ${portRange} is malformed.`);
  }
  const sourceCidr = fields.text("SourceCidrIp") ?? "";
  const sourceGroupId = fields.text("SourceGroupId") ?? "";
  if (sourceCidr === "" && sourceGroupId === "") throw missingParameter("SourceCidrIp");
  return {
    ruleId: newId("sgr"),
    direction: "ingress",
    protocol,
    portRange,
    sourceCidr,
    destinationCidr: fields.text("DestCidrIp") ?? "",
    sourceGroupId,
    policy: (fields.text("Policy") ?? "accept").toLowerCase() === "drop" ? "Drop" : "Accept",
    priority: fields.integer("Priority", { min: 1, max: 100 }) ?? 1,
    description: readDescription(fields, "Description"),
    createdAtMs,
  };
}

function isSameRule(a: SecurityRule, b: SecurityRule): boolean {
  const same = [
    "direction",
    "protocol",
    "portRange",
    "sourceCidr",
    "sourceGroupId",
    "policy",
    "priority",
  ] as const;
  return same.every((field) => a[field] === b[field]);
}

function describe(call: RpcCall, group: SecurityGroupRecord): JsonObject {
  const id = group.securityGroupId;
  return {
    SecurityGroupId: id,
    SecurityGroupName: group.name,
    SecurityGroupType: group.type,
    Description: group.description,
    VpcId: group.vpcId,
    ResourceGroupId: group.resourceGroupId,
    CreationTime: isoSeconds(group.createdAtMs),
    EcsCount: call.world.ecs.instances.all().filter((one) => one.securityGroupIds.includes(id)).length,
    RuleCount: group.rules.length,
    ServiceManaged: false,
    Tags: { Tag: group.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) },
  };
}

function describeRule(rule: SecurityRule): JsonObject {
  return {
    SecurityGroupRuleId: rule.ruleId,
    Direction: rule.direction,
    IpProtocol: rule.protocol,
    PortRange: rule.portRange,
    SourceCidrIp: rule.sourceCidr,
    DestCidrIp: rule.destinationCidr,
    SourceGroupId: rule.sourceGroupId,
    NicType: "intranet",
    Policy: rule.policy,
    Priority: String(rule.priority),
    Description: rule.description,
    CreateTime: isoSeconds(rule.createdAtMs),
  };
}
