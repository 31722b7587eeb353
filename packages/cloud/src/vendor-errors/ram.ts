import { entriesOf } from "./entry.ts";

/**
 * Error codes of the RAM calls that prepare the import role.
 *
 * Source: the vendor's RAM error tables, 2021 to 2026.
 */
export const ramErrors = entriesOf("ram", [
  [404, "EntityNotExist.Role", "CLOUD_ROLE_MISSING", "The role does not exist."],
  [404, "EntityNotExist.Policy", "CLOUD_FAILED", "The policy does not exist."],
  [409, "EntityAlreadyExists.Role", "CLOUD_FAILED", "The role exists already."],
  [409, "EntityAlreadyExists.Role.Policy", "CLOUD_FAILED", "The policy is attached already."],
  [400, "MalformedPolicyDocument", "CLOUD_FAILED", "The trust document is malformed."],
  [
    409,
    "LimitExceeded.Role",
    "CLOUD_QUOTA",
    "The account has as many roles as it may.",
    "Delete a role that is no longer needed.",
  ],
  [409, "LimitExceeded.Role.Policy", "CLOUD_QUOTA", "The role has as many policies as it may."],
  [
    409,
    "ConcurrentModification",
    "CLOUD_FAILED",
    "The role is being changed by another request.",
    "",
    "again",
  ],
  [
    403,
    "NoPermission",
    "CLOUD_PERMISSION_DENIED",
    "The key may not do this in RAM.",
    "Ask the account's owner to create the role AliyunECSImageImportDefaultRole once, or to allow ram:GetRole, ram:CreateRole, ram:AttachPolicyToRole, ram:ListPoliciesForRole and ram:UpdateRole.",
  ],
]);
