import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import { newKeyPair, newUserId } from "./ids.ts";
import type { UserKey, UserRecord } from "./records.ts";
import { isoSeconds, pageOf, readName, readText, requireRoom, requireUser } from "./shapes.ts";

const userLimit = 1000;
const keysPerUserLimit = 2;

const createUser: RpcAction = {
  name: "CreateUser",
  parameters: ["UserName", "DisplayName", "MobilePhone", "Email", "Comments"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const userName = readName(parameters, "UserName", "UserName");
    const traits = readTraits(parameters, "");
    refuseTaken(call, userName);
    requireRoom(world.ram.users(caller.accountId).length, userLimit, "LimitExceeded.User");
    const nowMs = world.clock.now();
    const user: UserRecord = {
      accountId: caller.accountId,
      userName,
      userId: newUserId(),
      displayName: traits.displayName ?? userName,
      mobilePhone: traits.mobilePhone ?? "",
      email: traits.email ?? "",
      comments: traits.comments ?? "",
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      keys: [],
      policies: [],
      groups: [],
    };
    await world.ram.putUser(user);
    return { User: describe(user) };
  },
};

const getUser: RpcAction = {
  name: "GetUser",
  parameters: ["UserName"],
  run: async (call) => ({ User: { ...describe(requireUser(call)), LastLoginDate: "" } }),
};

const updateUser: RpcAction = {
  name: "UpdateUser",
  parameters: ["UserName", "NewUserName", "NewDisplayName", "NewMobilePhone", "NewEmail", "NewComments"],
  run: async (call) => {
    const { world, parameters } = call;
    const user = requireUser(call);
    const traits = readTraits(parameters, "New");
    const isRenamed = parameters.text("NewUserName") !== undefined;
    const userName = isRenamed ? readName(parameters, "NewUserName", "UserName") : user.userName;
    if (userName.toLowerCase() !== user.userName.toLowerCase()) refuseTaken(call, userName);
    const changed: UserRecord = {
      ...user,
      userName,
      displayName: traits.displayName ?? user.displayName,
      mobilePhone: traits.mobilePhone ?? user.mobilePhone,
      email: traits.email ?? user.email,
      comments: traits.comments ?? user.comments,
      updatedAtMs: world.clock.now(),
    };
    // The renamed one first: a crash in between leaves both rather than none.
    await world.ram.putUser(changed);
    if (userName.toLowerCase() !== user.userName.toLowerCase()) {
      await world.ram.removeUser({ ...user, keys: [] });
    }
    return { User: describe(changed) };
  },
};

const listUsers: RpcAction = {
  name: "ListUsers",
  parameters: ["Marker", "MaxItems"],
  run: async (call) => {
    const { items, answer } = pageOf(call, call.world.ram.users(call.caller.accountId), 1000);
    return { ...answer, Users: { User: items.map(describe) } };
  },
};

const deleteUser: RpcAction = {
  name: "DeleteUser",
  parameters: ["UserName"],
  run: async (call) => {
    const user = requireUser(call);
    const leftovers: readonly (readonly [boolean, string])[] = [
      [user.keys.length > 0, "AccessKey"],
      [user.groups.length > 0, "Group"],
      [user.policies.length > 0, "Policy"],
    ];
    const found = leftovers.find(([isLeft]) => isLeft)?.[1];
    if (found) {
      throw new RpcError(
        409,
        `DeleteConflict.User.${found}`,
        `The user still has something of kind ${found}.`,
      );
    }
    await call.world.ram.removeUser(user);
    return {};
  },
};

const createAccessKey: RpcAction = {
  name: "CreateAccessKey",
  parameters: ["UserName"],
  run: async (call) => {
    const user = requireKeyOwner(call);
    requireRoom(user.keys.length, keysPerUserLimit, "LimitExceeded.User.AccessKey");
    const key: UserKey = { ...newKeyPair(), isActive: true, createdAtMs: call.world.clock.now() };
    await call.world.ram.putUser({ ...user, keys: [...user.keys, key] });
    return { AccessKey: { ...describeKey(key), AccessKeySecret: key.accessKeySecret } };
  },
};

const listAccessKeys: RpcAction = {
  name: "ListAccessKeys",
  parameters: ["UserName"],
  run: async (call) => ({ AccessKeys: { AccessKey: requireKeyOwner(call).keys.map(describeKey) } }),
};

const updateAccessKey: RpcAction = {
  name: "UpdateAccessKey",
  parameters: ["UserName", "UserAccessKeyId", "Status"],
  run: async (call) => {
    const user = requireKeyOwner(call);
    const key = requireKey(call, user);
    const status = call.parameters.required("Status");
    if (status !== "Active" && status !== "Inactive") {
      throw new RpcError(400, "InvalidParameter.Status", "The Status must be Active or Inactive.");
    }
    const changed = { ...key, isActive: status === "Active" };
    await call.world.ram.putUser({
      ...user,
      keys: user.keys.map((candidate) => (candidate === key ? changed : candidate)),
    });
    return {};
  },
};

const deleteAccessKey: RpcAction = {
  name: "DeleteAccessKey",
  parameters: ["UserName", "UserAccessKeyId"],
  run: async (call) => {
    const user = requireKeyOwner(call);
    const key = requireKey(call, user);
    await call.world.ram.putUser({ ...user, keys: user.keys.filter((candidate) => candidate !== key) });
    return {};
  },
};

/** Actions on users and their access keys. */
export const userActions: readonly RpcAction[] = [
  createUser,
  getUser,
  updateUser,
  listUsers,
  deleteUser,
  createAccessKey,
  listAccessKeys,
  updateAccessKey,
  deleteAccessKey,
];

/** The user whose keys are meant: the one named, or the caller itself. */
function requireKeyOwner(call: RpcCall): UserRecord {
  const { userName, accountId } = call.caller;
  if (call.parameters.text("UserName") !== undefined || userName === undefined) return requireUser(call);
  const user = call.world.ram.user(accountId, userName);
  if (!user) throw new RpcError(404, "EntityNotExist.User", "The specified User not exists.");
  return user;
}

function requireKey(call: RpcCall, user: UserRecord): UserKey {
  const id = call.parameters.required("UserAccessKeyId");
  const key = user.keys.find((candidate) => candidate.accessKeyId === id);
  if (!key) throw new RpcError(404, "EntityNotExist.User.AccessKey", "The specified AccessKey not exists.");
  return key;
}

function refuseTaken(call: RpcCall, userName: string): void {
  if (!call.world.ram.user(call.caller.accountId, userName)) return;
  throw new RpcError(409, "EntityAlreadyExists.User", "The user already exists.");
}

function readTraits(parameters: RpcParameters, prefix: "" | "New") {
  return {
    displayName: readText(parameters, `${prefix}DisplayName`, 128),
    mobilePhone: readText(parameters, `${prefix}MobilePhone`, 32),
    email: readText(parameters, `${prefix}Email`, 128),
    comments: readText(parameters, `${prefix}Comments`, 128),
  };
}

function describe(user: UserRecord): JsonObject {
  return {
    UserId: user.userId,
    UserName: user.userName,
    DisplayName: user.displayName,
    MobilePhone: user.mobilePhone,
    Email: user.email,
    Comments: user.comments,
    CreateDate: isoSeconds(user.createdAtMs),
    UpdateDate: isoSeconds(user.updatedAtMs),
  };
}

function describeKey(key: UserKey): JsonObject {
  return {
    AccessKeyId: key.accessKeyId,
    Status: key.isActive ? "Active" : "Inactive",
    CreateDate: isoSeconds(key.createdAtMs),
  };
}
