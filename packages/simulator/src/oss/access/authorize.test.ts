import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimulatorUser, simulatorAccounts } from "../../accounts.ts";
import { Simulator } from "../../simulator.ts";
import { type RawCredentials, type RawRequest, send, sendOss } from "../../testing/raw-client.ts";

const bucket = "web";
const [owner, stranger] = simulatorAccounts;

let simulator: Simulator;

afterEach(async () => {
  await simulator?.stop();
});

type Statement = Readonly<Record<string, unknown>>;

const document = (...statements: readonly Statement[]) => ({ Version: "1", Statement: statements });
const allow = (action: string | string[], resource: string | string[], more: Statement = {}) => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});

function user(userName: string, ...statements: readonly Statement[]): SimulatorUser {
  const policies = statements.length === 0 ? [] : [document(...statements) as never];
  return { userName, accessKeyId: `${userName}Key`, accessKeySecret: `${userName}-secret`, policies };
}

async function start(
  users: readonly SimulatorUser[] = [],
  strangers: readonly SimulatorUser[] = [],
): Promise<void> {
  const accounts = [
    { ...owner, users },
    { ...stranger, users: strangers },
  ] as const;
  simulator = await Simulator.start({ accounts });
  await statusOf({ method: "PUT" });
}

async function statusOf(request: Partial<RawRequest> & { readonly method: string }): Promise<number> {
  const answer = await sendOss(simulator, { bucket, ...request });
  return answer.status;
}

async function refusalOf(request: Partial<RawRequest> & { readonly method: string }) {
  const answer = await sendOss(simulator, { bucket, ...request });
  const text = answer.body.toString("utf8");
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return {
    status: answer.status,
    code: answer.code,
    ec: element("EC"),
    action: element("AuthAction"),
    type: element("AuthPrincipalType"),
    kind: element("NoPermissionType"),
    policy: element("PolicyType"),
  };
}

function as(one: Pick<RawCredentials, "accessKeyId" | "accessKeySecret">): { readonly as: RawCredentials } {
  return { as: { accessKeyId: one.accessKeyId, accessKeySecret: one.accessKeySecret } };
}

async function setPolicy(...statements: readonly Statement[]): Promise<void> {
  const body = JSON.stringify(document(...statements));
  expect(await statusOf({ method: "PUT", query: { policy: "" }, body })).toBe(200);
}

describe("a user's policies on OSS", () => {
  const uploader = user(
    "uploader",
    allow(["oss:PutObject", "oss:AbortMultipartUpload"], `acs:oss:*:*:${bucket}/images/*`),
    allow("oss:ListObjects", `acs:oss:*:*:${bucket}`, {
      Condition: { StringLike: { "oss:Prefix": "images/*" } },
    }),
  );

  beforeEach(() => start([uploader]));

  it("allow every call of an upload by oss:PutObject alone", async () => {
    const key = "images/a.vhd";
    const query = { uploads: "" };
    const begun = await sendOss(simulator, { method: "POST", bucket, key, query, ...as(uploader) });
    const uploadId = /<UploadId>([^<]+)/.exec(begun.body.toString())?.[1] ?? "";
    const part = { partNumber: "1", uploadId };
    expect(await statusOf({ method: "PUT", key, query: part, body: "part", ...as(uploader) })).toBe(200);
    expect(await refusalOf({ method: "GET", key, query: { uploadId }, ...as(uploader) })).toMatchObject({
      status: 403,
      action: "oss:ListParts",
    });
    const all = { "x-oss-complete-all": "yes" };
    const done = { method: "POST", key, query: { uploadId }, headers: all, ...as(uploader) };
    expect(await statusOf(done)).toBe(200);
    expect(await statusOf({ method: "GET", key })).toBe(200);
  });

  it("refuse the rest, and say who lacked what", async () => {
    await statusOf({ method: "PUT", key: "images/b.vhd", body: "b" });
    expect(await refusalOf({ method: "GET", key: "images/b.vhd", ...as(uploader) })).toEqual({
      status: 403,
      code: "AccessDenied",
      ec: "0003-00000202",
      action: "oss:GetObject",
      type: "SubUser",
      kind: "ImplicitDeny",
      policy: "AccountLevelIdentityBasedPolicy",
    });
    expect(await statusOf({ method: "PUT", key: "elsewhere/b.vhd", body: "b", ...as(uploader) })).toBe(403);
    expect(await statusOf({ method: "GET", query: { bucketInfo: "" }, ...as(uploader) })).toBe(403);
    expect(await statusOf({ method: "GET", query: { policy: "" }, ...as(uploader) })).toBe(403);
    expect((await sendOss(simulator, { method: "GET", ...as(uploader) })).status).toBe(403);
    expect(await statusOf({ method: "PUT", bucket: "another", ...as(uploader) })).toBe(403);
  });

  it("look at the prefix of a list, and at the source of a copy", async () => {
    const list = (prefix: string) => statusOf({ method: "GET", query: { prefix }, ...as(uploader) });
    expect([await list("images/2026"), await list(""), await list("secret/")]).toEqual([200, 403, 403]);
    await statusOf({ method: "PUT", key: "secret/s", body: "s" });
    const headers = { "x-oss-copy-source": `/${bucket}/secret%2Fs` };
    const copy = { method: "PUT", key: "images/s", headers, ...as(uploader) };
    expect(await refusalOf(copy)).toMatchObject({ status: 403, action: "oss:GetObject" });
    await setPolicy(allow("oss:GetObject", `acs:oss:*:*:${bucket}/secret/*`, { Principal: ["*"] }));
    expect(await statusOf(copy)).toBe(200);
  });

  it("name a bucket that is not there as missing", async () => {
    expect(await refusalOf({ method: "GET", bucket: "nowhere", ...as(uploader) })).toMatchObject({
      code: "NoSuchBucket",
    });
  });
});

describe("what a request carries besides its address", () => {
  const partial = user("partial", allow(["oss:GetObject", "oss:PutObject", "oss:DeleteObject"], "*"));
  const full = user("full", allow("oss:*", "*"));

  beforeEach(() => start([partial, full]));

  it("names a version, which needs actions of its own", async () => {
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    expect(await statusOf({ method: "PUT", query: { versioning: "" }, body })).toBe(200);
    const put = await sendOss(simulator, { method: "PUT", bucket, key: "k", body: "k", ...as(partial) });
    const versionId = put.headers["x-oss-version-id"] ?? "";
    expect(versionId).not.toBe("");
    const get = (one: SimulatorUser, query: Readonly<Record<string, string>> = {}) =>
      refusalOf({ method: "GET", key: "k", query, ...as(one) });
    expect((await get(partial)).status).toBe(200);
    expect(await get(partial, { versionId })).toMatchObject({ status: 403, action: "oss:GetObjectVersion" });
    expect((await get(full, { versionId })).status).toBe(200);
    const list = (version: string) => {
      const text = `<Delete><Object><Key>k</Key>${version}</Object></Delete>`;
      const md5 = createHash("md5").update(text).digest("base64");
      return { method: "POST", query: { delete: "" }, headers: { "content-md5": md5 }, body: text };
    };
    const one = list(`<VersionId>${versionId}</VersionId>`);
    expect(await refusalOf({ ...one, ...as(partial) })).toMatchObject({ action: "oss:DeleteObjectVersion" });
    expect(await statusOf({ ...list(""), ...as(partial) })).toBe(200);
    expect(await statusOf({ ...one, ...as(full) })).toBe(200);
  });

  it("sets tags, which needs oss:PutObjectTagging besides", async () => {
    const tagged = { method: "PUT", key: "t", body: "t", headers: { "x-oss-tagging": "a=b" } };
    expect(await refusalOf({ ...tagged, ...as(partial) })).toMatchObject({ action: "oss:PutObjectTagging" });
    expect(await statusOf({ ...tagged, ...as(full) })).toBe(200);
  });

  it("signs a form, whose sender is judged and not the one without a name who posts it", async () => {
    const reader = user("reader", allow("oss:GetObject", "*"));
    await simulator.stop();
    await start([partial, reader]);
    const post = async (one: SimulatorUser) => {
      const conditions = [{ bucket }, ["starts-with", "$key", "form/"]];
      const expiration = new Date(Date.now() + 60_000).toISOString();
      const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
      const form = new FormData();
      form.set("key", "form/k");
      form.set("OSSAccessKeyId", one.accessKeyId);
      form.set("policy", policy);
      form.set("Signature", createHmac("sha1", one.accessKeySecret).update(policy).digest("base64"));
      form.set("file", new Blob(["form"]));
      return (await fetch(`${simulator.endpoint}/${bucket}`, { method: "POST", body: form })).status;
    };
    expect([await post(partial), await post(reader)]).toEqual([204, 403]);
    expect(await statusOf({ method: "GET", key: "form/k", ...as(reader) })).toBe(200);
  });
});

describe("ACLs", () => {
  beforeEach(() => start());
  const anonymous = (method: string, key: string, body = "") =>
    send(simulator.port, method, `/${bucket}/${key}`, {}, body).then(({ status }) => status);

  it("let anonymous requests read and write what is public, and nothing else", async () => {
    await statusOf({ method: "PUT", key: "k", body: "k" });
    expect([await anonymous("GET", "k"), await anonymous("PUT", "k", "x")]).toEqual([403, 403]);
    await statusOf({ method: "PUT", query: { acl: "" }, headers: { "x-oss-acl": "public-read" } });
    expect([await anonymous("GET", "k"), await anonymous("PUT", "k", "x")]).toEqual([200, 403]);
    expect([await anonymous("GET", "?acl"), await anonymous("GET", "?policy")]).toEqual([403, 403]);
    await statusOf({ method: "PUT", query: { acl: "" }, headers: { "x-oss-acl": "public-read-write" } });
    expect([await anonymous("PUT", "n", "x"), await anonymous("DELETE", "n")]).toEqual([200, 204]);
    expect([await anonymous("DELETE", "?policy"), await anonymous("DELETE", "")]).toEqual([403, 403]);
  });

  it("of an object count before its bucket's", async () => {
    await statusOf({ method: "PUT", key: "open", body: "o", headers: { "x-oss-object-acl": "public-read" } });
    await statusOf({ method: "PUT", key: "shut", body: "s", headers: { "x-oss-object-acl": "private" } });
    expect([await anonymous("GET", "open"), await anonymous("HEAD", "open")]).toEqual([200, 200]);
    await statusOf({ method: "PUT", query: { acl: "" }, headers: { "x-oss-acl": "public-read" } });
    expect([await anonymous("GET", "shut"), await anonymous("GET", "none")]).toEqual([403, 404]);
  });
});

describe("a bucket's policy", () => {
  const reader = user("reader");
  const guest = user("guest", allow("oss:*", "*"));
  const poor = user("poor");

  beforeEach(async () => {
    await start([reader], [guest, poor]);
    await statusOf({ method: "PUT", key: "k", body: "k" });
  });

  const get = (one: Parameters<typeof as>[0]) => statusOf({ method: "GET", key: "k", ...as(one) });
  const objects = `acs:oss:*:${owner.accountId}:${bucket}/*`;

  it("is kept as it was put, told, and removed", async () => {
    expect(await refusalOf({ method: "GET", query: { policy: "" } })).toMatchObject({
      status: 404,
      code: "NoSuchBucketPolicy",
    });
    await setPolicy(allow("oss:GetObject", objects, { Principal: ["*"] }));
    const told = await sendOss(simulator, { method: "GET", bucket, query: { policy: "" } });
    expect(JSON.parse(told.body.toString())).toMatchObject({ Version: "1" });
    const status = await sendOss(simulator, { method: "GET", bucket, query: { policyStatus: "" } });
    expect(status.body.toString()).toContain("<IsPublic>true</IsPublic>");
    expect(await statusOf({ method: "DELETE", query: { policy: "" } })).toBe(204);
    expect(await statusOf({ method: "GET", query: { policy: "" } })).toBe(404);
  });

  it("is refused when it is none, or too long", async () => {
    const put = (body: string) => refusalOf({ method: "PUT", query: { policy: "" }, body });
    expect(await put("{")).toMatchObject({ status: 400, code: "InvalidPolicyDocument" });
    expect(await put(JSON.stringify({ Version: 1, Statement: [] }))).toMatchObject({ ec: "0030-00000005" });
    expect(await put(" ".repeat(20_000))).toMatchObject({ ec: "0030-00000001" });
  });

  it("lets users in by id, and other accounts together with their own policies", async () => {
    expect([await get(reader), await get(stranger), await get(guest)]).toEqual([403, 403, 403]);
    await setPolicy(allow("oss:GetObject", objects, { Principal: [stranger.accountId] }));
    expect([await get(stranger), await get(guest), await get(poor)]).toEqual([200, 200, 403]);
    await setPolicy(
      allow("oss:Get*", objects, { Principal: { RAM: [`acs:ram::${owner.accountId}:user/reader`] } }),
    );
    expect([await get(reader), await get(guest)]).toEqual([200, 403]);
    expect(await statusOf({ method: "PUT", key: "k", body: "x", ...as(reader) })).toBe(403);
  });

  it("denies users and other accounts, and its owner only under a condition", async () => {
    const denial = { Effect: "Deny", Action: "oss:*", Resource: objects, Principal: ["*"] };
    await setPolicy(denial, allow("oss:GetObject", objects, { Principal: ["*"] }));
    expect([await get(owner), await get(reader), await get(guest)]).toEqual([200, 403, 403]);
    expect(await refusalOf({ method: "GET", key: "k", ...as(guest) })).toMatchObject({
      ec: "0003-00000201",
      kind: "ExplicitDeny",
      policy: "ResourceBasedPolicy",
    });
    await setPolicy({ ...denial, Condition: { NotIpAddress: { "acs:SourceIp": "10.0.0.0/8" } } });
    expect(await get(owner)).toBe(403);
    expect(await statusOf({ method: "DELETE", query: { policy: "" } })).toBe(204);
    expect(await get(owner)).toBe(200);
  });

  it("opens a bucket to anonymous requests", async () => {
    for (const Principal of ["*", ["*"], []]) {
      await setPolicy(allow("oss:GetObject", objects, { Principal }));
      expect((await send(simulator.port, "GET", `/${bucket}/k`)).status).toBe(200);
      expect((await send(simulator.port, "PUT", `/${bucket}/k`, {}, "x")).status).toBe(403);
    }
  });
});

describe("a new account", () => {
  it("reaches no data of a mainland bucket under the cloud's public names, and manages it still", async () => {
    simulator = await Simulator.start({ switches: { newAccount: true } });
    await statusOf({ method: "PUT" });
    await statusOf({ method: "PUT", key: "k", body: "k", headers: { "x-oss-object-acl": "public-read" } });
    const host = `${bucket}.oss-cn-hangzhou.aliyuncs.com`;
    const data: [string, string][] = [
      ["GET", "/k"],
      ["HEAD", "/k"],
      ["PUT", "/k"],
      ["DELETE", "/k"],
      ["POST", "/k?uploads"],
      ["PUT", "/k?partNumber=1&uploadId=U"],
      ["POST", "/k?uploadId=U"],
      ["DELETE", "/k?uploadId=U"],
      ["GET", "/k?acl"],
      ["GET", "/"],
      ["GET", "/?list-type=2"],
      ["GET", "/?uploads"],
      ["POST", "/?delete"],
    ];
    for (const [method, path] of data) {
      const answer = await send(simulator.port, method, path, { host });
      expect([method, path, answer.status, answer.headers["x-oss-ec"]]).toEqual([
        method,
        path,
        400,
        "0048-00000401",
      ]);
    }
    for (const path of ["/?bucketInfo", "/?acl", "/?policy", "/?location"]) {
      const answer = await send(simulator.port, "GET", path, { host });
      expect([path, answer.status, answer.code]).toEqual([path, 403, "AccessDenied"]);
    }
    const inside = { host: `${bucket}.oss-cn-hangzhou-internal.aliyuncs.com` };
    expect((await send(simulator.port, "GET", "/k", inside)).status).toBe(200);
  });
});
