import type { Caller } from "../accounts.ts";
import { describeResource } from "./arn.ts";
import type { Judgement } from "./identity.ts";
import type { Act } from "./judge.ts";

/** What 403 answers say of a refusal, besides their message; the fields as the services name them. */
export type DeniedDetail = Readonly<Record<string, string>>;

/** Why a caller was refused. The diagnosis is plain JSON in base64 here; in the cloud it is encrypted. */
export function deniedDetail(
  caller: Caller,
  act: Act,
  judgement: Pick<Judgement, "verdict" | "policyType">,
): DeniedDetail {
  const fields = {
    AuthAction: act.action,
    AuthPrincipalType: caller.kind === "RAMUser" ? "SubUser" : caller.kind,
    AuthPrincipalDisplayName: caller.principalId,
    AuthPrincipalOwnerId: caller.accountId,
    NoPermissionType: judgement.verdict === "explicit-deny" ? "ExplicitDeny" : "ImplicitDeny",
    PolicyType: judgement.policyType,
  };
  const diagnosis = JSON.stringify({ ...fields, Resource: describeResource(act.resource) });
  return { ...fields, EncodedDiagnosticMessage: Buffer.from(diagnosis).toString("base64") };
}
