import { chmod, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { acs3Headers, queryString } from "../sts/acs3-signature.ts";
import { getCallerIdentity } from "../sts/sts-client.ts";
import { forwardProxy } from "../testing/forward-proxy.ts";
import { listening, testCertificate, tlsBefore } from "../testing/tls-server.ts";
import { findCredentials } from "./find-credentials.ts";
import { httpPort } from "./http-port.ts";
import { readLocalFile, replaceLocalFile } from "./local-file.ts";
import { systemPorts } from "./ports.ts";
import { runProgram, splitCommand } from "./run-program.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sampan-credentials-"));
  closers.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function simulated() {
  const simulator = await Simulator.start();
  closers.push(() => simulator.stop());
  const { accessKeyId, accessKeySecret, accountId } = simulator.credentials;
  const key = { accessKeyId, accessKeySecret: new Secret(accessKeySecret) };
  return { simulator, key, accountId };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("STS of the simulator", () => {
  it("gives a role's key to a profile, by signatures it verifies, and says whose it is", async () => {
    const { simulator, key, accountId } = await simulated();
    const arn = `acs:ram::${accountId}:role/deploy`;
    const trust = {
      Statement: [
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { RAM: [`acs:ram::${accountId}:root`] } },
      ],
      Version: "1",
    };
    const query = { RoleName: "deploy", AssumeRolePolicyDocument: JSON.stringify(trust) };
    const url = new URL(simulator.endpoint);
    const { host: _, ...headers } = acs3Headers(
      { host: url.host, action: "CreateRole", version: "2015-05-01", query },
      key,
      Date.now(),
    );
    url.search = queryString(query);
    expect((await fetch(url, { method: "POST", headers })).status).toBe(200);

    const home = await folder();
    await mkdir(join(home, ".aliyun"));
    const profile = {
      name: "ci",
      mode: "RamRoleArn",
      access_key_id: key.accessKeyId,
      access_key_secret: key.accessKeySecret.reveal(),
      ram_role_arn: arn,
      ram_session_name: "night (it's)",
    };
    const write = (fields: object) =>
      writeFile(
        join(home, ".aliyun", "config.json"),
        JSON.stringify({ current: "ci", profiles: [{ ...profile, ...fields }] }),
        { mode: 0o600 },
      );
    await write({ ram_session_name: "nightly" });
    const given = { env: {}, home, stsUrl: simulator.endpoint };
    const found = await findCredentials({ ports: given });
    const role = await found.provider.get();
    expect(role.securityToken).toBeDefined();
    const whose = await getCallerIdentity(role, {}, systemPorts(given));
    expect(whose).toEqual({
      accountId,
      arn: `acs:ram::${accountId}:assumed-role/deploy/nightly`,
      type: "AssumedRoleUser",
    });
    expect(found.warnings).toEqual([]);

    await write({ access_key_secret: "not-the-secret-of-it" });
    const refused = await failure((await findCredentials({ ports: given })).provider.get());
    expect(isSampanError(refused, "CLOUD_CREDENTIALS_REFUSED"), String(refused)).toBe(true);
    expect(JSON.stringify(refused)).not.toContain("not-the-secret-of-it");
  });

  it("is reached through a proxy and with certificates of one's own", async () => {
    const { simulator, key } = await simulated();
    const secured = await tlsBefore(Number(new URL(simulator.endpoint).port));
    const proxy = await forwardProxy({
      portOf: (name) => (name === "sts.aliyuncs.com" ? secured.port : undefined),
      credentials: "ann:s3cr3t",
    });
    closers.push(
      () => secured.close(),
      () => proxy.close(),
    );
    const through = {
      proxy: new URL(`http://127.0.0.1:${proxy.port}`),
      proxyCredentials: { username: "ann", password: new Secret("s3cr3t") },
      ca: testCertificate.cert,
    };
    const whose = await getCallerIdentity(key, {}, systemPorts({}, through));
    expect(whose.type).toBe("Account");
    expect(proxy.asked).toEqual(["CONNECT sts.aliyuncs.com:443"]);
    const { proxyCredentials: _, ...nameless } = through;
    const refused = await failure(getCallerIdentity(key, {}, systemPorts({}, nameless)));
    expect(refused).toMatchObject({
      code: "CLOUD_UNREACHABLE",
      details: { networkCode: "ERR_PROXY_AUTHENTICATION" },
    });
  });
});

describe("small requests", () => {
  const serving = async (answer: http.RequestListener) => {
    const server = await listening(http.createServer(answer));
    closers.push(() => server.close());
    return new URL(`http://127.0.0.1:${server.port}/`);
  };
  const ask = (url: URL, timeoutMs = 5000, signal?: AbortSignal) =>
    httpPort({})({ method: "GET", url, timeoutMs, signal, doing: "asking" });

  it("follow no redirect, and end at a bound of time and of size", async () => {
    const redirect = await serving((_, response) =>
      response.writeHead(302, { location: "http://h.test/" }).end(),
    );
    expect((await ask(redirect)).status).toBe(302);
    const silent = await serving(() => {});
    expect(await failure(ask(silent, 50))).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: true });
    expect(await failure(ask(silent, 5000, AbortSignal.timeout(20)))).toMatchObject({
      code: "CORE_CANCELLED",
    });
    const endless = await serving((_, response) => response.end(Buffer.alloc(300 * 1024)));
    expect(await failure(ask(endless))).toMatchObject({ code: "CLOUD_ANSWER_INVALID" });
    const cut = await serving((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    expect(await failure(ask(cut))).toMatchObject({ code: "CLOUD_UNREACHABLE" });
  });
});

describe("files of the user", () => {
  it("are read through links, bounded, and with whether others may read them", async () => {
    const home = await folder();
    const path = join(home, "config.json");
    expect(await readLocalFile(path)).toBeUndefined();
    await writeFile(path, "\uFEFFtext", { mode: 0o600 });
    await symlink(path, join(home, "link"));
    expect(await readLocalFile(join(home, "link"))).toEqual({ text: "text", readableByOthers: false });
    await chmod(path, 0o644);
    expect((await readLocalFile(path))?.readableByOthers).toBe(true);
    await writeFile(path, Buffer.alloc(1024 * 1024 + 1));
    for (const unfit of [path, home, "/dev/zero"]) {
      expect(await failure(readLocalFile(unfit)), unfit).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID" });
    }
  });

  it("are replaced at one stroke, readable by their owner only, behind their link", async () => {
    const home = await folder();
    const path = join(home, "config.json");
    await writeFile(path, "old", { mode: 0o644 });
    await symlink(path, join(home, "link"));
    await replaceLocalFile(join(home, "link"), "new");
    expect((await lstat(join(home, "link"))).isSymbolicLink()).toBe(true);
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await failure(replaceLocalFile(join(home, "no", "file"), "x"))).toMatchObject({
      code: "CLOUD_CREDENTIALS_INVALID",
    });
  });
});

describe("programs that print keys", () => {
  const never = new AbortController().signal;
  const node = (script: string) => [process.execPath, "-e", script];

  it("are run without a shell, and only what they print is taken", async () => {
    expect(await runProgram(node("process.stdout.write(process.env.A)"), { A: "$(id) ;x" }, never)).toBe(
      "$(id) ;x",
    );
    const bad = await failure(runProgram(node("console.error('c4nary'); process.exit(3)"), {}, never));
    expect(bad).toMatchObject({ code: "CLOUD_CREDENTIALS_INVALID" });
    expect(JSON.stringify([bad, String(bad)])).not.toContain("c4nary");
    expect(await failure(runProgram(["/no/such/program"], {}, never))).toMatchObject({
      code: "CLOUD_CREDENTIALS_INVALID",
    });
  });

  it("are ended when they print too much or are no longer waited for", async () => {
    const endless = "setInterval(() => process.stdout.write('x'.repeat(4096)), 1)";
    expect(String(await failure(runProgram(node(endless), {}, never)))).toContain("64 KiB");
    const stopped = await failure(
      runProgram(node("setInterval(() => {}, 1000)"), {}, AbortSignal.timeout(50)),
    );
    expect(String(stopped)).toContain("stopped");
  });

  it.each<[string, readonly string[] | undefined]>([
    ["a  b\tc", ["a", "b", "c"]],
    [`a "b c" 'd "e' f\\ g`, ["a", "b c", 'd "e', "f g"]],
    [`a"b"'c' ""`, ["abc", ""]],
    ["a | b; $(c) `d` > e", ["a", "|", "b;", "$(c)", "`d`", ">", "e"]],
    ["  ", undefined],
    ['"" a', undefined],
    ['a "b', undefined],
  ])("%j is parted into %j", (line, expected) => expect(splitCommand(line)).toEqual(expected));
});
