import { PolicyProblem, parsePolicy } from "../../access/document.ts";
import { conditionContext } from "../../access/identity.ts";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import type { RoleRecord } from "../ram/records.ts";
import { trustsCaller } from "../ram/trust.ts";

const policyLimit = 2048;
const defaultSessionSeconds = 3600;

/**
 * Temporary credentials of a role, in the caller's account or another that trusts the caller. `Policy` narrows what the
 * role may do to what both allow.
 *
 * Refuses with 404 `EntityNotExist.Role`, 403 `NoPermission` when the trust policy does not let the caller in, and 400
 * `InvalidParameter.…` for the parameters. Source: vendor page of AssumeRole, 2026-03.
 */
export const assumeRole: RpcAction = {
  name: "AssumeRole",
  parameters: ["RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const { accountId, roleName } = readRoleArn(parameters);
    const sessionName = readSessionName(parameters);
    const policy = readPolicy(parameters);
    const externalId = readExternalId(parameters);
    const role = world.ram.role(accountId, roleName);
    if (!role) throw new RpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
    refuseAccount(call);
    const context = conditionContext(world, call.remoteAddress, caller, [
      ...(externalId === undefined ? [] : [["sts:externalid", externalId] as const]),
    ]);
    if (!trustsCaller(world, role, caller, context)) {
      throw new RpcError(
        403,
        "NoPermission",
        `The trust policy of ${roleName} does not let ${caller.arn} assume the role.`,
      );
    }
    const seconds = readDuration(parameters, role);
    const arn = `acs:ram::${accountId}:assumed-role/${role.roleName}/${sessionName}`;
    const expiresAtMs = world.clock.serviceNow() + seconds * 1000;
    const session = await world.accounts.issue(
      {
        accountId,
        arn,
        role: { roleName: role.roleName, roleId: role.roleId, sessionName },
        ...(policy === undefined ? {} : { policy }),
      },
      expiresAtMs,
    );
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

function readRoleArn(parameters: RpcParameters): { readonly accountId: string; readonly roleName: string } {
  const [, accountId, roleName] = /^acs:ram::(\d+):role\/(.+)$/i.exec(parameters.required("RoleArn")) ?? [];
  if (!accountId || !roleName) {
    throw new RpcError(400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.");
  }
  return { accountId, roleName };
}

function readSessionName(parameters: RpcParameters): string {
  const name = parameters.required("RoleSessionName");
  if (!/^[\w.@-]{2,64}$/.test(name)) {
    throw new RpcError(
      400,
      "InvalidParameter.RoleSessionName",
      "The parameter RoleSessionName must be 2 to 64 letters, digits, or any of . @ - _.",
    );
  }
  return name;
}

function readPolicy(parameters: RpcParameters): string | undefined {
  const text = parameters.text("Policy");
  if (text === undefined) return undefined;
  if (text.length > policyLimit) {
    throw new RpcError(
      400,
      "InvalidParameter.PolicySize",
      `The parameter Policy must be at most ${policyLimit} characters long.`,
    );
  }
  try {
    parsePolicy(text, "identity");
    return text;
  } catch (error) {
    if (!(error instanceof PolicyProblem)) throw error;
    throw new RpcError(
      400,
      "InvalidParameter.PolicyGrammar",
      `The parameter Policy has not passed grammar check: ${error.message}`,
    );
  }
}

function readExternalId(parameters: RpcParameters): string | undefined {
  const text = parameters.text("ExternalId");
  if (text !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(text)) {
    throw new RpcError(400, "InvalidParameter.ExternalId", "The parameter ExternalId is wrongly formed.");
  }
  return text;
}

function readDuration(parameters: RpcParameters, role: RoleRecord): number {
  const longest = role.maxSessionSeconds ?? defaultSessionSeconds;
  const text = parameters.text("DurationSeconds");
  if (text === undefined) return Math.min(defaultSessionSeconds, longest);
  const seconds = Number(text);
  if (!/^\d{1,6}$/.test(text) || seconds < 900 || seconds > longest) {
    throw new RpcError(
      400,
      "InvalidParameter.DurationSeconds",
      `The parameter DurationSeconds must be 900 to ${longest}, the longest session of the role.`,
    );
  }
  return seconds;
}

function refuseAccount({ caller, world }: RpcCall): void {
  if (caller.kind !== "Account" || world.options.switches.accountAssumesRoles === "allowed") return;
  throw new RpcError(403, "NoPermission", "Roles may not be assumed by root accounts.");
}
