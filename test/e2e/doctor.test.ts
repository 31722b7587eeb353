import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder, temporaryFolder } from "../helpers/temporary-folder.ts";

interface Check {
  readonly group: string;
  readonly name: string;
  readonly state: string;
  readonly fact: string;
  readonly fix: string | null;
}
type Calls = Readonly<Record<string, (...values: readonly unknown[]) => Promise<unknown>>>;

let simulator: Simulator;
let cwd = "";
let env: Record<string, string>;
beforeAll(async () => {
  simulator = await Simulator.start({ switches: { importRole: "ready" } });
  cwd = await makeFolder();
  env = {
    HOME: cwd,
    SAMPAN_HOME: "",
    SAMPAN_SIMULATOR: simulator.endpoint,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    NODE_EXTRA_CA_CERTS: "",
    SSH_AUTH_SOCK: "",
  };
});
afterAll(async () => {
  await simulator.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function doctor(args: readonly string[], more: Record<string, string> = {}) {
  const { exitCode, json } = await sampan(["doctor", ...args, "--json"], { cwd, env: { ...env, ...more } });
  const { checks } = json<{ checks: readonly Check[] }>();
  const wrong = checks.filter(({ state }) => state === "failed" || state === "warning");
  // Every one of them says what to do.
  expect(wrong.filter(({ fix }) => fix === null)).toEqual([]);
  return { exitCode, checks, marks: wrong.map(({ group, name, state }) => `${group}: ${name} ${state}`) };
}

function client(): Calls {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const options = {
    region: "oss-cn-hangzhou",
    accessKeyId,
    accessKeySecret,
    endpoint: simulator.endpoint,
    sldEnable: true,
    authorizationV4: true,
  };
  return new OSS(options as OSS.Options) as unknown as Calls;
}

describe("sampan doctor", () => {
  it("finds an account in order: exit code 0, and nothing left in its bucket", async () => {
    await client().putBucket?.("in-order");
    const { exitCode, marks, checks } = await doctor(["--bucket", "in-order"]);
    expect({ exitCode, marks }).toEqual({ exitCode: 0, marks: [] });
    const bucket = checks
      .filter(({ group }) => group === "bucket")
      .map(({ name, fact }) => `${name}: ${fact}`);
    expect(bucket).toEqual([
      "region: the bucket in-order is in cn-hangzhou",
      "class: Standard",
      "access: private",
      "encryption: none, as imports need it",
      "versions: are not kept",
      "acceleration: off",
      "lifecycle: 0 rules, none that deletes or archives",
    ]);
    const state = (await (await fetch(new URL("/_sampan/state", simulator.endpoint))).json()) as object;
    expect(JSON.stringify(state)).not.toContain("sampan-doctor/");
  });

  it("tells everything about a bucket that gets in the way of an import", async () => {
    const oss = client();
    await oss.putBucket?.("troubled", { storageClass: "Archive", acl: "public-read" });
    await oss.putBucketVersioning?.("troubled", "Enabled");
    await oss.putBucketEncryption?.("troubled", { SSEAlgorithm: "AES256" });
    await oss.putBucketLifecycle?.("troubled", [
      { id: "tidy", status: "Enabled", prefix: "tmp/", days: 7 },
      { id: "off", status: "Disabled", prefix: "other/", days: 7 },
    ]);
    const { exitCode, marks, checks } = await doctor(["--bucket", "troubled", "--region", "cn-shanghai"]);
    expect(exitCode).toBe(1);
    expect(marks.filter((mark) => mark.startsWith("bucket"))).toEqual([
      "bucket: region warning",
      "bucket: class failed",
      "bucket: access warning",
      "bucket: encryption failed",
      "bucket: versions warning",
      "bucket: lifecycle warning",
    ]);
    const named = (name: string) => checks.find((check) => check.group === "bucket" && check.name === name);
    expect(named("region")?.fix).toBe("sampan doctor --region cn-hangzhou --bucket troubled");
    expect(named("lifecycle")?.fact).toBe("rule tidy of the bucket deletes objects below tmp/ after 7 days");
    expect(named("access")?.fix).toBe("aliyun oss set-acl oss://troubled private -b");
  });

  it("stays on this machine with no cloud chosen, and prints what it found", async () => {
    const { stdout, exitCode, stderr } = await sampan(["doctor"], {
      cwd,
      env: { ...env, SAMPAN_SIMULATOR: "", HTTPS_PROXY: "http://127.0.0.1:9" },
    });
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^this machine\n✓ Node\.js +version /);
    expect(stdout).toContain("none chosen: nothing outside this machine was asked");
    expect(stdout).toMatch(/ready for rehearsals$/);
    expect(stdout).not.toContain("\u001b");
  });

  it("takes the cloud, the region and the bucket's account from settings too", async () => {
    const project = await temporaryFolder();
    await writeFile(
      join(project, "sampan.config.ts"),
      'export default { cloud: "alibaba", region: "cn-beijing" };',
    );
    const { stdout } = await sampan(["doctor", "--json"], {
      cwd: project,
      env: { ...env, SAMPAN_SIMULATOR: "", HTTPS_PROXY: "http://127.0.0.1:9" },
    });
    const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
    const oss = checks.find(({ name }) => name === "OSS");
    expect(oss?.fact).toContain(
      "oss-cn-beijing.aliyuncs.com through http://127.0.0.1:9: connecting failed: ECONNREFUSED",
    );
    expect(checks.find(({ name }) => name === "credentials")?.state).toBe("failed");
  });

  it("mends files that others may read", async () => {
    await mkdir(join(cwd, ".alibabacloud"));
    const path = join(cwd, ".alibabacloud", "credentials");
    await writeFile(path, "[default]\nenable = false\n");
    await chmod(path, 0o644);
    expect((await doctor([])).marks).toEqual(["this machine: credential file warning"]);
    const { exitCode, marks } = await doctor(["--fix"]);
    expect({ exitCode, marks }).toEqual({ exitCode: 0, marks: [] });
  });

  it("refuses a host that is no address, and tells of one that refuses", async () => {
    const usage = await sampan(["doctor", "--host", "web-01.img"], { cwd, env });
    expect(usage.exitCode).toBe(2);
    const { marks, checks } = await doctor(["--host", "ssh://root@127.0.0.1:1"]);
    expect(marks).toEqual(["host: reached failed"]);
    expect(checks.find(({ group }) => group === "host")?.fact).toContain("HOST_UNREACHABLE");
  });

  it.skipIf(lacks(...sshdTools))(
    "looks at a host over SSH: key, log-in, rights, tools and room",
    async () => {
      const sshd = await startLoopbackSshd();
      try {
        const target = `ssh://root@127.0.0.1:${sshd.port}`;
        const { marks, checks } = await doctor(["--host", target, "--ssh-config", sshd.configFile]);
        expect(marks).toEqual([]);
        const host = checks.filter(({ group }) => group === "host");
        expect(host.map(({ name }) => name)).toEqual([
          "reached",
          "host key",
          "login",
          "system",
          "root",
          "tools",
          "agents",
          "free space",
        ]);
        expect(host.find(({ name }) => name === "root")?.fact).toBe("root, who is root");
        await writeFile(sshd.knownHostsFile, "");
        const stranger = await doctor(["--host", target, "--ssh-config", sshd.configFile]);
        expect(stranger.marks).toEqual(["host: host key failed"]);
      } finally {
        await sshd.close();
      }
    },
  );
});
