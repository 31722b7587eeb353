import { conditionContext } from "../../access/identity.ts";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import { trustsCaller } from "../ram/trust.ts";
import { issueRoleSession, readSessionRequest, requireTrustedRole } from "./role-session.ts";

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
    const request = readSessionRequest(parameters);
    const externalId = readExternalId(parameters);
    const role = requireTrustedRole(world, request);
    refuseAccount(call);
    const context = conditionContext(world, call.remoteAddress, caller, [
      ...(externalId === undefined ? [] : [["sts:externalid", externalId] as const]),
    ]);
    if (!trustsCaller(world, role, caller, context)) {
      throw new RpcError(
        403,
        "NoPermission",
        `The trust policy of ${role.roleName} does not let ${caller.arn} assume the role.`,
      );
    }
    return issueRoleSession(world, role, request);
  },
};

function readExternalId(parameters: RpcParameters): string | undefined {
  const text = parameters.text("ExternalId");
  if (text !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(text)) {
    throw new RpcError(400, "InvalidParameter.ExternalId", "The parameter ExternalId is wrongly formed.");
  }
  return text;
}

function refuseAccount({ caller, world }: RpcCall): void {
  if (caller.kind !== "Account" || world.options.switches.accountAssumesRoles === "allowed") return;
  throw new RpcError(403, "NoPermission", "Roles may not be assumed by root accounts.");
}
