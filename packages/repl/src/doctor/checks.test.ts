import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNode, runChecks } from "./checks.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-doctor-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const canary = "canary-secret-value";
const off = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };

describe("the doctor", () => {
  it("finds a healthy machine, talks to a simulator and leaves nothing behind", async () => {
    const checks = await runChecks({ env: { PATH: "/nowhere", HOME: folder, ...off }, cwd: folder });
    const byName = new Map(checks.map((check) => [check.name, check]));
    expect(byName.get("simulator")).toMatchObject({
      state: "ok",
      fact: expect.stringContaining("regions") as string,
    });
    expect(byName.get("credentials")?.state).toBe("note");
    expect(byName.get("qemu-img")).toMatchObject({
      state: "note",
      fix: "On Debian: apt-get install qemu-utils",
    });
    expect(checks.filter((check) => check.state === "failed")).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("says which half of the credentials is missing and never a secret", async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c", PATH: "", HOME: folder };
    const half = await runChecks({ env, cwd: folder });
    expect(half.find((check) => check.name === "credentials")).toMatchObject({ state: "warning" });
    const whole = await runChecks({ env: { ...env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: canary }, cwd: folder });
    expect(whole.find((check) => check.name === "credentials")?.fact).toContain("LTAI…9f2c");
    expect(JSON.stringify(whole)).not.toContain(canary);
    expect(JSON.stringify(whole)).not.toContain("ExampleExample");
  });

  it("names the proxy that the cloud is reached through, without its password", async () => {
    const proxyOf = async (HTTPS_PROXY: string) => {
      const checks = await runChecks({ env: { PATH: "", HOME: folder, ...off, HTTPS_PROXY }, cwd: folder });
      return checks.find((check) => check.name === "proxy");
    };
    const used = await proxyOf(`http://ann:${canary}@proxy.test:3128`);
    expect(used).toEqual({
      name: "proxy",
      state: "ok",
      fact: "the cloud is reached through http://proxy.test:3128",
      fix: null,
    });
    expect((await proxyOf(`socks5://ann:${canary}@p`))?.state).toBe("failed");
  });

  it("fails with a fix for an old Node, an unknown cloud, and a simulator that does not listen", async () => {
    expect(checkNode("20.18.3")).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("20.19") as string,
    });
    expect(checkNode("20.19.0").state).toBe("ok");
    expect(checkNode("24.1.0").state).toBe("ok");
    const env = { PATH: "", SAMPAN_CLOUD: "aws", SAMPAN_SIMULATOR: "nonsense" };
    const failed = (await runChecks({ env, cwd: folder })).filter((check) => check.state === "failed");
    expect(failed.map((check) => check.name)).toEqual(["cloud by default", "simulator"]);
    for (const check of failed) expect(check.fix).toMatch(/\w/);
  });
});
