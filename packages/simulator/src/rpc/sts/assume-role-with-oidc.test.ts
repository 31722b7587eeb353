import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { simulatorAccounts } from "../../accounts.ts";
import { Simulator } from "../../simulator.ts";
import { callRpc, send, sendOss } from "../../testing/raw-client.ts";

const [owner] = simulatorAccounts;
const issuerUrl = "https://ci.example.com";
const providerArn = `acs:ram::${owner.accountId}:oidc-provider/ci`;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

let simulator: Simulator;

beforeEach(async () => {
  const publicKeys = [
    { ...rsa.publicKey.export({ format: "jwk" }), kid: "r" },
    { ...ec.publicKey.export({ format: "jwk" }), kid: "e" },
  ] as unknown as JsonObject[];
  const oidcProviders = [{ name: "ci", issuerUrl, clientIds: ["sampan"], publicKeys }];
  simulator = await Simulator.start({ accounts: [{ ...owner, oidcProviders }] });
  const trust = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Federated: [providerArn] },
    Condition: { StringEquals: { "oidc:aud": "sampan" }, StringLike: { "oidc:sub": "repo:web/*" } },
  };
  const ram = (action: string, parameters: Readonly<Record<string, string>>) =>
    callRpc(simulator, action, { RoleName: "ci", ...parameters }, { version: "2015-05-01" });
  await ram("CreateRole", { AssumeRolePolicyDocument: JSON.stringify({ Version: "1", Statement: [trust] }) });
  await ram("AttachPolicyToRole", { PolicyName: "AliyunOSSFullAccess", PolicyType: "System" });
});

afterEach(async () => {
  await simulator.stop();
});

interface TokenOptions {
  readonly header?: JsonObject;
  readonly key?: KeyObject;
  readonly encoding?: "ieee-p1363";
}

function tokenOf(claims: JsonObject = {}, options: TokenOptions = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = encode({ alg: "RS256", kid: "r", ...options.header });
  const body = encode({
    iss: issuerUrl,
    aud: "sampan",
    sub: "repo:web/main",
    iat: now,
    exp: now + 600,
    ...claims,
  });
  const key = options.key ?? rsa.privateKey;
  const signed = Buffer.from(`${head}.${body}`);
  const signature = sign("sha256", signed, options.encoding ? { key, dsaEncoding: options.encoding } : key);
  return `${head}.${body}.${signature.toString("base64url")}`;
}

async function assume(token: string, more: Readonly<Record<string, string>> = {}) {
  const form = new URLSearchParams({
    Action: "AssumeRoleWithOIDC",
    Version: "2015-04-01",
    Format: "JSON",
    Timestamp: new Date().toISOString(),
    SignatureNonce: "n",
    OIDCProviderArn: providerArn,
    RoleArn: `acs:ram::${owner.accountId}:role/ci`,
    RoleSessionName: "job-1",
    OIDCToken: token,
    ...more,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await send(simulator.port, "POST", "/", headers, form.toString());
  return { status: answer.status, json: JSON.parse(answer.body.toString()) as Record<string, unknown> };
}

describe("AssumeRoleWithOIDC", () => {
  it("gives a session to who holds a token of the provider, without any signature", async () => {
    const { status, json } = await assume(tokenOf());
    expect(status).toBe(200);
    expect(json).toMatchObject({
      AssumedRoleUser: { Arn: `acs:ram::${owner.accountId}:assumed-role/ci/job-1` },
      OIDCTokenInfo: { Subject: "repo:web/main", Issuer: issuerUrl, ClientIds: "sampan" },
    });
    const given = json.Credentials as Record<string, string>;
    const as = {
      accessKeyId: given.AccessKeyId ?? "",
      accessKeySecret: given.AccessKeySecret ?? "",
      securityToken: given.SecurityToken ?? "",
    };
    expect((await sendOss(simulator, { method: "PUT", bucket: "from-ci", as })).status).toBe(200);
    const elliptic = {
      header: { alg: "ES256", kid: "e" },
      key: ec.privateKey,
      encoding: "ieee-p1363",
    } as const;
    expect((await assume(tokenOf({ aud: ["other", "sampan"] }, elliptic))).status).toBe(200);
  });

  it.each<[string, string, string]>([
    ["another issuer", "Invalid", tokenOf({ iss: "https://evil.example.com" })],
    ["another client", "Invalid", tokenOf({ aud: "other" })],
    ["a time that is past", "Expired", tokenOf({ exp: Math.floor(Date.now() / 1000) - 120 })],
    ["no time", "Invalid", tokenOf({ exp: null })],
    [
      "a key of nobody",
      "Invalid",
      tokenOf({}, { key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey }),
    ],
    ["an algorithm that signs nothing", "Invalid", tokenOf({}, { header: { alg: "none" } })],
    ["an algorithm of shared secrets", "Invalid", tokenOf({}, { header: { alg: "HS256" } })],
    ["a key of another kind", "Invalid", tokenOf({}, { header: { alg: "ES256", kid: "r" } })],
    ["two parts", "Invalid", "a.b"],
    ["parts that are no JSON", "Invalid", "a.b.c"],
  ])("refuses a token with %s", async (_title, code, token) => {
    const { status, json } = await assume(token);
    expect([status, json.Code]).toEqual([400, `AuthenticationFail.OIDCToken.${code}`]);
  });

  it("refuses whom the trust policy does not mean, and providers and roles that are not there", async () => {
    const stranger = await assume(tokenOf({ sub: "repo:other/main" }));
    expect([stranger.status, stranger.json.Code]).toEqual([403, "AuthenticationFail.NoPermission"]);
    const nowhere = await assume(tokenOf(), { OIDCProviderArn: `${providerArn}2` });
    expect(nowhere.json.Code).toBe("EntityNotExist.OIDCProvider");
    const nobody = await assume(tokenOf(), { RoleArn: `acs:ram::${owner.accountId}:role/none` });
    expect(nobody.json.Code).toBe("EntityNotExist.Role");
  });

  it("keeps the token out of the request log", async () => {
    const token = tokenOf();
    await assume(token);
    expect(JSON.stringify(simulator.requests.list())).not.toContain(token);
  });
});
