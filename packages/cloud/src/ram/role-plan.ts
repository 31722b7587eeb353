import type { ImportRole } from "../access-control.ts";
import { ecsTrustDocument } from "./trust-document.ts";

/** Name of the role ECS assumes to read the bucket of an import; fixed by the vendor. */
export const importRoleName = "AliyunECSImageImportDefaultRole";
/** The vendor's own policy for that role. */
export const importPolicyName = "AliyunECSImageImportRolePolicy";

/** One change that making the import role ready takes. */
export interface RoleStep {
  /** The call of RAM that makes it. */
  readonly action: "CreateRole" | "AttachPolicyToRole" | "UpdateRole";
  /** What it does, for people. */
  readonly text: string;
}

/**
 * What `createImportRole` will do to a role in that state, in order; empty for one that is ready. Of an untrusted role it is
 * not known whether it has the policy: attaching it again changes nothing.
 */
export function importRoleSteps(state: ImportRole["state"]): readonly RoleStep[] {
  const create: RoleStep = {
    action: "CreateRole",
    text: `create the role ${importRoleName}, which ECS alone may assume: ${ecsTrustDocument}`,
  };
  const attach: RoleStep = {
    action: "AttachPolicyToRole",
    text: `attach the vendor's policy ${importPolicyName}: oss:GetObject, oss:GetBucketLocation and oss:GetBucketInfo on the account's buckets`,
  };
  const trust: RoleStep = {
    action: "UpdateRole",
    text: `let ECS (ecs.aliyuncs.com) assume the role ${importRoleName}, besides those that may already`,
  };
  switch (state) {
    case "missing":
      return [create, attach];
    case "untrusted":
      return [attach, trust];
    case "powerless":
      return [attach];
    case "ready":
      return [];
  }
}
