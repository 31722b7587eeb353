import type { JsonObject } from "@sampan/core";
import { systemPolicies } from "../../access/system-policies.ts";
import type { World } from "../../world.ts";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { entitiesOf, isSame, type PolicyReference, without } from "./entities.ts";
import { requirePolicy } from "./named-policy.ts";
import type { AttachedPolicy } from "./records.ts";
import { isoSeconds, requireGroup, requireRole, requireRoom, requireUser } from "./shapes.ts";

const policiesPerEntityLimit = 20;

/** Whoever policies can be attached to, and how its list is changed. */
interface Holder {
  readonly policies: readonly AttachedPolicy[];
  readonly save: (policies: readonly AttachedPolicy[]) => Promise<void>;
}

type Kind = "User" | "Group" | "Role";

const holders: Readonly<Record<Kind, (call: RpcCall) => Holder>> = {
  User: (call) => {
    const user = requireUser(call);
    return { policies: user.policies, save: (policies) => call.world.ram.putUser({ ...user, policies }) };
  },
  Group: (call) => {
    const group = requireGroup(call);
    return {
      policies: group.policies,
      save: (policies) => call.world.ram.groups.put({ ...group, policies }),
    };
  },
  Role: (call) => {
    const role = requireRole(call);
    return { policies: role.policies, save: (policies) => call.world.ram.put({ ...role, policies }) };
  },
};

const listEntitiesForPolicy: RpcAction = {
  name: "ListEntitiesForPolicy",
  parameters: ["PolicyType", "PolicyName"],
  run: async (call) => {
    const entities = entitiesOf(call.world, call.caller.accountId, readReference(call));
    const of = (kind: Kind) =>
      entities.filter((entity) => entity.kind === kind).map((entity) => entity.shown);
    return { Users: { User: of("User") }, Groups: { Group: of("Group") }, Roles: { Role: of("Role") } };
  },
};

/** AttachPolicyTo…, DetachPolicyFrom… and ListPoliciesFor… users, groups and roles, and ListEntitiesForPolicy. */
export const attachmentActions: readonly RpcAction[] = [
  ...(["User", "Group", "Role"] as const).flatMap((kind) => [
    attachTo(kind),
    detachFrom(kind),
    listFor(kind),
  ]),
  listEntitiesForPolicy,
];

function attachTo(kind: Kind): RpcAction {
  return {
    name: `AttachPolicyTo${kind}`,
    parameters: ["PolicyType", "PolicyName", `${kind}Name`],
    run: async (call) => {
      const policy = readReference(call);
      const { policies, save } = holders[kind](call);
      if (policies.some((attached) => isSame(attached, policy))) {
        const message = `The policy is already attached to the ${kind.toLowerCase()}.`;
        throw new RpcError(409, `EntityAlreadyExists.${kind}.Policy`, message);
      }
      requireRoom(policies.length, policiesPerEntityLimit, `LimitExceeded.${kind}.Policy`);
      await save([...policies, { ...policy, attachedAtMs: call.world.clock.now() }]);
      return {};
    },
  };
}

function detachFrom(kind: Kind): RpcAction {
  return {
    name: `DetachPolicyFrom${kind}`,
    parameters: ["PolicyType", "PolicyName", `${kind}Name`],
    run: async (call) => {
      const policy = readReference(call);
      const { policies, save } = holders[kind](call);
      if (!policies.some((attached) => isSame(attached, policy))) {
        const message = `The policy is not attached to the ${kind.toLowerCase()}.`;
        throw new RpcError(404, `EntityNotExist.${kind}.Policy`, message);
      }
      await save(without(policies, policy));
      return {};
    },
  };
}

function listFor(kind: Kind): RpcAction {
  return {
    name: `ListPoliciesFor${kind}`,
    parameters: [`${kind}Name`],
    run: async (call) => {
      const { policies } = holders[kind](call);
      const { accountId } = call.caller;
      return { Policies: { Policy: policies.map((policy) => describe(call.world, accountId, policy)) } };
    },
  };
}

function readReference(call: RpcCall): PolicyReference {
  const policy = requirePolicy(call);
  if (typeof policy === "string") return { name: policy, type: "System" };
  return { name: policy.policyName, type: "Custom" };
}

function describe(world: World, accountId: string, { name, type, attachedAtMs }: AttachedPolicy): JsonObject {
  const custom = type === "Custom" ? world.ram.policies.get(accountId, name) : undefined;
  return {
    PolicyName: name,
    PolicyType: type,
    Description: custom?.description ?? systemPolicies.get(name)?.description ?? "",
    DefaultVersion: custom?.defaultVersion ?? "v1",
    AttachDate: isoSeconds(attachedAtMs),
  };
}
