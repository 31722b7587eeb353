import type { RpcAction, RpcService } from "../call.ts";
import { RpcError } from "../errors.ts";

/** Who the caller is. */
const getCallerIdentity: RpcAction = {
  name: "GetCallerIdentity",
  parameters: [],
  run: async ({ caller }) => ({
    AccountId: caller.accountId,
    UserId: caller.accountId,
    PrincipalId: caller.accountId,
    IdentityType: caller.kind,
    Arn: caller.arn,
  }),
};

/** Temporary credentials of a role of the caller's account. `Policy` narrows nothing: it is checked to be JSON. */
const assumeRole: RpcAction = {
  name: "AssumeRole",
  parameters: ["RoleArn", "RoleSessionName", "DurationSeconds", "Policy"],
  run: async ({ world, caller, parameters }) => {
    const roleArn = parameters.required("RoleArn");
    const sessionName = parameters.required("RoleSessionName");
    const seconds = parameters.integer("DurationSeconds", { min: 900, max: 43_200 }) ?? 3600;
    const [, accountId, roleName] = /^acs:ram::(\d+):role\/(.+)$/i.exec(roleArn) ?? [];
    if (!accountId || !roleName)
      throw new RpcError(400, "InvalidParameter.RoleArn", "The RoleArn is malformed.");
    if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
      throw new RpcError(400, "InvalidParameter.RoleSessionName", "The RoleSessionName is malformed.");
    }
    if (!isJsonOrAbsent(parameters.text("Policy"))) {
      throw new RpcError(400, "InvalidParameter.PolicyGrammar", "The Policy is not JSON.");
    }
    const role = world.ram.role(accountId, roleName);
    if (!role) throw new RpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
    if (accountId !== caller.accountId) {
      throw new RpcError(403, "NoPermission", "The caller may not assume this role.");
    }
    const arn = `acs:ram::${accountId}:assumed-role/${role.roleName}/${sessionName}`;
    const expiresAtMs = world.clock.serviceNow() + seconds * 1000;
    const session = await world.accounts.issue(accountId, arn, expiresAtMs);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        AccessKeySecret: session.accessKeySecret,
        SecurityToken: session.securityToken,
        Expiration: new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z"),
      },
      AssumedRoleUser: { Arn: arn, AssumedRoleId: `${role.roleId}:${sessionName}` },
    };
  },
};

function isJsonOrAbsent(text: string | undefined): boolean {
  if (text === undefined) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Security Token Service, 2015-04-01. */
export const stsService: RpcService = {
  service: "sts",
  version: "2015-04-01",
  actions: [getCallerIdentity, assumeRole],
};
