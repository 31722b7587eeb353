import type { Caller } from "../../accounts.ts";
import { ossError } from "../errors.ts";
import type { FormFields } from "../post-policy.ts";
import { type AuthenticationContext, isSame, refuseV1, requireKey } from "./authenticate.ts";
import { v1Signature } from "./v1.ts";
import { parseV4Scope, v4Signature } from "./v4.ts";

/**
 * Finds out who signed the policy of a posted form: V1 by `OSSAccessKeyId` and `Signature`, V4 by the `x-oss-*` fields;
 * `null` when nobody did. What is signed is the policy's Base64 text itself.
 */
export function authenticateForm(fields: FormFields, context: AuthenticationContext): Caller | null {
  const policy = fields.get("policy");
  const token = fields.get("x-oss-security-token");
  if (fields.has("x-oss-signature-version")) {
    const scope = parseV4Scope(fields.get("x-oss-credential") ?? "");
    if (!scope || policy === undefined || !fields.get("x-oss-date")?.startsWith(scope.day)) {
      throw ossError("InvalidArgument", { message: "The signature fields of the form are malformed." });
    }
    const key = requireKey(context, scope.accessKeyId, token);
    const given = fields.get("x-oss-signature") ?? "";
    return confirm(isSame(v4Signature(key.secret, scope, policy), given), key.caller, policy, given);
  }
  const accessKeyId = fields.get("ossaccesskeyid");
  if (accessKeyId === undefined) return null;
  refuseV1(context);
  if (policy === undefined) throw ossError("InvalidArgument", { message: "The form has no policy." });
  const key = requireKey(context, accessKeyId, token);
  const given = fields.get("signature") ?? "";
  return confirm(isSame(v1Signature(key.secret, policy), given), key.caller, policy, given);
}

function confirm(isGenuine: boolean, caller: Caller, policy: string, given: string): Caller {
  if (isGenuine) return caller;
  throw ossError("SignatureDoesNotMatch", {
    elements: { OSSAccessKeyId: caller.accessKeyId, SignatureProvided: given, StringToSign: policy },
  });
}
