import type { ConditionContext } from "../../access/conditions.ts";
import type { Statement } from "../../access/document.ts";
import { type Judgement, judgeCaller } from "../../access/identity.ts";
import { type Act, judge, namesPrincipal, type Verdict } from "../../access/judge.ts";
import { matchesWildcard } from "../../access/wildcard.ts";
import type { Caller } from "../../accounts.ts";
import type { World } from "../../world.ts";
import type { BucketRecord } from "../records.ts";

/**
 * What policies say of an act on a bucket or in it: those of the caller and that of the bucket together.
 *
 * A Deny of either refuses. In the owner's account one Allow of either is enough. Somebody of another account needs the
 * bucket's: naming the user itself suffices, naming its account leaves it to that account's own policies. What a session
 * was narrowed by cannot be widened. ACLs come after this, and only when nothing is said here.
 */
export function decide(
  world: World,
  caller: Caller | null,
  bucket: BucketRecord,
  act: Act,
  context: ConditionContext,
): Judgement {
  const own = caller ? judgeCaller(world, caller, act, context) : unsaid;
  if (own.verdict === "explicit-deny") return own;
  if (own.policyType === "SessionPolicy" && own.verdict !== "allow") return own;
  const direct = judgeBucket(world, bucket, act, context, (statement) => concerns(statement, caller, bucket));
  if (direct === "explicit-deny") return byResource(direct);
  const isOwners = caller?.accountId === bucket.ownerId;
  if (isOwners && own.verdict === "allow") return own;
  if (direct === "allow") return byResource(direct);
  if (caller && !isOwners && own.verdict === "allow") {
    return byResource(
      judgeBucket(world, bucket, act, context, (statement) => namesId(statement, caller.accountId)),
    );
  }
  return isOwners ? own : byResource("implicit-deny");
}

const unsaid: Judgement = byResource("implicit-deny");

function byResource(verdict: Verdict): Judgement {
  return { verdict, policyType: "ResourceBasedPolicy", unknown: [] };
}

function judgeBucket(
  world: World,
  bucket: BucketRecord,
  act: Act,
  context: ConditionContext,
  isMeant: (statement: Statement) => boolean,
): Verdict {
  if (bucket.policy === undefined) return "implicit-deny";
  return judge([world.ram.parsed.get(bucket.policy, "bucket")], act, context, isMeant);
}

/**
 * Whether a statement of a bucket's policy is about a caller. One for everybody (`*`) without a condition leaves the
 * owner out; with a condition it is about the owner too. Source: vendor page on bucket policies, 2026-03.
 */
function concerns(statement: Statement, caller: Caller | null, bucket: BucketRecord): boolean {
  const isForAll =
    !statement.arePrincipalsExcluded && statement.principals.some(({ value }) => value === "*");
  const isAccount = caller?.kind === "Account" || (caller?.session !== undefined && !caller.session.role);
  const isOwner = isAccount && caller?.accountId === bucket.ownerId;
  if (isForAll && isOwner && statement.conditions.length === 0) return false;
  const names = caller ? namesOf(caller) : [];
  return namesPrincipal(statement, ({ kind, value }) => {
    if (value === "*") return true;
    return kind === "id" && names.some((name) => matchesWildcard(value.toLowerCase(), name));
  });
}

function namesId(statement: Statement, id: string): boolean {
  return statement.principals.some(({ value }) => value === id) && !statement.arePrincipalsExcluded;
}

/** The names a bucket's policy may call somebody by, in lower case: ids, and ARNs of both spellings. */
function namesOf({ accountId, arn, principalId, session }: Caller): readonly string[] {
  const names = [principalId, arn];
  if (session?.role) {
    const { roleName, roleId, sessionName } = session.role;
    names.push(roleId, `acs:ram::${accountId}:role/${roleName}`);
    names.push(`arn:sts::${accountId}:assumed-role/${roleName}/${sessionName}`);
  } else {
    names.push(arn.replace(/^acs:ram::/, "arn:ram::"));
  }
  return names.map((name) => name.toLowerCase());
}
