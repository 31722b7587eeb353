import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimulatorUser, simulatorAccounts } from "../../accounts.ts";
import type { SimulatorOptions } from "../../options.ts";
import { Simulator } from "../../simulator.ts";
import { callRpc, type RawCredentials, sendOss } from "../../testing/raw-client.ts";

const [owner, stranger] = simulatorAccounts;
const versions = { ecs: "2014-05-26", ram: "2015-05-01", sts: "2015-04-01" } as const;

let simulator: Simulator;

afterEach(async () => {
  await simulator?.stop();
});

type Statement = Readonly<Record<string, unknown>>;

function user(userName: string, ...statements: readonly Statement[]): SimulatorUser {
  return {
    userName,
    accessKeyId: `${userName}Key`,
    accessKeySecret: `${userName}-secret`,
    policies: [{ Version: "1", Statement: statements } as never],
  };
}

const allow = (action: string | string[], resource: string | string[]) => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
});

async function start(
  users: readonly SimulatorUser[],
  options: Pick<SimulatorOptions, "switches"> = {},
): Promise<void> {
  simulator = await Simulator.start({ ...options, accounts: [{ ...owner, users }, stranger] });
}

function callAs(
  one: RawCredentials,
  service: keyof typeof versions,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
) {
  return callRpc(simulator, action, parameters, { version: versions[service], as: one });
}

const codeOf = (answer: { readonly status: number; readonly json: Record<string, unknown> }) =>
  answer.status === 200 ? "done" : answer.json.Code;

describe("a user's policies on ECS", () => {
  const looker = user(
    "looker",
    allow("ecs:Describe*", "*"),
    allow("ecs:DeleteImage", "acs:ecs:cn-hangzhou:*:image/m-mine*"),
    allow("ecs:ImportImage", `acs:ecs:*:${owner.accountId}:image/*`),
  );
  const region = { RegionId: "cn-hangzhou" };

  beforeEach(() => start([looker]));

  it("allow what they name and refuse the rest with Forbidden.RAM and its reason", async () => {
    expect(codeOf(await callAs(looker, "ecs", "DescribeImages", region))).toBe("done");
    const refused = await callAs(looker, "ecs", "DeleteImage", { ...region, ImageId: "m-other" });
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({
      Code: "Forbidden.RAM",
      AccessDeniedDetail: {
        AuthAction: "ecs:DeleteImage",
        AuthPrincipalType: "SubUser",
        AuthPrincipalOwnerId: owner.accountId,
        NoPermissionType: "ImplicitDeny",
        PolicyType: "AccountLevelIdentityBasedPolicy",
      },
    });
    const detail = refused.json.AccessDeniedDetail as Record<string, string>;
    expect(detail.AuthPrincipalDisplayName).toMatch(/^2\d{17}$/);
    const diagnosis = Buffer.from(detail.EncodedDiagnosticMessage ?? "", "base64").toString();
    expect(JSON.parse(diagnosis)).toMatchObject({
      Resource: `acs:ecs:cn-hangzhou:${owner.accountId}:image/m-other`,
    });
    const allowed = await callAs(looker, "ecs", "DeleteImage", { ...region, ImageId: "m-mine1" });
    expect(codeOf(allowed)).toBe("done");
    const elsewhere = { RegionId: "cn-beijing", ImageId: "m-mine1" };
    expect(codeOf(await callAs(looker, "ecs", "DeleteImage", elsewhere))).toBe("Forbidden.RAM");
  });

  it("are asked before anything about the call is looked at", async () => {
    const share = await callAs(looker, "ecs", "ModifyImageSharePermission", { ...region, ImageId: "m-none" });
    expect(codeOf(share)).toBe("Forbidden.RAM");
    const imported = await callAs(looker, "ecs", "ImportImage", region);
    expect(imported.json.Code).toBe("MissingParameter.DiskDeviceMapping");
  });

  it("include ram:PassRole when that is checked", async () => {
    await simulator.stop();
    await start([looker], { switches: { passRole: "checked" } });
    const refused = await callAs(looker, "ecs", "ImportImage", { ...region, RoleName: "other" });
    expect(refused.json).toMatchObject({ AccessDeniedDetail: { AuthAction: "ram:PassRole" } });
  });
});

describe("a user's policies on RAM", () => {
  const keeper = user(
    "keeper",
    allow(["ram:GetUser", "ram:ListAccessKeys"], `acs:ram:*:${owner.accountId}:user/keeper`),
    allow("ram:AttachPolicyToUser", [
      "acs:ram:*:*:user/*",
      "acs:ram:*:system:policy/AliyunOSSReadOnlyAccess",
    ]),
  );

  beforeEach(() => start([keeper]));

  it("are asked for everything a call names", async () => {
    expect(codeOf(await callAs(keeper, "ram", "GetUser", { UserName: "keeper" }))).toBe("done");
    expect(codeOf(await callAs(keeper, "ram", "ListAccessKeys"))).toBe("done");
    expect(codeOf(await callAs(keeper, "ram", "GetUser", { UserName: "other" }))).toBe("NoPermission");
    const attach = (PolicyName: string) =>
      callAs(keeper, "ram", "AttachPolicyToUser", { UserName: "keeper", PolicyType: "System", PolicyName });
    expect(codeOf(await attach("AdministratorAccess"))).toBe("NoPermission");
    expect(codeOf(await attach("AliyunOSSReadOnlyAccess"))).toBe("done");
    expect((await sendOss(simulator, { method: "GET", as: keeper })).status).toBe(200);
  });
});

describe("what RAM keeps", () => {
  it("is there again after a restart: users, keys, groups, policies and sessions", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sampan-ram-test-"));
    try {
      simulator = await Simulator.start({ dataFolder: folder });
      const ram = (action: string, parameters: Readonly<Record<string, string>>) =>
        callAs(owner, "ram", action, parameters);
      await ram("CreateUser", { UserName: "late" });
      const { json } = await ram("CreateAccessKey", { UserName: "late" });
      const made = json.AccessKey as Record<string, string>;
      const late = { accessKeyId: made.AccessKeyId ?? "", accessKeySecret: made.AccessKeySecret ?? "" };
      await ram("CreateGroup", { GroupName: "readers" });
      await ram("AddUserToGroup", { UserName: "late", GroupName: "readers" });
      const PolicyDocument = JSON.stringify({ Version: "1", Statement: [allow("ram:ListGroups", "*")] });
      await ram("CreatePolicy", { PolicyName: "lists", PolicyDocument });
      const policy = { GroupName: "readers", PolicyName: "lists", PolicyType: "Custom" };
      await ram("AttachPolicyToGroup", policy);
      await simulator.stop();
      simulator = await Simulator.start({ dataFolder: folder });
      expect((await callAs(late, "ram", "ListGroups")).json).toMatchObject({
        Groups: { Group: [{ GroupName: "readers" }] },
      });
      expect(codeOf(await callAs(late, "ram", "ListUsers"))).toBe("NoPermission");
      const entities = await ram("ListEntitiesForPolicy", { PolicyName: "lists", PolicyType: "Custom" });
      expect(entities.json).toMatchObject({ Groups: { Group: [{ GroupName: "readers" }] } });
      expect((await ram("DeleteGroup", { GroupName: "readers" })).json.Code).toBe(
        "DeleteConflict.Group.User",
      );
      expect((await ram("DeletePolicy", { PolicyName: "lists" })).json.Code).toBe(
        "DeleteConflict.Policy.Group",
      );
      expect(codeOf(await ram("DeletePolicy", { PolicyName: "lists", CascadingDelete: "true" }))).toBe(
        "done",
      );
    } finally {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("keeps five versions of a policy, and never deletes the default one", async () => {
    await start([]);
    const ram = (action: string, parameters: Readonly<Record<string, string>>) =>
      callAs(owner, "ram", action, { PolicyName: "p", ...parameters });
    const PolicyDocument = JSON.stringify({ Version: "1", Statement: [allow("*", "*")] });
    await ram("CreatePolicy", { PolicyDocument });
    for (let version = 2; version <= 5; version++) await ram("CreatePolicyVersion", { PolicyDocument });
    expect((await ram("CreatePolicyVersion", { PolicyDocument })).json.Code).toBe(
      "LimitExceeded.Policy.Version",
    );
    const RotateStrategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded";
    const rotated = await ram("CreatePolicyVersion", { PolicyDocument, RotateStrategy });
    expect(rotated.json.PolicyVersion).toMatchObject({ VersionId: "v6", IsDefaultVersion: false });
    const listed = await ram("ListPolicyVersions", { PolicyType: "Custom" });
    const { PolicyVersion } = listed.json.PolicyVersions as { PolicyVersion: { VersionId: string }[] };
    expect(PolicyVersion.map(({ VersionId }) => VersionId)).toEqual(["v1", "v3", "v4", "v5", "v6"]);
    expect(codeOf(await ram("DeletePolicyVersion", { VersionId: "v1" }))).toMatch(/^DeleteConflict/);
    expect(codeOf(await ram("DeletePolicyVersion", { VersionId: "v2" }))).toBe(
      "EntityNotExist.Policy.Version",
    );
    expect(codeOf(await ram("CreatePolicyVersion", { PolicyDocument: "{}" }))).toBe(
      "MalformedPolicyDocument",
    );
  });
});

describe("sessions", () => {
  const asker = user("asker", allow("sts:AssumeRole", `acs:ram:*:${owner.accountId}:role/worker`));
  const trust = (principal: object, more: Statement = {}) =>
    JSON.stringify({
      Version: "1",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal, ...more }],
    });
  const arn = (name: string, accountId: string = owner.accountId) => `acs:ram::${accountId}:role/${name}`;

  beforeEach(() => start([asker]));

  async function makeRole(
    RoleName: string,
    AssumeRolePolicyDocument: string,
    policies: readonly string[] = [],
  ) {
    const role = { RoleName, AssumeRolePolicyDocument, MaxSessionDuration: "7200" };
    expect(codeOf(await callAs(owner, "ram", "CreateRole", role))).toBe("done");
    for (const PolicyName of policies) {
      await callAs(owner, "ram", "AttachPolicyToRole", { RoleName, PolicyName, PolicyType: "System" });
    }
  }

  const assume = (one: RawCredentials, more: Readonly<Record<string, string>> = {}) =>
    callAs(one, "sts", "AssumeRole", { RoleArn: arn("worker"), RoleSessionName: "s-1", ...more });

  async function sessionOf(
    one: RawCredentials,
    more: Readonly<Record<string, string>> = {},
  ): Promise<RawCredentials> {
    const { json } = await assume(one, more);
    const given = json.Credentials as Record<string, string>;
    return {
      accessKeyId: given.AccessKeyId ?? "",
      accessKeySecret: given.AccessKeySecret ?? "",
      securityToken: given.SecurityToken ?? "",
    };
  }

  it("tell who they are: account, user, role", async () => {
    await makeRole("worker", trust({ RAM: [`acs:ram::${owner.accountId}:root`] }));
    const who = async (one: RawCredentials) => (await callAs(one, "sts", "GetCallerIdentity")).json;
    expect(await who(owner)).toMatchObject({
      IdentityType: "Account",
      AccountId: owner.accountId,
      UserId: owner.accountId,
      Arn: `acs:ram::${owner.accountId}:root`,
    });
    expect(await who(asker)).toMatchObject({
      IdentityType: "RAMUser",
      Arn: `acs:ram::${owner.accountId}:user/asker`,
      PrincipalId: expect.stringMatching(/^2\d{17}$/),
    });
    const assumed = await who(await sessionOf(asker));
    expect(assumed).toMatchObject({
      IdentityType: "AssumedRoleUser",
      Arn: `acs:ram::${owner.accountId}:assumed-role/worker/s-1`,
      PrincipalId: expect.stringMatching(/^3\d{17}:s-1$/),
    });
    expect(assumed.RoleId).toMatch(/^3\d{17}$/);
  });

  it("last from a quarter of an hour to the role's longest", async () => {
    await makeRole("worker", trust({ RAM: [`acs:ram::${owner.accountId}:user/asker`] }));
    for (const [seconds, code] of [
      ["899", "InvalidParameter.DurationSeconds"],
      ["900", "done"],
      ["7200", "done"],
      ["7201", "InvalidParameter.DurationSeconds"],
    ] as const) {
      expect([seconds, codeOf(await assume(asker, { DurationSeconds: seconds }))]).toEqual([seconds, code]);
    }
    expect(codeOf(await assume(asker, { RoleSessionName: "a b" }))).toBe("InvalidParameter.RoleSessionName");
    expect(codeOf(await assume(asker, { RoleArn: "worker" }))).toBe("NoPermission");
    expect(codeOf(await assume(owner, { RoleArn: "worker" }))).toBe("InvalidParameter.RoleArn");
    expect(codeOf(await assume(owner, { RoleArn: arn("none") }))).toBe("EntityNotExist.Role");
  });

  it("end with their role, and get no more than it and their policy both allow", async () => {
    await makeRole("worker", trust({ RAM: ["*"] }), ["AliyunECSReadOnlyAccess"]);
    const Policy = JSON.stringify({ Version: "1", Statement: [allow("*", "*")] });
    const session = await sessionOf(asker, { Policy });
    const region = { RegionId: "cn-hangzhou" };
    expect(codeOf(await callAs(session, "ecs", "DescribeImages", region))).toBe("done");
    expect(codeOf(await callAs(session, "ecs", "DeleteImage", { ...region, ImageId: "m-1" }))).toBe(
      "Forbidden.RAM",
    );
    const nothing = JSON.stringify({ Version: "1", Statement: [allow("oss:GetObject", "*")] });
    const narrow = await sessionOf(asker, { Policy: nothing });
    const refused = await callAs(narrow, "ecs", "DescribeImages", region);
    expect(refused.json).toMatchObject({ AccessDeniedDetail: { PolicyType: "SessionPolicy" } });
    const policy = { RoleName: "worker", PolicyName: "AliyunECSReadOnlyAccess", PolicyType: "System" };
    await callAs(owner, "ram", "DetachPolicyFromRole", policy);
    expect(codeOf(await callAs(session, "ecs", "DescribeImages", region))).toBe("Forbidden.RAM");
  });

  it("are had from another account that trusts the caller, with the id it asks for", async () => {
    const condition = { Condition: { StringEquals: { "sts:ExternalId": "e-1" } } };
    const role = {
      RoleName: "theirs",
      AssumeRolePolicyDocument: trust({ RAM: [`acs:ram::${owner.accountId}:root`] }, condition),
    };
    await callAs(stranger, "ram", "CreateRole", role);
    const RoleArn = arn("theirs", stranger.accountId);
    expect(codeOf(await assume(owner, { RoleArn }))).toBe("NoPermission");
    expect(codeOf(await assume(owner, { RoleArn, ExternalId: "e-1" }))).toBe("done");
    expect(codeOf(await assume(asker, { RoleArn, ExternalId: "e-1" }))).toBe("NoPermission");
    await callAs(owner, "ram", "UpdateUser", { UserName: "asker", NewUserName: "asked" });
    expect((await callAs(asker, "sts", "GetCallerIdentity")).json.Arn).toBe(
      `acs:ram::${owner.accountId}:user/asked`,
    );
  });

  it("are not had by services' roles, nor by the account when that is refused", async () => {
    await makeRole("worker", trust({ Service: ["ecs.aliyuncs.com"] }));
    expect([codeOf(await assume(owner)), codeOf(await assume(asker))]).toEqual([
      "NoPermission",
      "NoPermission",
    ]);
    await simulator.stop();
    await start([asker], { switches: { accountAssumesRoles: "refused" } });
    await makeRole("worker", trust({ RAM: [`acs:ram::${owner.accountId}:root`] }));
    expect([codeOf(await assume(owner)), codeOf(await assume(asker))]).toEqual(["NoPermission", "done"]);
  });
});

describe("the import role's policies", () => {
  const bucket = "images";
  const importOne = () =>
    callRpc(simulator, "ImportImage", {
      RegionId: "cn-hangzhou",
      ImageName: "one",
      RoleName: "reader",
      DryRun: "true",
      "DiskDeviceMapping.1.OSSBucket": bucket,
      "DiskDeviceMapping.1.OSSObject": "a/d.raw",
      "DiskDeviceMapping.1.Format": "RAW",
    });

  it("must let ECS ask about the bucket and read the object", async () => {
    await start([]);
    await sendOss(simulator, { method: "PUT", bucket });
    await sendOss(simulator, { method: "PUT", bucket, key: "a/d.raw", body: Buffer.alloc(1024 ** 2) });
    const ram = (action: string, parameters: Readonly<Record<string, string>>) =>
      callAs(owner, "ram", action, parameters);
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "1",
      Statement: [
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: ["ecs.aliyuncs.com"] } },
      ],
    });
    await ram("CreateRole", { RoleName: "reader", AssumeRolePolicyDocument });
    const asks = allow(["oss:GetBucketInfo", "oss:GetBucketLocation"], `acs:oss:*:*:${bucket}`);
    const reads = (prefix: string) => allow("oss:GetObject", `acs:oss:*:*:${bucket}/${prefix}/*`);
    const text = (...statements: object[]) => JSON.stringify({ Version: "1", Statement: statements });
    await ram("CreatePolicy", { PolicyName: "reads", PolicyDocument: text(asks, reads("b")) });
    await ram("AttachPolicyToRole", { RoleName: "reader", PolicyName: "reads", PolicyType: "Custom" });
    simulator.clock.advance(60_000);
    expect((await importOne()).json.Code).toBe("InvalidOSS.NotAuthorized");
    const setVersion = (document: string) =>
      ram("CreatePolicyVersion", { PolicyName: "reads", PolicyDocument: document, SetAsDefault: "true" });
    await setVersion(text(reads("a")));
    expect((await importOne()).json.Code).toBe("InvalidOSS.NotAuthorized");
    await setVersion(text(asks, reads("a")));
    expect((await importOne()).json.Code).toBe("DRYRUN.SUCCESS");
  });
});
