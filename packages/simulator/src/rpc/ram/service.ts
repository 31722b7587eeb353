import { randomInt } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall, RpcService } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RoleRecord } from "./store.ts";
import { isTrustDocument, systemPolicies } from "./trust.ts";

const roleLimit = 1000;
const policiesPerRoleLimit = 20;

const getRole: RpcAction = {
  name: "GetRole",
  parameters: ["RoleName"],
  run: async (call) => ({ Role: describe(call, requireRole(call)) }),
};

const listRoles: RpcAction = {
  name: "ListRoles",
  parameters: ["Marker", "MaxItems"],
  run: async (call) => {
    const limit = call.parameters.integer("MaxItems", { min: 1, max: 1000 }) ?? 100;
    const from = call.parameters.integer("Marker", { min: 0, max: roleLimit }) ?? 0;
    const all = call.world.ram.roles(call.caller.accountId);
    const page = all.slice(from, from + limit);
    const isTruncated = from + page.length < all.length;
    return {
      IsTruncated: isTruncated,
      ...(isTruncated ? { Marker: String(from + page.length) } : {}),
      Roles: { Role: page.map((role) => describe(call, role)) },
    };
  },
};

const createRole: RpcAction = {
  name: "CreateRole",
  parameters: ["RoleName", "AssumeRolePolicyDocument", "Description"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const roleName = parameters.required("RoleName");
    const trustPolicy = requireTrust(parameters.required("AssumeRolePolicyDocument"));
    if (!/^[A-Za-z0-9.@_-]{1,64}$/.test(roleName)) {
      throw new RpcError(400, "InvalidParameter.RoleName.InvalidChars", "The RoleName is malformed.");
    }
    if (world.ram.role(caller.accountId, roleName)) {
      throw new RpcError(409, "EntityAlreadyExists.Role", "The role already exists.");
    }
    if (world.ram.roles(caller.accountId).length >= roleLimit) {
      throw new RpcError(409, "LimitExceeded.Role", "The account has as many roles as it may.");
    }
    const nowMs = world.clock.now();
    const role: RoleRecord = {
      accountId: caller.accountId,
      roleName,
      roleId: `3${randomInt(10 ** 12)
        .toString()
        .padStart(12, "0")}00000`,
      description: parameters.text("Description") ?? "",
      trustPolicy,
      createdAtMs: nowMs,
      trustChangedAtMs: nowMs,
      policies: [],
    };
    await world.ram.put(role);
    return { Role: describe(call, role) };
  },
};

const updateRole: RpcAction = {
  name: "UpdateRole",
  parameters: ["RoleName", "NewAssumeRolePolicyDocument", "NewDescription"],
  run: async (call) => {
    const role = requireRole(call);
    const trust = call.parameters.text("NewAssumeRolePolicyDocument");
    const changed: RoleRecord = {
      ...role,
      description: call.parameters.text("NewDescription") ?? role.description,
      ...(trust === undefined
        ? {}
        : { trustPolicy: requireTrust(trust), trustChangedAtMs: call.world.clock.now() }),
    };
    await call.world.ram.put(changed);
    return { Role: describe(call, changed) };
  },
};

const deleteRole: RpcAction = {
  name: "DeleteRole",
  parameters: ["RoleName"],
  run: async (call) => {
    const role = requireRole(call);
    if (role.policies.length > 0) {
      throw new RpcError(409, "DeleteConflict.Role.Policy", "The role still has policies attached.");
    }
    await call.world.ram.remove(role);
    return {};
  },
};

const listPoliciesForRole: RpcAction = {
  name: "ListPoliciesForRole",
  parameters: ["RoleName"],
  run: async (call) => ({
    Policies: {
      Policy: requireRole(call).policies.map((policy) => ({
        PolicyName: policy.name,
        PolicyType: policy.type,
        Description: systemPolicies.get(policy.name)?.description ?? "",
        DefaultVersion: "v1",
        AttachDate: isoSeconds(policy.attachedAtMs),
      })),
    },
  }),
};

const attachPolicyToRole: RpcAction = {
  name: "AttachPolicyToRole",
  parameters: ["PolicyType", "PolicyName", "RoleName"],
  run: async (call) => {
    const name = requirePolicy(call);
    const role = requireRole(call);
    if (role.policies.some((policy) => policy.name === name)) {
      throw new RpcError(
        409,
        "EntityAlreadyExists.Role.Policy",
        "The policy is already attached to the role.",
      );
    }
    if (role.policies.length >= policiesPerRoleLimit) {
      throw new RpcError(409, "LimitExceeded.Role.Policy", "The role has as many policies as it may.");
    }
    const attached = { name, type: "System", attachedAtMs: call.world.clock.now() } as const;
    await call.world.ram.put({ ...role, policies: [...role.policies, attached] });
    return {};
  },
};

const detachPolicyFromRole: RpcAction = {
  name: "DetachPolicyFromRole",
  parameters: ["PolicyType", "PolicyName", "RoleName"],
  run: async (call) => {
    const name = requirePolicy(call);
    const role = requireRole(call);
    if (!role.policies.some((policy) => policy.name === name)) {
      throw new RpcError(404, "EntityNotExist.Role.Policy", "The policy is not attached to the role.");
    }
    await call.world.ram.put({ ...role, policies: role.policies.filter((policy) => policy.name !== name) });
    return {};
  },
};

/** Resource Access Management, 2015-05-01. */
export const ramService: RpcService = {
  service: "ram",
  version: "2015-05-01",
  actions: [
    getRole,
    listRoles,
    createRole,
    updateRole,
    deleteRole,
    listPoliciesForRole,
    attachPolicyToRole,
    detachPolicyFromRole,
  ],
};

function requireRole(call: RpcCall): RoleRecord {
  const role = call.world.ram.role(call.caller.accountId, call.parameters.required("RoleName"));
  if (!role) throw new RpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
  return role;
}

function requirePolicy(call: RpcCall): string {
  const type = call.parameters.required("PolicyType");
  const name = call.parameters.required("PolicyName");
  if (type !== "System" && type !== "Custom") {
    throw new RpcError(400, "InvalidParameter.PolicyType", "The PolicyType must be System or Custom.");
  }
  // Custom policies cannot be created here, so none exists.
  if (type === "Custom" || !systemPolicies.has(name)) {
    throw new RpcError(404, "EntityNotExist.Policy", `The simulator has no ${type} policy ${name}.`);
  }
  return name;
}

function requireTrust(text: string): string {
  if (!isTrustDocument(text)) {
    throw new RpcError(400, "MalformedPolicyDocument", "The trust policy document is malformed.");
  }
  return text;
}

function describe(call: RpcCall, role: RoleRecord): JsonObject {
  const arn = `acs:ram::${role.accountId}:role/${role.roleName.toLowerCase()}`;
  const asCreated = `acs:ram::${role.accountId}:role/${role.roleName}`;
  return {
    RoleId: role.roleId,
    RoleName: role.roleName,
    Arn: call.world.options.switches.roleArn === "lower-case" ? arn : asCreated,
    Description: role.description,
    AssumeRolePolicyDocument: role.trustPolicy,
    CreateDate: isoSeconds(role.createdAtMs),
    UpdateDate: isoSeconds(role.trustChangedAtMs),
    MaxSessionDuration: 3600,
  };
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
