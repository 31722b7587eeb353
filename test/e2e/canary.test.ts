import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { forwardProxy, listening, testCertificate, tlsBefore } from "@sampan/cloud/testing";
import { Migration } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { type SampanResult, sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * Secrets planted wherever one can stand, and looked for in everything the program leaves: what it prints, journals, its debug log, files of its home.
 * The program believes it talks to Alibaba Cloud: a proxy leads every host of the vendor's to a simulator, or to a server that
 * repeats in its answers whatever it was sent. Slow because it starts the program a dozen times and runs one whole migration.
 */

/** Secrets by where they are planted. Their lengths divide by three, so that their Base64 has one form an offset. */
const canary = {
  environment: "CanaryOfEnvironmentVariables01",
  token: "CanaryOfASecurityToken00000002",
  config: "CanaryOfTheCommandLinesFile003",
  ini: "CanaryOfTheLibrariesFile000004",
  sts: "CanaryOfAnAnswerOfSts000000005",
  uri: "CanaryOfAnAnswerOfAnAddress006",
  uriPassword: "CanaryOfAPasswordInAnAddress07",
  program: "CanaryOfWhatAProgramPrinted008",
  argument: "CanaryOfAnArgumentOfAProgram09",
  proxy: "CanaryOfThePasswordOfAProxy010",
  access: "CanaryOfAnAccessTokenOfSso0011",
  code: "CanaryOfCodeThatIsEvaluated012",
} as const;

const key = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c",
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: canary.environment,
};
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

let folder = "";
/** Where every run of the program writes its debug log to. */
const debugLog = "debug.log";
let behind: "simulator" | "echo" | "reset" = "simulator";
let proxied: Record<string, string> = {};
let double = "";
const closers: (() => Promise<unknown>)[] = [];
const said: SampanResult[] = [];

/** Answers keys with canaries where keys are asked for; elsewhere with all that it was sent. */
const repeating: http.RequestListener = (request, response) => {
  const url = new URL(request.url ?? "/", "http://double");
  const stolen = { AccessKeyId: "STS.canary", SecurityToken: canary.sts, Expiration: inAnHour() };
  if (request.headers["x-acs-action"] === "AssumeRole") {
    return void response.end(JSON.stringify({ Credentials: { ...stolen, AccessKeySecret: canary.sts } }));
  }
  if (url.pathname === "/key") {
    return void response.end(
      JSON.stringify({ ...stolen, AccessKeySecret: canary.uri, SecurityToken: canary.uri }),
    );
  }
  const seen = JSON.stringify([request.url, request.headers]);
  const asJson = url.pathname === "/cloud-credentials";
  response.writeHead(asJson ? 401 : 403, { "content-type": asJson ? "application/json" : "text/html" });
  response.end(asJson ? JSON.stringify({ ErrorMessage: seen }) : `<html>${seen}</html>`);
};

beforeAll(async () => {
  folder = await makeFolder();
  const simulator = await Simulator.start({
    timeScale: 2000,
    switches: { importRole: "ready" },
    accounts: [
      {
        accountId: "1000000000000001",
        accessKeyId: key.ALIBABA_CLOUD_ACCESS_KEY_ID,
        accessKeySecret: canary.environment,
      },
    ],
  });
  const echo = await listening(http.createServer(repeating));
  const reset = await listening(http.createServer((request) => request.socket.resetAndDestroy()));
  const secured = {
    simulator: await tlsBefore(Number(new URL(simulator.endpoint).port)),
    echo: await tlsBefore(echo.port),
    reset: await tlsBefore(reset.port),
  };
  const proxy = await forwardProxy({
    portOf: (name) => (name.endsWith(".aliyuncs.com") ? secured[behind].port : undefined),
    credentials: `ann:${canary.proxy}`,
  });
  double = `http://127.0.0.1:${echo.port}`;
  closers.push(
    () => simulator.stop(),
    () => echo.close(),
    () => reset.close(),
    () => proxy.close(),
  );
  closers.push(...Object.values(secured).map((one) => () => one.close()));
  const trusted = join(folder, "trusted.pem");
  await writeFile(trusted, testCertificate.cert);
  proxied = {
    HTTPS_PROXY: `http://ann:${canary.proxy}@127.0.0.1:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: trusted,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
  };
  await writeFirstGuest(join(folder, "guest.qcow2"));
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program with a home that holds these files. */
async function run(
  args: readonly string[],
  world: {
    readonly env?: Record<string, string>;
    readonly files?: Record<string, string>;
    readonly at?: typeof behind;
  } = {},
): Promise<SampanResult> {
  behind = world.at ?? "simulator";
  const home = join(folder, `home-${said.length}`);
  await mkdir(home);
  for (const [name, text] of Object.entries(world.files ?? {})) {
    await mkdir(join(home, name, ".."), { recursive: true });
    await writeFile(join(home, name), text, { mode: 0o600 });
  }
  const env = { ...proxied, HOME: home, SAMPAN_DEBUG_LOG: debugLog, ...world.env };
  const done = await sampan(args, { cwd: folder, env });
  said.push(done);
  await rm(home, { recursive: true });
  return done;
}

const config = (fields: object) => ({
  ".aliyun/config.json": JSON.stringify({ current: "default", profiles: [{ name: "default", ...fields }] }),
});
const whoami = ["whoami", "--cloud", "alibaba"];
const asProfile = { access_key_id: "LTAI5tOfTheProfile0000", access_key_secret: canary.config };

/** Every way in which a canary may be written. */
function forms(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from("x".repeat(offset) + secret).toString("base64");
    return text.slice(offset === 0 ? 0 : 4, text.length - 4);
  });
  return [secret, ...base64, Buffer.from(secret).toString("hex"), encodeURIComponent(secret)];
}

describe("a secret planted in every source of credentials and every answer", () => {
  it("lets a whole migration to what it takes for Alibaba Cloud succeed, through a proxy", async () => {
    const plan = Migration.from("guest.qcow2")
      .assess()
      .capture()
      .toVhd()
      .upload("canary-images", { createBucket: true })
      .import({ name: "web-01" });
    await writePlan(folder, plan);
    const done = await run(["run", "plan.json", "--cloud", "alibaba", "--yes", "--json"], { env: key });
    expect(done.exitCode, done.stderr + done.stdout.slice(-2000)).toBe(0);
    expect(done.events("run.started")[0]?.cloud).toMatchObject({ name: "alibaba", rehearsal: false });
  });

  it("is masked by whoami, whatever the source", async () => {
    const one = await run(whoami, { env: key });
    expect([one.exitCode, one.stdout.includes("LTAI…9f2c")], one.stderr).toEqual([0, true]);
    const doctor = await run(["doctor", "--json"], { env: key });
    expect(doctor.exitCode).toBe(0);
    const program = join(folder, "print-key.mjs");
    const printed = {
      mode: "StsToken",
      access_key_id: "STS.program",
      access_key_secret: canary.program,
      sts_token: canary.program,
    };
    await writeFile(
      program,
      `console.error(${JSON.stringify(canary.argument)}); console.log(${JSON.stringify(JSON.stringify(printed))})`,
    );
    const external = `${process.execPath} ${program} ${canary.argument}`;
    const sources: Parameters<typeof run>[1][] = [
      { files: config({ ...asProfile, mode: "AK" }) },
      {
        files: config({
          ...asProfile,
          mode: "RamRoleArn",
          ram_role_arn: "acs:ram::1:role/r",
          ram_session_name: "s",
        }),
      },
      { files: config({ mode: "External", process_command: external }) },
      {
        files: config({
          mode: "CredentialsURI",
          credentials_uri: double.replace("//", `//a:${canary.uriPassword}@`).concat("/key"),
        }),
      },
      {
        files: config({
          mode: "CloudSSO",
          access_token: canary.access,
          cloud_sso_access_token_expire: 4e9,
          cloud_sso_sign_in_url: double,
          cloud_sso_account_id: "1",
          cloud_sso_access_config: "ac",
        }),
      },
      {
        files: {
          ".alibabacloud/credentials": `[default]\ntype=sts\naccess_key_id=LTAI5tOfTheIni0000000\naccess_key_secret=${canary.ini}\nsecurity_token=${canary.token}\n`,
        },
      },
      { env: { ALIBABA_CLOUD_CREDENTIALS_URI: `${double}/key?password=${canary.uriPassword}` } },
    ];
    for (const source of sources) {
      // The key is refused: by the simulator, which does not know it, and by the other with a page that repeats it.
      for (const at of ["simulator", "echo"] as const) {
        const done = await run([...whoami, "--json"], { ...source, at });
        expect([1, 4], done.stdout).toContain(done.exitCode);
        expect(done.json<{ code: string }>().code).toMatch(
          /^CLOUD_(CREDENTIALS_REFUSED|ANSWER_INVALID|PERMISSION_DENIED|FAILED)$/,
        );
      }
    }
  }, 120_000);

  it("is in no file of names, whether they could be asked for or not", async () => {
    const cache = join(folder, "cache");
    const refresh = ["names", "--refresh", "--cloud", "alibaba", "--json"];
    const asked = await run(refresh, { env: { ...key, SAMPAN_CACHE: cache } });
    expect(asked.exitCode, asked.stderr + asked.stdout).toBe(0);
    const { path, buckets } = asked.json<{ path: string; buckets: { name: string }[] }>();
    expect(buckets.map(({ name }) => name)).toEqual(["canary-images"]);
    expect(await readFile(path, "utf8")).toContain("canary-images");
    const refused = await run(refresh, { env: { ...key, SAMPAN_CACHE: cache }, at: "echo" });
    expect(refused.exitCode).not.toBe(0);
  });

  it("is in nothing that is told of code which is evaluated, and fails", async () => {
    const code = `const accessKeySecret = "${canary.code}"; throw Object.assign(new Error("on purpose"), { accessKeySecret });`;
    const done = await run(["-e", code]);
    expect([done.exitCode, done.stderr.includes("on purpose")], done.stderr).toEqual([1, true]);
  });

  it("is in no report of a broken file", async () => {
    for (const text of [`{"profiles": [{"access_key_secret": "${canary.config}" "x"`, `${canary.config}`]) {
      const done = await run(whoami, { files: { ".aliyun/config.json": text } });
      expect([done.exitCode, done.stderr.includes("config.json: line 1")], done.stderr).toEqual([4, true]);
    }
    const ini = { ".alibabacloud/credentials": `[default]\n${canary.ini}\n` };
    expect((await run(whoami, { files: ini })).stderr).toContain("line 2");
  });

  it("is in nothing that a run leaves which fails or dies", async () => {
    const token = { ALIBABA_CLOUD_SECURITY_TOKEN: canary.token };
    const again = ["run", "plan.json", "--again", "--cloud", "alibaba", "--yes", "--json"];
    const wrong = await run(again, { env: { ...key, ALIBABA_CLOUD_ACCESS_KEY_SECRET: canary.ini } });
    expect(wrong.exitCode, wrong.stdout.slice(-1000)).toBe(4);
    const refused = await run(again, { env: { ...key, ...token } });
    expect(refused.exitCode).not.toBe(0);
    const page = await run(again, { env: key, at: "echo" });
    expect(page.exitCode).not.toBe(0);
    const crash = `data:text/javascript,${encodeURIComponent('setTimeout(() => { throw new Error("crashed"); }, 900)')}`;
    const crashed = await run(again, { env: { ...key, NODE_OPTIONS: `--import=${crash}` }, at: "reset" });
    expect([crashed.exitCode, crashed.stderr.includes("crashed")]).toEqual([1, true]);
    const proxyless = await run(again, {
      env: { ...key, HTTPS_PROXY: `http://bob:${canary.proxy}@127.0.0.1:9` },
    });
    expect(proxyless.exitCode).not.toBe(0);
  }, 120_000);

  it("shows in no output, event, journal, log or file, in no form", async () => {
    // The search itself: a header a proxy was sent would be found.
    const header = Buffer.from(`ann:${canary.proxy}`).toString("base64");
    expect(forms(canary.proxy).some((form) => header.includes(form))).toBe(true);
    const left: [string, string][] = said.map((done, index) => [
      `output ${index}`,
      done.stdout + done.stderr,
    ]);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || /print-key\.mjs$|\.qcow2$/.test(path)) continue;
      left.push([path, (await readFile(path)).toString("latin1")]);
    }
    expect(said.length).toBeGreaterThan(20);
    expect(left.some(([path]) => path.endsWith("journal.ndjson"))).toBe(true);
    // The log for debugging has whatever was sent and answered, and the program for credentials that was started.
    const debug = left.find(([path]) => path === join(folder, debugLog))?.[1] ?? "";
    const told = [
      / action=ImportImage .*requestId=/,
      / method=CONNECT /,
      / http request failed .*code=ECONNREFUSED /,
      / error thrown ended=process .*error=crashed /,
      / name=node arguments=2/,
    ];
    expect(told.filter((pattern) => !pattern.test(debug))).toEqual([]);
    expect(debug.match(/ program begins /g)?.length).toBe(said.length);
    const found = Object.entries(canary).flatMap(([name, secret]) =>
      left.flatMap(([path, text]) =>
        forms(secret).some((form) => text.includes(form)) ? [`${name} in ${path}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });
});
