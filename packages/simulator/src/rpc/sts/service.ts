import type { RpcAction, RpcService } from "../call.ts";
import { assumeRole } from "./assume-role.ts";
import { assumeRoleWithOidc } from "./assume-role-with-oidc.ts";

/** Who the caller is. */
const getCallerIdentity: RpcAction = {
  name: "GetCallerIdentity",
  parameters: [],
  run: async ({ caller }) => {
    const { accountId, principalId, kind, session, arn } = caller;
    return {
      AccountId: accountId,
      ...(session?.role ? { RoleId: session.role.roleId } : { UserId: principalId }),
      PrincipalId: principalId,
      IdentityType: kind,
      Arn: arn,
    };
  },
};

/** Security Token Service, 2015-04-01. */
export const stsService: RpcService = {
  service: "sts",
  version: "2015-04-01",
  actions: [getCallerIdentity, assumeRole],
  unsignedActions: [assumeRoleWithOidc],
};
