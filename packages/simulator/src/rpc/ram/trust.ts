import { type Policy, PolicyProblem, parsePolicy } from "../../access/document.ts";
import { type Act, judge, namesPrincipal } from "../../access/judge.ts";
import { matchesWildcard } from "../../access/wildcard.ts";
import type { Caller } from "../../accounts.ts";
import type { World } from "../../world.ts";
import type { AttachedPolicy, RoleRecord } from "./records.ts";

/** How ECS sees a role at a moment, for what it is to do with it. */
export type RoleAsSeenByEcs = "missing" | "untrusted" | "powerless" | "ready";

/**
 * Judges a role of an account as ECS does. What changed less than `speed.rolePropagationMs` ago has not arrived yet;
 * `powerless` when the role's policies, as far as they have arrived, do not allow all of `acts`.
 */
export function roleAsSeenByEcs(
  world: World,
  accountId: string,
  roleName: string,
  acts: readonly Act[] = [],
): RoleAsSeenByEcs {
  const hasArrived = (atMs: number) => atMs + world.options.speed.rolePropagationMs <= world.clock.now();
  const role = world.ram.role(accountId, roleName);
  if (!role || !hasArrived(role.createdAtMs)) return "missing";
  if (!hasArrived(role.trustChangedAtMs) || !trustsService(world, role, "ecs.aliyuncs.com"))
    return "untrusted";
  const policies = policiesOf(
    world,
    role,
    role.policies.filter((policy) => hasArrived(policy.attachedAtMs)),
  );
  const context = new Map([["acs:currenttime", new Date(world.clock.serviceNow()).toISOString()]]);
  return acts.every((act) => judge(policies, act, context) === "allow") ? "ready" : "powerless";
}

/** Whether a role's trust policy lets a caller assume it. */
export function trustsCaller(
  world: World,
  role: RoleRecord,
  caller: Caller,
  context: ReadonlyMap<string, string>,
): boolean {
  const names = principalNames(caller);
  return trusts(world, role, context, (kind, value) => {
    return kind === "id" && names.some((name) => matchesWildcard(value.toLowerCase(), name));
  });
}

/** Whether a role's trust policy lets in who holds a token of an identity provider; `context` has the token's claims. */
export function trustsFederation(
  world: World,
  role: RoleRecord,
  providerArn: string,
  context: ReadonlyMap<string, string>,
): boolean {
  const wanted = providerArn.toLowerCase();
  return trusts(
    world,
    role,
    context,
    (kind, value) => kind === "federated" && value.toLowerCase() === wanted,
  );
}

/** `undefined` when a trust document is well-formed, otherwise what is wrong with it. */
export function problemOfTrust(text: string): string | undefined {
  try {
    parsePolicy(text, "trust");
    return undefined;
  } catch (error) {
    if (error instanceof PolicyProblem) return error.message;
    throw error;
  }
}

function trustsService(world: World, role: RoleRecord, service: string): boolean {
  return trusts(world, role, new Map(), (kind, value) => kind === "service" && value === service);
}

function trusts(
  world: World,
  role: RoleRecord,
  context: ReadonlyMap<string, string>,
  isMeant: (kind: string, value: string) => boolean,
): boolean {
  const { accountId, roleName } = role;
  const resource = { service: "ram", region: "", accountId, path: `role/${roleName}` };
  const trust = [world.ram.parsed.get(role.trustPolicy, "trust")];
  const verdict = judge(trust, { action: "sts:AssumeRole", resource }, context, (statement) =>
    namesPrincipal(statement, ({ kind, value }) => isMeant(kind, value)),
  );
  return verdict === "allow";
}

/** The names a trust policy may call somebody by, in lower case; an account stands for all that is in it. */
function principalNames({ accountId, arn, kind, session }: Caller): readonly string[] {
  const account = `acs:ram::${accountId}:root`;
  if (kind === "AssumedRoleUser" && session?.role) {
    const role = `acs:ram::${accountId}:role/${session.role.roleName}`;
    return [account, role.toLowerCase(), arn.toLowerCase(), accountId];
  }
  return [account, arn.toLowerCase(), accountId];
}

function policiesOf(world: World, role: RoleRecord, attached: readonly AttachedPolicy[]): readonly Policy[] {
  return world.ram
    .documents(role.accountId, attached)
    .map((document) => world.ram.parsed.get(document, "identity"));
}
