import * as openApi from "@alicloud/openapi-core";
import ramModule, * as ram from "@alicloud/ram20150501";
import { accountAlias } from "@sampan/cloud";
import { Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/*
 * The published RAM client and ali-oss, unmodified: users, groups, policies and roles as they are made by the one are what
 * the other may do.
 */

// The package is CommonJS: under native ESM the default import is the namespace.
const imported = ramModule as unknown as { readonly default?: typeof ramModule.default };
const RamClient = imported.default ?? (ramModule as unknown as typeof ramModule.default);
const bucket = "shared-images";

let simulator: Simulator;

beforeEach(async () => {
  // The client warns on the console about tokens it cannot refresh.
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  simulator = await Simulator.start();
  await oss(simulator.credentials).putBucket(bucket);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await simulator?.stop();
});

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly stsToken?: string;
}

function ramClient(keys: Keys = simulator.credentials): InstanceType<typeof RamClient> {
  const { accessKeyId, accessKeySecret, stsToken } = keys;
  const config = new openApi.$OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    ...(stsToken === undefined ? {} : { securityToken: stsToken }),
    endpoint: `127.0.0.1:${simulator.port}`,
    protocol: "http",
    regionId: "cn-hangzhou",
    readTimeout: 30_000,
    connectTimeout: 10_000,
  });
  return new RamClient(config as never);
}

function oss({ accessKeyId, accessKeySecret, stsToken }: Keys): OSS {
  const options = { endpoint: simulator.endpoint, sldEnable: true, authorizationV4: true, bucket };
  const token = stsToken === undefined ? {} : { stsToken };
  return new OSS({
    ...options,
    ...token,
    region: "oss-cn-hangzhou",
    accessKeyId,
    accessKeySecret,
  } as OSS.Options);
}

async function failureOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  return work.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}

const allow = (action: string | string[], resource: string | string[]) =>
  JSON.stringify({ Version: "1", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

async function makeUser(userName: string): Promise<Keys> {
  await ramClient().createUser(new ram.CreateUserRequest({ userName }));
  const { body } = await ramClient().createAccessKey(new ram.CreateAccessKeyRequest({ userName }));
  const { accessKeyId = "", accessKeySecret = "" } = body?.accessKey ?? {};
  return { accessKeyId, accessKeySecret };
}

async function makePolicy(policyName: string, policyDocument: string): Promise<void> {
  await ramClient().createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
}

const attach = (userName: string, policyName: string, policyType = "Custom") =>
  ramClient().attachPolicyToUser(new ram.AttachPolicyToUserRequest({ userName, policyName, policyType }));

describe("a RAM user", () => {
  it("may nothing at first, then what its policies allow, by wildcard", async () => {
    const keys = await makeUser("uploader");
    expect(await failureOf(oss(keys).put("images/a.vhd", Buffer.from("a")))).toMatchObject({
      code: "AccessDenied",
      status: 403,
    });
    await makePolicy("uploads", allow("oss:PutObject", `acs:oss:*:*:${bucket}/images/*`));
    await attach("uploader", "uploads");
    expect((await oss(keys).put("images/a.vhd", Buffer.from("a"))).res.status).toBe(200);
    for (const denied of [oss(keys).put("other/a.vhd", Buffer.from("a")), oss(keys).get("images/a.vhd")]) {
      expect(await failureOf(denied)).toMatchObject({ code: "AccessDenied" });
    }
    expect(await failureOf(ramClient(keys).listUsers(new ram.ListUsersRequest({})))).toMatchObject({
      code: "NoPermission",
      statusCode: 403,
      accessDeniedDetail: { AuthAction: "ram:ListUsers", NoPermissionType: "ImplicitDeny" },
    });
  });

  it("has the policies of its groups too, and a Deny there wins", async () => {
    const keys = await makeUser("member");
    await attach("member", "AliyunOSSFullAccess", "System");
    const denial = JSON.stringify({
      Version: "1",
      Statement: [{ Effect: "Deny", Action: "oss:DeleteObject", Resource: "acs:oss:*:*:*" }],
    });
    await makePolicy("keep", denial);
    const groupName = "keepers";
    await ramClient().createGroup(new ram.CreateGroupRequest({ groupName }));
    const place = { userName: "member", groupName };
    await ramClient().addUserToGroup(new ram.AddUserToGroupRequest(place));
    const policy = { groupName, policyName: "keep", policyType: "Custom" };
    await ramClient().attachPolicyToGroup(new ram.AttachPolicyToGroupRequest(policy));
    const own = oss(keys);
    await own.put("kept.txt", Buffer.from("kept"));
    expect(await failureOf(own.delete("kept.txt"))).toMatchObject({ code: "AccessDenied" });
    expect(await failureOf(own.deleteMulti(["kept.txt"]))).toMatchObject({ code: "AccessDenied" });
    const groups = await ramClient().listGroupsForUser(
      new ram.ListGroupsForUserRequest({ userName: "member" }),
    );
    expect(groups.body?.groups?.group?.map((group) => group.groupName)).toEqual([groupName]);
    await ramClient().removeUserFromGroup(new ram.RemoveUserFromGroupRequest(place));
    expect((await own.delete("kept.txt")).res.status).toBe(204);
  });

  it("loses its key when that is inactive or deleted, and can be deleted only bare", async () => {
    const keys = await makeUser("leaver");
    await attach("leaver", "AliyunOSSFullAccess", "System");
    const userName = "leaver";
    const set = (status: string) =>
      ramClient().updateAccessKey(
        new ram.UpdateAccessKeyRequest({ userName, userAccessKeyId: keys.accessKeyId, status }),
      );
    await set("Inactive");
    expect(await failureOf(oss(keys).list({ "max-keys": 1 }, {}))).toMatchObject({
      code: "InvalidAccessKeyId",
    });
    expect(await failureOf(ramClient(keys).listRoles(new ram.ListRolesRequest({})))).toMatchObject({
      code: "InvalidAccessKeyId.Inactive",
    });
    await set("Active");
    await oss(keys).list({ "max-keys": 1 }, {});
    const remove = () => ramClient().deleteUser(new ram.DeleteUserRequest({ userName }));
    expect(await failureOf(remove())).toMatchObject({ code: "DeleteConflict.User.AccessKey" });
    const key = { userName, userAccessKeyId: keys.accessKeyId };
    await ramClient().deleteAccessKey(new ram.DeleteAccessKeyRequest(key));
    expect(await failureOf(remove())).toMatchObject({ code: "DeleteConflict.User.Policy" });
    const policy = { userName, policyName: "AliyunOSSFullAccess", policyType: "System" };
    await ramClient().detachPolicyFromUser(new ram.DetachPolicyFromUserRequest(policy));
    await remove();
    expect(await failureOf(ramClient().getUser(new ram.GetUserRequest({ userName })))).toMatchObject({
      code: "EntityNotExist.User",
      statusCode: 404,
    });
  });

  it("is judged by the version of a policy that is the default one", async () => {
    const keys = await makeUser("reader");
    const policyName = "changing";
    await makePolicy(policyName, allow("oss:GetObject", "*"));
    await attach("reader", policyName);
    expect(await failureOf(oss(keys).list({ "max-keys": 1 }, {}))).toMatchObject({ code: "AccessDenied" });
    const next = { policyName, policyDocument: allow(["oss:ListObjects"], "*"), setAsDefault: true };
    const made = await ramClient().createPolicyVersion(new ram.CreatePolicyVersionRequest(next));
    expect(made.body?.policyVersion?.versionId).toBe("v2");
    await oss(keys).list({ "max-keys": 1 }, {});
    const back = { policyName, versionId: "v1" };
    await ramClient().setDefaultPolicyVersion(new ram.SetDefaultPolicyVersionRequest(back));
    expect(await failureOf(oss(keys).list({ "max-keys": 1 }, {}))).toMatchObject({ code: "AccessDenied" });
    const entities = await ramClient().listEntitiesForPolicy(
      new ram.ListEntitiesForPolicyRequest({ policyName, policyType: "Custom" }),
    );
    expect(entities.body?.users?.user?.map((user) => user.userName)).toEqual(["reader"]);
  });
});

describe("sessions of ali-oss's own STS", () => {
  const roleName = "uploader-role";

  async function assume(keys: Keys, policy?: object): Promise<Keys> {
    const sts = new OSS.STS({
      accessKeyId: keys.accessKeyId,
      accessKeySecret: keys.accessKeySecret,
      endpoint: simulator.endpoint,
    } as never);
    const arn = `acs:ram::${simulator.credentials.accountId}:role/${roleName}`;
    const { credentials } = await sts.assumeRole(arn, policy as never, 900, "session");
    return {
      accessKeyId: credentials.AccessKeyId,
      accessKeySecret: credentials.AccessKeySecret,
      stsToken: credentials.SecurityToken,
    };
  }

  async function makeRole(principal: object): Promise<void> {
    const trust = {
      Version: "1",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal }],
    };
    await ramClient().createRole(
      new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const policy = { roleName, policyName: "AliyunOSSFullAccess", policyType: "System" };
    await ramClient().attachPolicyToRole(new ram.AttachPolicyToRoleRequest(policy));
  }

  it("may what their role may, narrowed by the policy they were made with", async () => {
    await makeRole({ RAM: [`acs:ram::${simulator.credentials.accountId}:root`] });
    const whole = oss(await assume(simulator.credentials));
    await whole.put("assumed.txt", Buffer.from("assumed"));
    expect((await whole.get("assumed.txt")).content.toString()).toBe("assumed");
    const policy = {
      Version: "1",
      Statement: [{ Effect: "Allow", Action: ["oss:PutObject"], Resource: ["*"] }],
    };
    const narrow = oss(await assume(simulator.credentials, policy));
    await narrow.put("narrow.txt", Buffer.from("narrow"));
    const failure = await failureOf(narrow.deleteMulti(["narrow.txt", "assumed.txt"]));
    expect(failure.message).toMatch(/Access denied by authorizer's policy/);
    expect(await failureOf(assume(simulator.credentials, { Statements: [] }))).toMatchObject({
      code: "InvalidParameter.PolicyGrammar",
    });
  });

  it("are given only to whom the role trusts and policies allow to ask", async () => {
    const keys = await makeUser("asker");
    await makeRole({ RAM: [`acs:ram::${simulator.credentials.accountId}:user/asker`] });
    expect(await failureOf(assume(keys))).toMatchObject({ code: "NoPermission", status: 403 });
    await attach("asker", "AliyunSTSAssumeRoleAccess", "System");
    await oss(await assume(keys)).put("by-user.txt", Buffer.from("user"));
    expect(await failureOf(assume(simulator.credentials))).toMatchObject({ code: "NoPermission" });
  });
});

describe("the alias of an account", () => {
  it("is its id until one is set, and again when that is cleared; users need the permission", async () => {
    const client = ramClient();
    const { accountId } = simulator.credentials;
    const alias = async () => (await client.getAccountAlias()).body?.accountAlias;
    expect(await alias()).toBe(accountId);
    await expect(
      client.setAccountAlias(new ram.SetAccountAliasRequest({ accountAlias: "Web--Team" })),
    ).rejects.toThrow("AccountAlias");
    await client.setAccountAlias(new ram.SetAccountAliasRequest({ accountAlias: "web-team" }));
    expect(await alias()).toBe("web-team");
    const secret = new Secret(simulator.credentials.accessKeySecret);
    const key = { accessKeyId: simulator.credentials.accessKeyId, accessKeySecret: secret };
    expect(await accountAlias(key, { simulator: simulator.endpoint })).toBe("web-team");
    await client.clearAccountAlias();
    expect(await accountAlias(key, { simulator: simulator.endpoint })).toBeNull();
    const wrong = { ...key, accessKeySecret: new Secret("another") };
    expect(await accountAlias(wrong, { simulator: simulator.endpoint })).toBeNull();
  });
});
