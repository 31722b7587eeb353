import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimulatorUser, simulatorAccounts } from "../../accounts.ts";
import { Simulator } from "../../simulator.ts";
import { callRpc } from "../../testing/raw-client.ts";

const [owner] = simulatorAccounts;

let folder: string;
let simulator: Simulator | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-given-users-"));
});

afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
  await rm(folder, { recursive: true, force: true });
});

const lists = { Version: "1", Statement: [{ Effect: "Allow", Action: "ram:ListUsers", Resource: "*" }] };
const given: SimulatorUser = {
  userName: "given",
  accessKeyId: "givenKey",
  accessKeySecret: "given-secret",
  policies: [lists],
};

async function start(...users: readonly SimulatorUser[]): Promise<Simulator> {
  await simulator?.stop();
  simulator = await Simulator.start({ dataFolder: folder, accounts: [{ ...owner, users }] });
  return simulator;
}

const version = "2015-05-01";

describe("users given by the options", () => {
  it("are there with key and policies, and keep what calls add", async () => {
    const first = await start(given);
    expect((await callRpc(first, "ListUsers", {}, { version, as: given })).status).toBe(200);
    const { json } = await callRpc(first, "CreateAccessKey", { UserName: "given" }, { version });
    const made = json.AccessKey as Record<string, string>;
    const another = { accessKeyId: made.AccessKeyId ?? "", accessKeySecret: made.AccessKeySecret ?? "" };
    const policy = { UserName: "given", PolicyName: "AliyunRAMReadOnlyAccess", PolicyType: "System" };
    await callRpc(first, "AttachPolicyToUser", policy, { version });
    const second = await start(given);
    for (const as of [given, another]) {
      expect((await callRpc(second, "ListRoles", {}, { version, as })).status).toBe(200);
    }
    const users = await callRpc(second, "ListUsers", {}, { version });
    expect(users.json).toMatchObject({ Users: { User: [{ UserName: "given" }] } });
  });

  it.each<[string, readonly SimulatorUser[], RegExp]>([
    ["a policy that is none", [{ ...given, policies: [{}] }], /Version/],
    [
      "a system policy that is not there",
      [{ ...given, systemPolicies: ["AliyunAllAccess"] }],
      /AliyunAllAccess/,
    ],
    ["the account's own key", [{ ...given, accessKeyId: owner.accessKeyId }], /SampanSimulatorKey/],
    ["another user's key", [given, { ...given, userName: "second" }], /givenKey/],
    ["a policy's name twice", [given, { ...given, userName: "Given", accessKeyId: "k" }], /policy/],
  ])("are refused with %s", async (_title, users, problem) => {
    await expect(start(...users)).rejects.toMatchObject({
      code: "CORE_ARGUMENT",
      message: expect.stringMatching(problem),
    });
  });
});

describe("renaming", () => {
  it("takes a group's members and policies along", async () => {
    const world = await start({ ...given, policies: [] });
    const call = (action: string, parameters: Readonly<Record<string, string>>) =>
      callRpc(world, action, parameters, { version });
    await call("CreateGroup", { GroupName: "old" });
    await call("AddUserToGroup", { GroupName: "old", UserName: "given" });
    const policy = { PolicyName: "AliyunRAMReadOnlyAccess", PolicyType: "System" };
    await call("AttachPolicyToGroup", { GroupName: "old", ...policy });
    await call("UpdateGroup", { GroupName: "old", NewGroupName: "new" });
    expect((await call("GetGroup", { GroupName: "old" })).json.Code).toBe("EntityNotExist.Group");
    const users = await call("ListUsersForGroup", { GroupName: "new" });
    expect(users.json).toMatchObject({ Users: { User: [{ UserName: "given" }] } });
    expect((await callRpc(world, "ListRoles", {}, { version, as: given })).status).toBe(200);
    expect((await call("DeleteGroup", { GroupName: "new" })).json.Code).toBe("DeleteConflict.Group.User");
    await call("RemoveUserFromGroup", { GroupName: "new", UserName: "given" });
    expect((await call("DeleteGroup", { GroupName: "new" })).json.Code).toBe("DeleteConflict.Group.Policy");
    expect((await callRpc(world, "ListRoles", {}, { version, as: given })).json.Code).toBe("NoPermission");
  });
});
