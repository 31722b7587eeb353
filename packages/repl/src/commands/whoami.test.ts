import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

let simulator: Simulator;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-whoami-"));
  simulator = await Simulator.start();
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function whoami(argv: readonly string[], env: Record<string, string> = {}) {
  return runProgram(["whoami", ...argv], {
    env: { HOME: folder, ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true", ...env },
    cwd: folder,
  });
}

// An address where nobody listens: what would leave this machine is refused at once.
const nowhere = { HTTPS_PROXY: "http://ann:s3cr3t@127.0.0.1:9" };
const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExample9f2c", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "c4nary" };

describe("whoami", () => {
  it("asks the simulator unless Alibaba Cloud is chosen, whatever keys are around", async () => {
    const { exitCode, out } = await whoami(["--json"], { ...key, SAMPAN_SIMULATOR: simulator.endpoint });
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      cloud: "simulator",
      rehearsal: true,
      caller: { accountId: simulator.credentials.accountId, type: "Account" },
      parts: { accessKeyId: { value: simulator.credentials.accessKeyId }, securityToken: null },
    });
    expect(out).not.toContain("c4nary");
  });

  it("takes a profile of a rehearsal for the simulator's second account", async () => {
    const env = { SAMPAN_SIMULATOR: simulator.endpoint };
    const { out } = await whoami(["--profile", "receiver"], env);
    expect(out).toContain("simulator (rehearsal)");
    expect(out).toContain("1000000000000002");
    expect(out).toContain("receiver, from --profile");
    expect((await whoami(["--profile", "default"], env)).out).toContain("1000000000000001");
  });

  it("starts the built-in simulator where none is named", async () => {
    const { exitCode, out } = await whoami([]);
    expect(exitCode).toBe(0);
    expect(out).toContain("simulator (rehearsal)");
  });

  it("names the alias of the account where it may be asked for, and goes without it where not", async () => {
    const account = {
      accountId: "1000000000000001",
      accessKeyId: "SampanSimulatorKey",
      accessKeySecret: "sampan-simulator-secret",
    };
    const named = await Simulator.start({ accounts: [{ ...account, alias: "web-team" }] });
    try {
      const env = { SAMPAN_SIMULATOR: named.endpoint };
      expect((await whoami([], env)).out).toMatch(/^alias +web-team$/m);
      expect(JSON.parse((await whoami(["--json"], env)).out)).toMatchObject({ accountAlias: "web-team" });
      named.faults.add({
        match: { operation: "GetAccountAlias" },
        effect: { kind: "answer", status: 403, code: "NoPermission" },
        times: null,
      });
      const denied = await whoami([], env);
      expect([denied.exitCode, /alias/.test(denied.out + denied.err)]).toEqual([0, false]);
    } finally {
      await named.stop();
    }
    const { out } = await whoami(["--json"], { SAMPAN_SIMULATOR: simulator.endpoint });
    expect(JSON.parse(out)).toMatchObject({ accountAlias: null });
  });

  it("ends with 4 without credentials, and says where it looked", async () => {
    const { exitCode, out } = await whoami(["--cloud", "alibaba", "--json"]);
    expect(exitCode).toBe(4);
    const error = JSON.parse(out);
    expect(error.code).toBe("CLOUD_CREDENTIALS_MISSING");
    expect(error.details.lookedIn).toContainEqual({
      source: "ECS instance role",
      reason: "ALIBABA_CLOUD_ECS_METADATA_DISABLED is set",
    });
  });

  it("ends with 4 at a broken file and at a profile there is none of", async () => {
    const home = await mkdtemp(join(folder, "home-"));
    await mkdir(join(home, ".aliyun"));
    await writeFile(join(home, ".aliyun", "config.json"), '{"profiles":[{"access_key_secret":"c4nary"}', {
      mode: 0o600,
    });
    const broken = await whoami(["--cloud", "alibaba"], { HOME: home });
    expect(broken.exitCode).toBe(4);
    expect(broken.err).toContain("config.json: line 1 is not JSON");
    expect(broken.err + broken.out).not.toContain("c4nary");
    const absent = await whoami(["--cloud", "alibaba", "--profile", "absent"]);
    expect([absent.exitCode, absent.err.includes("--profile asks for")]).toEqual([4, true]);
  });

  it("asks the cloud that was chosen by name, through the proxy, whose password it does not show", async () => {
    const { exitCode, out, err } = await whoami(["--cloud", "alibaba"], { ...key, ...nowhere });
    expect(exitCode).toBe(1);
    expect(err).toContain("the proxy could not be reached");
    expect(out + err).not.toMatch(/c4nary|s3cr3t/);
  });
});
