import { matchesResource, type Resource } from "./arn.ts";
import { type ConditionContext, holds, isKnownOperator } from "./conditions.ts";
import type { Policy, Principal, Statement } from "./document.ts";
import { matchesWildcard } from "./wildcard.ts";

/** One thing a call does. */
export interface Act {
  /** `oss:PutObject`, `ecs:ImportImage`. */
  readonly action: string;
  readonly resource: Resource;
}

/** What policies say of an act: an explicit Deny wins over any Allow, and nothing said is no permission. */
export type Verdict = "allow" | "explicit-deny" | "implicit-deny";

/** Judges an act by policies; the order of policies and statements does not matter. */
export function judge(
  policies: Iterable<Policy>,
  act: Act,
  context: ConditionContext,
  concerns: (statement: Statement) => boolean = () => true,
): Verdict {
  let verdict: Verdict = "implicit-deny";
  for (const policy of policies) {
    for (const statement of policy) {
      if (!concerns(statement) || !applies(statement, act, context)) continue;
      if (statement.effect === "Deny") return "explicit-deny";
      verdict = "allow";
    }
  }
  return verdict;
}

/** Whether one of a statement's principals is meant, by a test for one; `NotPrincipal` turns it round. */
export function namesPrincipal(statement: Statement, isMeant: (principal: Principal) => boolean): boolean {
  return statement.principals.some(isMeant) !== statement.arePrincipalsExcluded;
}

/** Operators of conditions nobody can judge, by which an Allow came to nothing or a Deny to everything. */
export function unknownOperators(policies: Iterable<Policy>): readonly string[] {
  const found = new Set<string>();
  for (const policy of policies) {
    for (const { operator } of policy.flatMap((statement) => statement.conditions)) {
      if (!isKnownOperator(operator)) found.add(operator);
    }
  }
  return [...found];
}

function applies(statement: Statement, act: Act, context: ConditionContext): boolean {
  const action = act.action.toLowerCase();
  const isNamed = statement.actions.some((pattern) => matchesWildcard(pattern, action));
  if (isNamed === statement.areActionsExcluded) return false;
  const isTouched = statement.resources.some((pattern) => matchesResource(pattern, act.resource));
  if (isTouched === statement.areResourcesExcluded) return false;
  // What cannot be judged must not let anybody in: it lets no Allow apply, and every Deny.
  return statement.conditions.every((condition) => holds(condition, context) ?? statement.effect === "Deny");
}
