import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { newRoleId } from "./ids.ts";
import type { RoleRecord } from "./records.ts";
import { isoSeconds, pageOf, readName, readText, requireRole, requireRoom } from "./shapes.ts";
import { problemOfTrust } from "./trust.ts";

const roleLimit = 1000;
const trustLimit = 2048;
const sessionSeconds = { min: 3600, max: 43_200 };

const getRole: RpcAction = {
  name: "GetRole",
  parameters: ["RoleName"],
  run: async (call) => ({ Role: describe(call, requireRole(call)) }),
};

const listRoles: RpcAction = {
  name: "ListRoles",
  parameters: ["Marker", "MaxItems"],
  run: async (call) => {
    const { items, answer } = pageOf(call, call.world.ram.roles(call.caller.accountId), 1000);
    return { ...answer, Roles: { Role: items.map((role) => describe(call, role)) } };
  },
};

const createRole: RpcAction = {
  name: "CreateRole",
  parameters: ["RoleName", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const trustPolicy = requireTrust(parameters.required("AssumeRolePolicyDocument"));
    const roleName = readName(parameters, "RoleName", "RoleName");
    const maxSessionSeconds = parameters.integer("MaxSessionDuration", sessionSeconds) ?? sessionSeconds.min;
    const description = readText(parameters, "Description", 1024) ?? "";
    if (world.ram.role(caller.accountId, roleName)) {
      throw new RpcError(409, "EntityAlreadyExists.Role", "The role already exists.");
    }
    requireRoom(world.ram.roles(caller.accountId).length, roleLimit, "LimitExceeded.Role");
    const nowMs = world.clock.now();
    const role: RoleRecord = {
      accountId: caller.accountId,
      roleName,
      roleId: newRoleId(),
      description,
      trustPolicy,
      createdAtMs: nowMs,
      trustChangedAtMs: nowMs,
      maxSessionSeconds,
      policies: [],
    };
    await world.ram.put(role);
    return { Role: describe(call, role) };
  },
};

const updateRole: RpcAction = {
  name: "UpdateRole",
  parameters: ["RoleName", "NewAssumeRolePolicyDocument", "NewDescription", "NewMaxSessionDuration"],
  run: async (call) => {
    const role = requireRole(call);
    const { parameters, world } = call;
    const trust = parameters.text("NewAssumeRolePolicyDocument");
    const seconds = parameters.integer("NewMaxSessionDuration", sessionSeconds);
    const changed: RoleRecord = {
      ...role,
      description: readText(parameters, "NewDescription", 1024) ?? role.description,
      ...(seconds === undefined ? {} : { maxSessionSeconds: seconds }),
      ...(trust === undefined
        ? {}
        : { trustPolicy: requireTrust(trust), trustChangedAtMs: world.clock.now() }),
    };
    await world.ram.put(changed);
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

/** Actions on roles. */
export const roleActions: readonly RpcAction[] = [getRole, listRoles, createRole, updateRole, deleteRole];

function requireTrust(text: string): string {
  const problem =
    text.length > trustLimit ? `It is longer than ${trustLimit} characters.` : problemOfTrust(text);
  if (problem === undefined) return text;
  throw new RpcError(400, "MalformedPolicyDocument", `The trust policy document is malformed. ${problem}`);
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
    MaxSessionDuration: role.maxSessionSeconds ?? sessionSeconds.min,
  };
}
