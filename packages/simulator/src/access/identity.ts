import type { Caller } from "../accounts.ts";
import type { World } from "../world.ts";
import type { ConditionContext } from "./conditions.ts";
import type { Policy } from "./document.ts";
import { type Act, judge, unknownOperators, type Verdict } from "./judge.ts";
import { sourceAddress } from "./networks.ts";

/** Which kind of policy decided; the names stand in `AccessDeniedDetail`. */
export type DecidingPolicy = "AccountLevelIdentityBasedPolicy" | "SessionPolicy" | "ResourceBasedPolicy";

/** What the policies of a caller say of an act. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly policyType: DecidingPolicy;
  /** Condition operators that could not be judged. */
  readonly unknown: readonly string[];
}

/**
 * Judges an act by what the caller itself has: the account may everything; a user what its policies and those of its
 * groups allow; a session what both its role and the policy it was narrowed by allow.
 */
export function judgeCaller(world: World, caller: Caller, act: Act, context: ConditionContext): Judgement {
  const { session } = caller;
  if (caller.kind === "Account" || (session && !session.role)) return judgement("allow", []);
  const own = session ? policiesOfRole(world, caller) : policiesOfUser(world, caller);
  const verdict = judge(own, act, context);
  if (session?.policy === undefined || verdict === "explicit-deny") return judgement(verdict, own);
  const narrowing = [world.ram.parsed.get(session.policy, "identity")];
  const narrowed = judge(narrowing, act, context);
  if (narrowed === "allow") return judgement(verdict, own);
  return { ...judgement(narrowed, narrowing), policyType: "SessionPolicy" };
}

/** Conditions every service knows of a request. */
export function conditionContext(
  world: World,
  remoteAddress: string | undefined,
  caller: Caller | null,
  more: Iterable<readonly [string, string]> = [],
): ConditionContext {
  const context = new Map([
    ["acs:sourceip", sourceAddress(remoteAddress)],
    ["acs:securetransport", "false"],
    ["acs:currenttime", new Date(world.clock.serviceNow()).toISOString()],
    ["acs:mfapresent", "false"],
    ...more,
  ]);
  if (caller) {
    context.set("acs:principalarn", caller.arn);
    context.set("acs:accountid", caller.accountId);
  }
  return context;
}

function policiesOfUser(world: World, caller: Caller): readonly Policy[] {
  const user = world.ram.user(caller.accountId, caller.userName ?? "");
  if (!user) return [];
  return parsed(world, world.ram.documentsOfUser(user));
}

/** Nothing when the role is gone, or is another one of the same name. */
function policiesOfRole(world: World, caller: Caller): readonly Policy[] {
  const known = caller.session?.role;
  const role = known && world.ram.role(caller.accountId, known.roleName);
  if (!role || role.roleId !== known.roleId) return [];
  return parsed(world, world.ram.documents(caller.accountId, role.policies));
}

function parsed(world: World, documents: readonly string[]): readonly Policy[] {
  return documents.map((document) => world.ram.parsed.get(document, "identity"));
}

function judgement(verdict: Verdict, policies: readonly Policy[]): Judgement {
  const unknown = verdict === "allow" ? [] : unknownOperators(policies);
  return { verdict, policyType: "AccountLevelIdentityBasedPolicy", unknown };
}
