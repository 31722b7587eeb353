import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describedFields, fieldsOf, undescribed } from "../testing/page-fields.ts";
import { runProgram } from "../testing/run-program.ts";
import { type Check, checkGroups } from "./check.ts";
import { checkNode } from "./machine.ts";
import { runChecks } from "./run-checks.ts";

const canary = "canary-secret-value";
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-doctor-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Report {
  readonly healthy: boolean;
  readonly cloud: string | null;
  readonly checks: readonly Check[];
  readonly permissions: readonly { readonly action: string; readonly verdict: string }[];
  readonly fixed: readonly string[];
}

async function doctor(argv: readonly string[], env: Record<string, string> = {}, columns?: number) {
  return runProgram(["doctor", ...argv], {
    env: {
      HOME: folder,
      PATH: "",
      NO_COLOR: "1",
      LANG: "C.UTF-8",
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      ...env,
    },
    cwd: folder,
    columns,
  });
}

async function report(argv: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, out } = await doctor([...argv, "--json"], env);
  return { exitCode, ...(JSON.parse(out) as Report) };
}

/** What is marked, by group and name, each with its fix. */
function marked({ checks }: Pick<Report, "checks">) {
  const wrong = checks.filter(({ state }) => state === "failed" || state === "warning");
  for (const { fix } of wrong) expect(fix).toMatch(/\w/);
  return wrong.map(({ group, name, state }) => `${group}: ${name} ${state}`);
}

const named = ({ checks }: Pick<Report, "checks">, name: string) =>
  checks.find((check) => check.name === name);

describe("the doctor, with no cloud chosen", () => {
  it("asks nobody but the built-in simulator, says so, and leaves nothing behind", async () => {
    // Whoever asked a network would be refused by this proxy.
    const found = await report([], { HTTPS_PROXY: "http://127.0.0.1:9" });
    expect(found).toMatchObject({ exitCode: 0, healthy: true, cloud: null, permissions: [], fixed: [] });
    expect(named(found, "cloud")).toMatchObject({
      state: "note",
      fact: "none chosen: nothing outside this machine was asked",
      fix: "sampan doctor --cloud alibaba",
    });
    expect(named(found, "simulator")).toMatchObject({
      state: "ok",
      fact: expect.stringContaining("regions") as string,
    });
    expect(named(found, "credentials")?.state).toBe("note");
    expect(named(found, "qemu-img")).toMatchObject({ state: "note", fix: "apt-get install qemu-utils" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("says which half of the credentials is missing and never a secret", async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c" };
    const half = await report([], env);
    expect(half.exitCode).toBe(3);
    expect(named(half, "credentials")).toMatchObject({ state: "warning" });
    const whole = await report([], { ...env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: canary });
    expect(named(whole, "credentials")?.fact).toContain("LTAI…9f2c");
    expect(JSON.stringify(whole)).not.toContain(canary);
    expect(JSON.stringify(whole)).not.toContain("ExampleExample");
  });

  it("names the proxy and the variable it is from, without its password, and what is no proxy", async () => {
    const used = await report([], {
      https_proxy: `http://ann:${canary}@proxy.test:3128`,
      NO_PROXY: "a.test",
    });
    expect(named(used, "proxy")).toMatchObject({
      state: "ok",
      fact: "the cloud is reached through http://proxy.test:3128, from https_proxy, except for a.test",
    });
    expect(JSON.stringify(used)).not.toContain(canary);
    expect(marked(await report([], { HTTPS_PROXY: `socks5://ann:${canary}@p` }))).toEqual([
      "network: proxy failed",
    ]);
  });

  it("tells of certificates that cannot be used, which Node.js passes over without a word", async () => {
    const missing = await report([], { NODE_EXTRA_CA_CERTS: join(folder, "no-ca.pem") });
    expect(marked(missing)).toEqual(["network: certificates failed"]);
    expect(named(missing, "certificates")?.fact).toContain("ENOENT");
    await writeFile(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\nbad\n-----END CERTIFICATE-----\n");
    expect(marked(await report([], { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }))).toEqual([
      "network: certificates failed",
    ]);
    expect(marked(await report([], { NODE_TLS_REJECT_UNAUTHORIZED: "0" }))).toEqual([
      "network: certificates warning",
    ]);
  });

  it("fails with a fix for an old Node, an unknown cloud, and settings that are broken", async () => {
    expect(checkNode("20.18.3")).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("20.19") as string,
    });
    expect(checkNode("20.19.0").state).toBe("ok");
    expect(checkNode("24.1.0").state).toBe("ok");
    expect(marked(await report([], { SAMPAN_CLOUD: "aws" }))).toEqual(["account: cloud failed"]);
    await writeFile(join(folder, "sampan.config.ts"), 'export default { secretKey: "x" };');
    const broken = await report([]);
    expect(marked(broken)).toEqual(["this machine: settings failed"]);
    expect(broken.exitCode).toBe(1);
  });

  it.skipIf(process.platform === "win32")(
    "mends with --fix what is on this machine, and nothing else",
    async () => {
      await mkdir(join(folder, ".aliyun"));
      const path = join(folder, ".aliyun", "config.json");
      await writeFile(path, JSON.stringify({ current: "a", profiles: [] }));
      await chmod(path, 0o644);
      const before = await report([]);
      expect(named(before, "credential file")).toMatchObject({ state: "warning", fix: `chmod 600 ${path}` });
      expect((await stat(path)).mode & 0o777).toBe(0o644);
      const after = await report(["--fix"]);
      expect(after.fixed).toEqual([
        `made the folder ${join(folder, ".sampan")}`,
        `made ${path} readable by you alone`,
      ]);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(named(after, "credential file")?.state).toBe("ok");
      expect(named(after, "journals")?.state).toBe("ok");
    },
  );

  it("takes a check that breaks, or takes too long, for one that failed", async () => {
    const world = { env: { HOME: folder, PATH: "" }, cwd: folder, home: join(folder, ".sampan") };
    const tasks = [
      {
        group: "quotas" as const,
        name: "broken",
        limitMs: 60_000,
        run: () => Promise.reject(new Error("oh")),
      },
      {
        group: "quotas" as const,
        name: "endless",
        limitMs: 20,
        run: () => new Promise<never>(() => undefined),
      },
    ];
    const { checks } = await runChecks(world, { tasks });
    expect(checks.filter(({ group }) => group === "quotas")).toEqual([
      expect.objectContaining({
        name: "broken",
        state: "failed",
        fact: expect.stringContaining("oh") as string,
      }),
      expect.objectContaining({ name: "endless", state: "failed", fact: "no result within 0.02 s" }),
    ]);
  });
});

describe("the doctor, with a cloud", () => {
  let simulator: Simulator;
  let env: Record<string, string>;
  beforeAll(async () => {
    simulator = await Simulator.start({ switches: { importRole: "ready" } });
    env = { SAMPAN_SIMULATOR: simulator.endpoint };
  });
  afterAll(() => simulator.stop());
  afterEach(() => send("faults", undefined, "DELETE"));

  function send(what: string, body: object | undefined, method = "POST") {
    return fetch(new URL(`/_sampan/${what}`, simulator.endpoint), {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  }

  const fault = (operation: string, effect: object) =>
    send("faults", { match: { operation }, effect, times: null });

  it("finds nothing wrong with one that is as it should be", async () => {
    const found = await report([], env);
    expect(marked(found)).toEqual([]);
    expect(found).toMatchObject({ exitCode: 0, healthy: true, cloud: "simulator" });
    expect(named(found, "simulator")?.fact).toMatch(/^localhost:\d+: DNS \d+ ms, TCP \d+ ms, answer \d+ ms$/);
    expect(named(found, "clock")?.state).toBe("ok");
    expect(named(found, "caller")?.fact).toContain(simulator.credentials.accountId);
    expect(found.permissions.find(({ action }) => action === "ecs:DescribeImages")?.verdict).toBe("allowed");
    expect(await readdir(folder)).toEqual([]);
  });

  it("tells a permission that is denied, with the policy it takes, and none it was not told", async () => {
    await fault("DescribeTasks", { kind: "answer", status: 403, code: "Forbidden.RAM" });
    await fault("GetRole", { kind: "answer", status: 403, code: "NoPermission" });
    await fault("DescribeRegions", { kind: "answer", status: 400, code: "Odd.Answer" });
    const found = await report([], env);
    expect(marked(found)).toEqual([
      "permissions: ecs:DescribeTasks failed",
      "permissions: ram:GetRole failed",
    ]);
    expect(named(found, "ecs:DescribeTasks")?.fix).toContain(
      '{"Effect":"Allow","Action":"ecs:DescribeTasks","Resource":"*"}',
    );
    expect(found.checks.find(({ group }) => group === "import role")?.state).toBe("note");
    expect(found.permissions.find(({ action }) => action === "ecs:DescribeRegions")?.verdict).toBe("unknown");
  });

  it("has every field of its JSON, and no other, on its page, and every group in its order", async () => {
    const path = join(folder, ".aliyun", "config.json");
    await mkdir(join(folder, ".aliyun"));
    await writeFile(path, JSON.stringify({ current: "a", profiles: [] }), { mode: 0o644 });
    await fault("DescribeTasks", { kind: "answer", status: 403, code: "Forbidden.RAM" });
    const { out } = await doctor(["--fix", "--json"], env);
    const seen = new Set(fieldsOf(JSON.parse(out), { wholes: new Set() }));
    const described = describedFields("doctor.md");
    expect(undescribed(seen, described)).toEqual([]);
    expect([...described].filter((field) => !seen.has(field))).toEqual([]);
    const page = await readFile(new URL("../../docs/doctor.md", import.meta.url), "utf8");
    const [, table = ""] = /\| group \| what is looked at \|\n([\s\S]*?)\n\n/.exec(page) ?? [];
    expect([...table.matchAll(/^\| ([a-z ]+?) \|/gm)].map(([, group]) => group)).toEqual(checkGroups);
  });

  it("tells that the import role is missing", async () => {
    await fault("GetRole", { kind: "answer", status: 404, code: "EntityNotExist.Role" });
    const found = await report([], env);
    expect(marked(found)).toEqual(["import role: AliyunECSImageImportDefaultRole failed"]);
    expect(named(found, "AliyunECSImageImportDefaultRole")?.fix).toBe("sampan setup role");
  });

  it("tells a token that has expired once, and asks no further", async () => {
    await fault("GetCallerIdentity", { kind: "answer", status: 400, code: "InvalidSecurityToken.Expired" });
    const found = await report(["--bucket", "web-images"], env);
    expect(marked(found)).toEqual(["account: credentials failed"]);
    expect(found.checks.filter(({ fact }) => fact === "not asked: nobody could be logged in")).toHaveLength(
      4,
    );
  });

  it("tells a bucket that is not there, and a host that refuses", async () => {
    const found = await report(["--bucket", "no-such-bucket", "--host", "ssh://root@127.0.0.1:1"], {
      ...env,
      PATH: process.env.PATH ?? "",
    });
    expect(marked(found)).toEqual(["bucket: bucket failed", "host: reached failed"]);
    expect(named(found, "bucket")?.fix).toBe("aliyun oss mb oss://no-such-bucket --region cn-hangzhou");
  });

  it("names the step to an endpoint that failed, and what to do about it", async () => {
    const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExample9f2c", ALIBABA_CLOUD_ACCESS_KEY_SECRET: canary };
    const found = await report(["--cloud", "alibaba", "--region", "cn-shanghai"], {
      ...key,
      HTTPS_PROXY: "http://127.0.0.1:9",
    });
    expect(marked(found)).toEqual([
      "network: OSS failed",
      "network: ECS failed",
      "network: RAM failed",
      "network: STS failed",
      "account: credentials failed",
    ]);
    expect(named(found, "OSS")).toMatchObject({
      fact: expect.stringContaining(
        "oss-cn-shanghai.aliyuncs.com through http://127.0.0.1:9: connecting failed: ECONNREFUSED",
      ) as string,
      fix: expect.stringContaining("HTTPS_PROXY") as string,
    });
    const gone = await report([], { SAMPAN_SIMULATOR: "http://127.0.0.1:9" });
    expect(marked(gone)).toEqual(["network: simulator failed", "account: credentials failed"]);
    expect(named(gone, "simulator")?.fix).toBe("Start the simulator there: sampan simulator");
  });

  it("tells a clock that is off, whose calls are refused", async () => {
    const hour = 3_600_000;
    const ahead = await Simulator.start({ switches: { importRole: "ready" } });
    try {
      await fetch(new URL("/_sampan/clock", ahead.endpoint), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ skewMs: hour }),
      });
      const found = await report([], { SAMPAN_SIMULATOR: ahead.endpoint });
      expect(marked(found)).toContain("network: clock failed");
      expect(named(found, "clock")).toMatchObject({
        fact: expect.stringMatching(
          /^(1 h|59 min|60 min).* behind that of simulator; beyond 15 minutes/,
        ) as string,
        fix: "Set the clock: timedatectl set-ntp true",
      });
    } finally {
      await ahead.stop();
    }
  });

  it.each([
    ["wide", undefined, "en"],
    ["narrow", 40, "en"],
    ["wide.zh-CN", undefined, "zh-CN"],
  ])("prints what it found in groups, aligned: %s", async (width, columns, language) => {
    await fault("DescribeTasks", { kind: "answer", status: 403, code: "Forbidden.RAM" });
    await fault("GetRole", { kind: "answer", status: 404, code: "EntityNotExist.Role" });
    const { out, exitCode } = await doctor([], { ...env, SAMPAN_LANG: language }, columns);
    expect(exitCode).toBe(1);
    // What wraps where depends on paths and times; those parts are cut out of the narrow one.
    const text = out
      .replaceAll(folder, "/FOLDER")
      .replaceAll(tmpdir(), "/TMP")
      .replace(/localhost:\d+/g, "localhost:PORT")
      .replace(/\d+ ms/g, "N ms")
      .replace(/[\d.]+ [KMGT]iB free/g, "N GiB free")
      .replace(/request\s+[0-9A-F-]{36}/g, "request ID")
      .replace(/有 [\d.]+ [KMGT]iB 可/g, "有 N GiB 可")
      .replace(/版本 \d+\.\d+\.\d+/, "版本 N")
      .replace(/version \d+\.\d+\.\d+/, "version N");
    const shown = columns === undefined ? text : text.slice(text.indexOf("permissions"));
    await expect(shown).toMatchFileSnapshot(`golden/${width}.txt`);
    // Only a word that is longer by itself, such as a policy to copy, goes beyond the edge.
    const words = shown.split("\n").filter((line) => line.trim().includes(" "));
    if (columns !== undefined) for (const line of words) expect(line.length).toBeLessThanOrEqual(columns);
  });
});
