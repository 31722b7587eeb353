import { inspect } from "node:util";
import { refused, virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { type CredentialSearch, findCredentials } from "./find-credentials.ts";
import type { HttpAnswer, HttpRequest } from "./http-port.ts";
import type { CredentialPorts } from "./ports.ts";

/*
 * One file, though it is long: every place and mode is tried in one world of files, variables and answers, in the order of the
 * search, so that a missing one is seen.
 */

const now = Date.UTC(2026, 0, 1);
const later = new Date(now + 3_600_000).toISOString();
const config = "/h/.aliyun/config.json";
const ini = "/h/.alibabacloud/credentials";
const ecsOff = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };

interface World {
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string | object>;
  readonly answer?: (request: HttpRequest) => Partial<HttpAnswer> | object | undefined;
  readonly program?: (argv: readonly string[]) => string;
  readonly readableByOthers?: boolean;
}

/** A machine in memory: variables, files, services. */
function machine({ env = ecsOff, files = {}, answer, program, readableByOthers = false }: World) {
  const asked: HttpRequest[] = [];
  const written = new Map<string, string>();
  const ran: (readonly string[])[] = [];
  const ports: CredentialPorts = {
    env,
    home: "/h",
    clock: virtualClock({ startMs: now }),
    metadataUrl: "http://metadata.test",
    stsUrl: undefined,
    async readFile(path) {
      const found = written.get(path) ?? files[path];
      if (found === undefined) return undefined;
      return { text: typeof found === "string" ? found : JSON.stringify(found), readableByOthers };
    },
    async replaceFile(path, text) {
      written.set(path, text);
    },
    async runProgram(argv) {
      ran.push(argv);
      return program?.(argv) ?? "";
    },
    async http(request) {
      asked.push(request);
      const given = answer?.(request);
      if (given === undefined) throw new Error("nobody answers");
      if ("status" in given || "text" in given) return { status: 200, text: "", ...given };
      return { status: 200, text: JSON.stringify(given) };
    },
  };
  return { ports, asked, written, ran };
}

async function keyOf(world: World, search: Omit<CredentialSearch, "ports"> = {}) {
  const given = machine(world);
  const found = await findCredentials({ ...search, ports: given.ports });
  const key = await found.provider.get();
  return {
    ...given,
    found,
    id: key.accessKeyId,
    secret: key.accessKeySecret.reveal(),
    token: key.securityToken?.reveal(),
    expiresAt: key.expiresAt,
  };
}

const profile = (mode: string, fields: object = {}, name = "default") => ({ name, mode, ...fields });
const profiles = (...list: object[]) => ({ [config]: { current: "default", profiles: list } });
const long = { access_key_id: "LTAI-long-lived-key", access_key_secret: "long" };
const role = { ram_role_arn: "acs:ram::1:role/deploy", ram_session_name: "s" };
const stsAnswer = {
  Credentials: { AccessKeyId: "STS.role", AccessKeySecret: "short", SecurityToken: "tok", Expiration: later },
};
const flatAnswer = {
  Code: "Success",
  AccessKeyId: "STS.flat",
  AccessKeySecret: "short",
  SecurityToken: "tok",
  Expiration: later,
};
const imds = ({ url, method, headers }: HttpRequest) => {
  if (method === "PUT") return { text: "metadata-token" };
  if (headers?.["x-aliyun-ecs-metadata-token"] !== "metadata-token") return { status: 403 };
  return url.pathname.endsWith("/security-credentials/") ? { text: "web-role" } : flatAnswer;
};

describe("every mode of a profile", () => {
  it.each(["AK", "ak", "Ak"])("%s is the key in the profile", async (mode) => {
    const { id, secret, found } = await keyOf({
      files: profiles(profile(mode, { ...long, region_id: "cn-beijing" })),
    });
    expect([id, secret]).toEqual(["LTAI-long-lived-key", "long"]);
    expect(found.region).toMatchObject({ value: "cn-beijing" });
    expect(found.profile).toEqual({ value: "default", source: config });
  });

  it("StsToken is the key with its token", async () => {
    const given = await keyOf({ files: profiles(profile("ststoken", { ...long, sts_token: "tok" })) });
    expect(given.token).toBe("tok");
  });

  it("RamRoleArn asks STS of its region with the profile's key", async () => {
    const fields = { ...long, ...role, sts_region: "cn-beijing", expired_seconds: 900, external_id: "x" };
    const given = await keyOf({ files: profiles(profile("RamRoleArn", fields)), answer: () => stsAnswer });
    expect([given.id, given.token, given.expiresAt]).toEqual(["STS.role", "tok", now + 3_600_000]);
    const [request] = given.asked;
    expect(request?.url.host).toBe("sts.cn-beijing.aliyuncs.com");
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      RoleArn: role.ram_role_arn,
      RoleSessionName: "s",
      DurationSeconds: "900",
      ExternalId: "x",
    });
    expect(request?.headers?.authorization).toMatch(/^ACS3-HMAC-SHA256 Credential=LTAI-long-lived-key,/);
  });

  it("ChainableRamRoleArn assumes its role with what its source profile gives", async () => {
    const files = profiles(
      profile("ChainableRamRoleArn", { ...role, source_profile: "middle" }),
      profile("RamRoleArn", { ...long, ram_role_arn: "acs:ram::1:role/middle" }, "middle"),
    );
    const given = await keyOf({ files, answer: () => stsAnswer });
    expect(given.asked.map(({ url }) => url.searchParams.get("RoleArn"))).toEqual([
      "acs:ram::1:role/middle",
      role.ram_role_arn,
    ]);
    expect(given.asked[1]?.headers?.["x-acs-security-token"]).toBe("tok");
  });

  it("refuses profiles that lead back to themselves", async () => {
    const chain = (name: string, next: string) =>
      profile("ChainableRamRoleArn", { ...role, source_profile: next }, name);
    const files = profiles(chain("default", "b"), chain("b", "default"));
    const error = await refused(keyOf({ files }));
    expect(error).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID" });
    expect(error.message).toContain("leads back to itself");
  });

  it("EcsRamRole asks the metadata service, by version 2", async () => {
    const given = await keyOf({
      env: {},
      files: profiles(profile("EcsRamRole", { ram_role_name: "web-role" })),
      answer: imds,
    });
    expect(given.id).toBe("STS.flat");
    expect(given.asked.every(({ direct }) => direct)).toBe(true);
  });

  it.each(["RamRoleArnWithRoleName", "EcsRamRoleArn"])(
    "%s assumes a role with the instance's own",
    async (mode) => {
      const given = await keyOf({
        env: {},
        files: profiles(profile(mode, { ...role, ram_role_name: "web-role" })),
        answer: (request) => (request.url.host === "sts.aliyuncs.com" ? stsAnswer : imds(request)),
      });
      expect(given.id).toBe("STS.role");
      expect(given.asked.at(-1)?.headers?.["x-acs-accesskey-id"]).toBe("STS.flat");
    },
  );

  it("OIDC reads its token anew for every key, and signs nothing", async () => {
    const fields = {
      ...role,
      oidc_provider_arn: "acs:ram::1:oidc-provider/k",
      oidc_token_file: "/run/token",
    };
    const given = await keyOf({
      files: { ...profiles(profile("OIDC", fields)), "/run/token": "jwt\n" },
      answer: () => stsAnswer,
    });
    expect(given.asked[0]?.url.searchParams.get("Action")).toBe("AssumeRoleWithOIDC");
    expect(given.asked[0]?.body).toContain("OIDCToken=jwt");
    expect(given.asked[0]?.headers?.authorization).toBeUndefined();
  });

  it("CloudSSO uses the key the command line left, then exchanges its token and writes back", async () => {
    const fields = {
      cloud_sso_sign_in_url: "https://signin.test/start",
      cloud_sso_account_id: "1",
      cloud_sso_access_config: "ac-1",
      access_token: "bearer",
      cloud_sso_access_token_expire: now / 1000 + 600,
      unknown_field: { kept: true },
    };
    const held = { ...long, sts_token: "held", sts_expiration: now / 1000 + 3600 };
    const first = await keyOf({ files: profiles(profile("CloudSSO", { ...fields, ...held })) });
    expect([first.token, first.asked]).toEqual(["held", []]);
    const given = await keyOf({
      files: profiles(profile("CloudSSO", fields)),
      answer: () => ({ CloudCredential: stsAnswer.Credentials }),
    });
    expect(given.asked[0]?.headers?.authorization).toBe("Bearer bearer");
    expect(given.asked[0]?.url.href).toBe("https://signin.test/cloud-credentials");
    expect(JSON.parse(given.written.get(config) ?? "").profiles[0]).toMatchObject({
      access_key_id: "STS.role",
      sts_token: "tok",
      sts_expiration: now / 1000 + 3600,
      unknown_field: { kept: true },
    });
    const ended = { ...fields, cloud_sso_access_token_expire: now / 1000 - 1 };
    const error = await refused(keyOf({ files: profiles(profile("CloudSSO", ended)) }));
    expect(error.hint).toContain("aliyun configure --mode CloudSSO");
  });

  it("OAuth replaces an old access token, keeps the new refresh token, and exchanges it", async () => {
    const fields = {
      oauth_site_type: "cn",
      oauth_access_token: "old",
      oauth_access_token_expire: 1,
      oauth_refresh_token: "r1",
    };
    const given = await keyOf({
      files: profiles(profile("OAuth", fields)),
      answer: ({ url }) =>
        url.pathname === "/v1/token"
          ? { access_token: "new", refresh_token: "r2", expires_in: 7200 }
          : { accessKeyId: "STS.oauth", accessKeySecret: "s", securityToken: "t", expiration: later },
    });
    expect(given.id).toBe("STS.oauth");
    expect(given.asked.map(({ url }) => url.href)).toEqual([
      "https://oauth.aliyun.com/v1/token",
      "https://oauth.aliyun.com/v1/exchange",
    ]);
    expect(given.asked[1]?.headers?.authorization).toBe("Bearer new");
    expect(JSON.parse(given.written.get(config) ?? "").profiles[0]).toMatchObject({
      oauth_access_token: "new",
      oauth_refresh_token: "r2",
      oauth_access_token_expire: now / 1000 + 7200,
      access_key_id: "STS.oauth",
    });
  });

  it("External runs a program without a shell, and never where that is forbidden", async () => {
    const files = profiles(profile("External", { process_command: `vault read 'my key' "a b" $HOME` }));
    const program = () =>
      JSON.stringify({
        mode: "StsToken",
        access_key_id: "STS.ext",
        access_key_secret: "s",
        sts_token: "t",
        expiration: later,
      });
    const given = await keyOf({ files, program });
    expect([given.id, given.expiresAt]).toEqual(["STS.ext", now + 3_600_000]);
    expect(given.ran).toEqual([["vault", "read", "my key", "a b", "$HOME"]]);
    const off = { ...ecsOff, ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS: "TRUE" };
    expect((await refused(keyOf({ env: off, files, program }))).message).toContain("start no program");
    expect((await refused(keyOf({ files, program }, { trusted: false }))).message).toContain("not trusted");
    const half = () => JSON.stringify({ mode: "StsToken", access_key_id: "STS.ext", access_key_secret: "s" });
    expect((await refused(keyOf({ files, program: half }))).message).toContain("no sts_token");
  });

  it("is asked once by all searches that share a memory, until its file says something else", async () => {
    const answer = JSON.stringify({
      access_key_id: "STS.N",
      access_key_secret: "s",
      sts_token: "t",
      expiration: later,
    });
    const profile = { name: "p", mode: "External", process_command: "give" };
    const remembered: NonNullable<CredentialSearch["remembered"]> = new Map();
    const found = async (
      more: object,
      search: CredentialSearch = {},
      env: Record<string, string> = ecsOff,
    ) => {
      const world = machine({
        env,
        files: { [config]: { current: "p", profiles: [{ ...profile, ...more }] } },
        program: () => answer,
      });
      const { provider } = await findCredentials({ ports: world.ports, remembered, ...search });
      await provider.get();
      return world.ran.length;
    };
    expect(await found({})).toBe(1);
    expect(await found({})).toBe(0);
    expect(await found({ process_command: "give another" })).toBe(1);
    expect(await found({ process_command: "give another" }, {}, { ...ecsOff, ACCOUNT: "two" })).toBe(1);
    const settled = {
      ...ecsOff,
      ACCOUNT: "two",
      SAMPAN_CLOUD: "alibaba",
      ALIBABA_CLOUD_REGION_ID: "cn-beijing",
    };
    expect(await found({ process_command: "give another" }, {}, settled)).toBe(0);
    // One for each profile: of those before nothing is kept.
    expect(remembered.size).toBe(1);
    expect(await found({}, { remembered: undefined })).toBe(1);
    // What may not be started is not used either because it once was.
    expect((await refused(found({}, { trusted: false }))).code).toBe("CLOUD_CREDENTIALS_INVALID");
  });

  it("CredentialsURI asks an address, with its password in a header and in no message", async () => {
    const files = profiles(
      profile("credentialsuri", { credentials_uri: "http://ann:c4nary@127.0.0.1:1/key" }),
    );
    const given = await keyOf({ files, answer: () => flatAnswer });
    expect(given.id).toBe("STS.flat");
    expect(given.asked[0]?.headers?.authorization).toMatch(/^Basic /);
    expect(given.asked[0]?.url.href).toBe("http://127.0.0.1:1/key");
    const error = await refused(keyOf({ files, answer: () => ({ status: 500, text: "c4nary" }) }));
    expect(error).toMatchObject({ code: "CLOUD_ANSWER_INVALID", retryable: true });
    expect(inspect(error) + JSON.stringify(error)).not.toContain("c4nary");
  });

  it.each(["BearerToken", "Anonymous", "RsaKeyPair"])("%s is refused by its name", async (mode) => {
    const error = await refused(keyOf({ files: profiles(profile(mode.toUpperCase(), long)) }));
    expect(error).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID" });
    expect(error.message).toContain(mode);
  });

  it("refuses what is unknown or names no role, without repeating it", async () => {
    for (const fields of [
      { mode: "Martian-c4nary" },
      { mode: "RamRoleArn", ...long, ram_role_arn: "c4nary" },
      { mode: "EcsRamRole", ram_role_name: "c4nary role" },
    ]) {
      const error = await refused(keyOf({ files: profiles({ name: "default", ...fields }) }));
      expect(error).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID" });
      expect(inspect(error)).not.toContain("c4nary");
    }
  });
});

describe("the order of the places", () => {
  const everywhere: World = {
    env: {
      ALICLOUD_ACCESS_KEY: "LTAI-of-environment",
      ALICLOUD_SECRET_KEY: "env",
      ALIBABA_CLOUD_ROLE_ARN: role.ram_role_arn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "p",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/run/token",
      ALIBABA_CLOUD_CREDENTIALS_URI: "http://uri.test/key",
    },
    files: {
      ...profiles(
        profile("AK", { ...long, region_id: "cn-beijing" }),
        profile("AK", { access_key_id: "LTAI-other-profile", access_key_secret: "o" }, "other"),
      ),
      [ini]:
        "[default]\ntype = access_key\naccess_key_id = LTAI-of-ini\naccess_key_secret = i\n[batch]\ntype=ram_role_arn\naccess_key_id=a\naccess_key_secret=b\nrole_arn=acs:ram::1:role/batch\n",
      "/h/.ossutilconfig": "[Credentials]\naccess-key-ID = LTAI-of-ossutil\naccessKeySecret = o\n",
      "/run/token": "jwt",
    },
    answer: (request) => {
      if (request.url.host === "uri.test") return { ...flatAnswer, AccessKeyId: "STS.uri" };
      return request.url.host === "metadata.test" ? imds(request) : stsAnswer;
    },
  };
  const without = (...names: string[]): World => ({
    ...everywhere,
    env: Object.fromEntries(Object.entries(everywhere.env ?? {}).filter(([name]) => !names.includes(name))),
  });
  const noEnv = ["ALICLOUD_ACCESS_KEY"];
  const noOidc = [...noEnv, "ALIBABA_CLOUD_ROLE_ARN"];
  const noFiles = { ...without(...noOidc), files: {} };

  it.each<[string, World, Omit<CredentialSearch, "ports">, string]>([
    ["a profile that is asked for", everywhere, { profile: "other" }, "LTAI-other-profile"],
    [
      "a profile of the variable",
      { ...everywhere, env: { ...everywhere.env, ALICLOUD_PROFILE: "other" } },
      {},
      "LTAI-other-profile",
    ],
    ["a profile of the libraries' file", everywhere, { profile: "batch" }, "STS.role"],
    ["the environment", everywhere, {}, "LTAI-of-environment"],
    ["OIDC", without(...noEnv), {}, "STS.role"],
    ["the command line's file", without(...noOidc), {}, "LTAI-long-lived-key"],
    [
      "the libraries' file",
      { ...without(...noOidc), env: { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "1" } },
      {},
      "LTAI-of-ini",
    ],
    [
      "ossutil's file when asked",
      {
        ...noFiles,
        files: { "/h/.ossutilconfig": everywhere.files?.["/h/.ossutilconfig"] ?? "" },
      },
      { ossutilConfig: true },
      "LTAI-of-ossutil",
    ],
    ["the instance's role", noFiles, {}, "STS.flat"],
    ["the address", { ...noFiles, env: { ...noFiles.env, ...ecsOff } }, {}, "STS.uri"],
  ])("%s wins over what comes after it", async (_, world, search, expected) => {
    expect((await keyOf(world, search)).id).toBe(expected);
  });

  it("says of every place why it was passed over, and warns of a second key", async () => {
    const { found } = await keyOf(everywhere);
    expect(found.source).toBe("environment variables");
    expect(found.parts).toEqual({ id: "ALICLOUD_ACCESS_KEY", secret: "ALICLOUD_SECRET_KEY", token: "none" });
    expect(found.region).toBeUndefined();
    expect(found.passedOver.map(({ source }) => source)).toEqual([
      "OIDC variables",
      "~/.aliyun/config.json",
      "~/.alibabacloud/credentials",
      "~/.ossutilconfig",
      "ECS instance role",
      "ALIBABA_CLOUD_CREDENTIALS_URI",
    ]);
    expect(found.warnings).toEqual([
      'the environment names the key LTAI…ment, the profile "default" the key LTAI…-key: the variable is used',
    ]);
  });

  it("finds nothing in one question to the metadata service, and says where it looked", async () => {
    const given = machine({ env: {} });
    const error = await refused(findCredentials({ ports: given.ports }));
    expect(error).toMatchObject({ code: "CLOUD_CREDENTIALS_MISSING" });
    expect(given.asked).toHaveLength(1);
    expect(JSON.stringify(error.details.lookedIn)).toContain("ECS instance role");
  });

  it("ends at a place that cannot be used, rather than take another account", async () => {
    const files = {
      ...everywhere.files,
      [config]: '{"current":"default",\n"profiles":[{"access_key_secret":"c4nary" x',
    };
    const error = await refused(keyOf({ ...without(...noOidc), files }));
    expect(error).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID", details: { path: config, line: 2 } });
    expect(inspect(error) + JSON.stringify(error)).not.toContain("c4nary");
    const unknown = await refused(keyOf(everywhere, { profile: "absent" }));
    expect(unknown.message).toContain('"absent"');
  });

  it("refuses version 1 of the metadata service where that is switched off", async () => {
    const old = ({ method, url }: HttpRequest) => {
      if (method === "PUT") return { status: 404 };
      return url.pathname.endsWith("/") ? { text: "web-role" } : flatAnswer;
    };
    expect((await keyOf({ env: {}, answer: old })).id).toBe("STS.flat");
    const env = { ALIBABA_CLOUD_IMDSV1_DISABLED: "true" };
    expect(await refused(keyOf({ env, answer: old }))).toMatchObject({ code: "CLOUD_CREDENTIALS_MISSING" });
  });

  it("warns of a file that others may read", async () => {
    const { found } = await keyOf({ files: profiles(profile("AK", long)), readableByOthers: true });
    expect(found.warnings).toEqual([`${config} can be read by others on this machine: chmod 600 ${config}`]);
  });
});
