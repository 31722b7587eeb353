import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { newGroupId } from "./ids.ts";
import type { GroupRecord, Membership, UserRecord } from "./records.ts";
import { isoSeconds, pageOf, readName, readText, requireGroup, requireRoom, requireUser } from "./shapes.ts";

const groupLimit = 50;
const groupsPerUserLimit = 10;

const createGroup: RpcAction = {
  name: "CreateGroup",
  parameters: ["GroupName", "Comments"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const groupName = readName(parameters, "GroupName", "GroupName");
    const comments = readText(parameters, "Comments", 128) ?? "";
    refuseTaken(call, groupName);
    requireRoom(world.ram.groups.of(caller.accountId).length, groupLimit, "LimitExceeded.Group");
    const nowMs = world.clock.now();
    const group: GroupRecord = {
      accountId: caller.accountId,
      groupName,
      groupId: newGroupId(),
      comments,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      policies: [],
    };
    await world.ram.groups.put(group);
    return { Group: describe(group) };
  },
};

const getGroup: RpcAction = {
  name: "GetGroup",
  parameters: ["GroupName"],
  run: async (call) => ({ Group: describe(requireGroup(call)) }),
};

const updateGroup: RpcAction = {
  name: "UpdateGroup",
  parameters: ["GroupName", "NewGroupName", "NewComments"],
  run: async (call) => {
    const { world, parameters } = call;
    const group = requireGroup(call);
    const isNamed = parameters.text("NewGroupName") !== undefined;
    const groupName = isNamed ? readName(parameters, "NewGroupName", "GroupName") : group.groupName;
    const isRenamed = groupName.toLowerCase() !== group.groupName.toLowerCase();
    if (isRenamed) refuseTaken(call, groupName);
    const comments = readText(parameters, "NewComments", 128) ?? group.comments;
    const changed: GroupRecord = { ...group, groupName, comments, updatedAtMs: world.clock.now() };
    // The renamed group first, then its members, so that nobody is in a group that is not there.
    await world.ram.groups.put(changed);
    if (isRenamed) {
      // Looked for anew each time: other calls may change users while one is saved.
      for (let [user] = membersOf(call, group); user; [user] = membersOf(call, group)) {
        const groups = user.groups.map((place) => (isOf(group)(place) ? { ...place, groupName } : place));
        await world.ram.putUser({ ...user, groups });
      }
      await world.ram.groups.remove(group);
    }
    return { Group: describe(changed) };
  },
};

const listGroups: RpcAction = {
  name: "ListGroups",
  parameters: ["Marker", "MaxItems"],
  run: async (call) => {
    const { items, answer } = pageOf(call, call.world.ram.groups.of(call.caller.accountId), 1000);
    return { ...answer, Groups: { Group: items.map(describe) } };
  },
};

const deleteGroup: RpcAction = {
  name: "DeleteGroup",
  parameters: ["GroupName"],
  run: async (call) => {
    const group = requireGroup(call);
    if (membersOf(call, group).length > 0) {
      throw new RpcError(409, "DeleteConflict.Group.User", "There are still users in the group.");
    }
    if (group.policies.length > 0) {
      throw new RpcError(409, "DeleteConflict.Group.Policy", "The group still has policies attached.");
    }
    await call.world.ram.groups.remove(group);
    return {};
  },
};

const addUserToGroup: RpcAction = {
  name: "AddUserToGroup",
  parameters: ["UserName", "GroupName"],
  run: async (call) => {
    const user = requireUser(call);
    const group = requireGroup(call);
    if (user.groups.some(isOf(group))) {
      throw new RpcError(409, "EntityAlreadyExists.User.Group", "The user is already in the group.");
    }
    requireRoom(user.groups.length, groupsPerUserLimit, "LimitExceeded.User.Group");
    const joined: Membership = { groupName: group.groupName, joinedAtMs: call.world.clock.now() };
    await call.world.ram.putUser({ ...user, groups: [...user.groups, joined] });
    return {};
  },
};

const removeUserFromGroup: RpcAction = {
  name: "RemoveUserFromGroup",
  parameters: ["UserName", "GroupName"],
  run: async (call) => {
    const user = requireUser(call);
    const group = requireGroup(call);
    if (!user.groups.some(isOf(group))) {
      throw new RpcError(404, "EntityNotExist.User.Group", "The user is not in the group.");
    }
    const groups = user.groups.filter((place) => !isOf(group)(place));
    await call.world.ram.putUser({ ...user, groups });
    return {};
  },
};

const listGroupsForUser: RpcAction = {
  name: "ListGroupsForUser",
  parameters: ["UserName"],
  run: async (call) => {
    const { groups, accountId } = requireUser(call);
    const entries = groups.map(({ groupName, joinedAtMs }) => ({
      GroupName: groupName,
      Comments: call.world.ram.groups.get(accountId, groupName)?.comments ?? "",
      JoinDate: isoSeconds(joinedAtMs),
    }));
    return { Groups: { Group: entries } };
  },
};

const listUsersForGroup: RpcAction = {
  name: "ListUsersForGroup",
  parameters: ["GroupName", "Marker", "MaxItems"],
  run: async (call) => {
    const group = requireGroup(call);
    const { items, answer } = pageOf(call, membersOf(call, group), 1000);
    const users = items.map((user) => ({
      UserName: user.userName,
      DisplayName: user.displayName,
      JoinDate: isoSeconds(user.groups.find(isOf(group))?.joinedAtMs ?? user.createdAtMs),
    }));
    return { ...answer, Users: { User: users } };
  },
};

/** Actions on groups and who is in them. */
export const groupActions: readonly RpcAction[] = [
  createGroup,
  getGroup,
  updateGroup,
  listGroups,
  deleteGroup,
  addUserToGroup,
  removeUserFromGroup,
  listGroupsForUser,
  listUsersForGroup,
];

function membersOf(call: RpcCall, group: GroupRecord): readonly UserRecord[] {
  return call.world.ram.users(group.accountId).filter((user) => user.groups.some(isOf(group)));
}

function isOf(group: GroupRecord): (place: Membership) => boolean {
  return ({ groupName }) => groupName.toLowerCase() === group.groupName.toLowerCase();
}

function refuseTaken(call: RpcCall, groupName: string): void {
  if (!call.world.ram.groups.get(call.caller.accountId, groupName)) return;
  throw new RpcError(409, "EntityAlreadyExists.Group", "The group already exists.");
}

function describe(group: GroupRecord): JsonObject {
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Comments: group.comments,
    CreateDate: isoSeconds(group.createdAtMs),
    UpdateDate: isoSeconds(group.updatedAtMs),
  };
}
