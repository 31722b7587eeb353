import { entriesOf } from "./entry.ts";

/**
 * Error codes of AssumeRole and GetCallerIdentity.
 *
 * Source: the vendor's STS error tables and its page on common errors of AssumeRole, 2021 to 2024.
 */
export const stsErrors = entriesOf("sts", [
  [
    403,
    "NoPermission",
    "CLOUD_PERMISSION_DENIED",
    "The key may not assume this role: it lacks AliyunSTSAssumeRoleAccess, the role does not trust it, or it is the key of a whole account.",
    "Use the key of a RAM user that has the policy AliyunSTSAssumeRoleAccess and that the role trusts.",
  ],
  [
    404,
    "EntityNotExist.Role",
    "CLOUD_CREDENTIALS_REFUSED",
    "The role to assume does not exist.",
    "Correct the role's ARN: acs:ram::ACCOUNT:role/NAME.",
  ],
  [
    400,
    "InvalidParameter",
    "CLOUD_CREDENTIALS_REFUSED",
    "A parameter of the call is malformed, mostly the role's ARN.",
    "Correct the role's ARN: acs:ram::ACCOUNT:role/NAME.",
  ],
  [
    400,
    "InvalidParameter.RoleArn",
    "CLOUD_CREDENTIALS_REFUSED",
    "The role's ARN is malformed.",
    "Correct the role's ARN: acs:ram::ACCOUNT:role/NAME.",
  ],
  [
    400,
    "InvalidParameter.RoleSessionName",
    "CLOUD_CREDENTIALS_REFUSED",
    "The session's name breaks the rules.",
    "Use 2 to 64 letters, digits and . @ - _.",
  ],
  [
    400,
    "InvalidParameter.DurationSeconds",
    "CLOUD_CREDENTIALS_REFUSED",
    "The session would last shorter or longer than may be.",
    "Use 900 seconds to the longest session the role allows, which is one hour unless changed.",
  ],
  [
    400,
    "InvalidParameter.PolicyGrammar",
    "CLOUD_CREDENTIALS_REFUSED",
    "The policy given for the session is no policy.",
    "Leave the policy out, or correct its JSON.",
  ],
  [
    400,
    "MissingSecurityToken",
    "CLOUD_CREDENTIALS_REFUSED",
    "The key is a temporary one, and its token is missing.",
    "Give the security token together with the key.",
  ],
]);
