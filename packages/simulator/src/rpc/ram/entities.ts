import type { JsonObject } from "@sampan/core";
import type { World } from "../../world.ts";
import type { AttachedPolicy } from "./records.ts";
import { isoSeconds } from "./shapes.ts";

/** A policy by name and type. */
export type PolicyReference = Pick<AttachedPolicy, "name" | "type">;

/** A user, group or role a policy is attached to. */
export interface Entity {
  readonly kind: "User" | "Group" | "Role";
  readonly name: string;
  /** As ListEntitiesForPolicy shows it. */
  readonly shown: JsonObject;
  readonly detach: () => Promise<void>;
}

/** Everything a policy is attached to in an account. */
export function entitiesOf(world: World, accountId: string, policy: PolicyReference): readonly Entity[] {
  const { ram } = world;
  const users = ram.users(accountId).flatMap((user) => {
    const { userName, userId, displayName } = user;
    const shown = { UserName: userName, UserId: userId, DisplayName: displayName };
    const detach = () => ram.putUser({ ...user, policies: without(user.policies, policy) });
    return entity("User", userName, user.policies, policy, shown, detach);
  });
  const groups = ram.groups.of(accountId).flatMap((group) => {
    const { groupName, comments } = group;
    const detach = () => ram.groups.put({ ...group, policies: without(group.policies, policy) });
    return entity(
      "Group",
      groupName,
      group.policies,
      policy,
      { GroupName: groupName, Comments: comments },
      detach,
    );
  });
  const roles = ram.roles(accountId).flatMap((role) => {
    const { roleName, roleId, description } = role;
    const arn = `acs:ram::${accountId}:role/${roleName}`;
    const shown = { RoleName: roleName, RoleId: roleId, Arn: arn, Description: description };
    const detach = () => ram.put({ ...role, policies: without(role.policies, policy) });
    return entity("Role", roleName, role.policies, policy, shown, detach);
  });
  return [...users, ...groups, ...roles];
}

/** A list of attached policies without one. */
export function without(
  policies: readonly AttachedPolicy[],
  policy: PolicyReference,
): readonly AttachedPolicy[] {
  return policies.filter((candidate) => !isSame(candidate, policy));
}

/** Whether both mean the same policy. */
export function isSame(one: PolicyReference, other: PolicyReference): boolean {
  return one.type === other.type && one.name.toLowerCase() === other.name.toLowerCase();
}

function entity(
  kind: Entity["kind"],
  name: string,
  policies: readonly AttachedPolicy[],
  policy: PolicyReference,
  shown: JsonObject,
  detach: () => Promise<void>,
): readonly Entity[] {
  const attached = policies.find((candidate) => isSame(candidate, policy));
  if (!attached) return [];
  return [{ kind, name, shown: { ...shown, AttachDate: isoSeconds(attached.attachedAtMs) }, detach }];
}
