import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoopbackSshd, sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { type LoopbackUsers, makeUsers, userTools } from "../helpers/loopback-users.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const password = "open' sesame$(id)";

describe.skipIf(lacks(...sshdTools, ...userTools, "sudo"))("sampan share, as a user whom sudo asks", () => {
  let users: LoopbackUsers;
  let sshd: LoopbackSshd;
  beforeAll(async () => {
    users = await makeUsers([{ name: "t-share", password }], "t-share ALL=(ALL:ALL) ALL");
    sshd = await startLoopbackSshd({ through: users.through });
  });
  afterAll(async () => {
    await sshd?.close();
    if (users !== undefined) await rm(users.folder, { recursive: true, force: true });
  });

  const status = async (more: readonly string[], env: Record<string, string> = {}) => {
    const { host, port, configFile } = sshd.target();
    const cwd = await temporaryFolder();
    const target = `ssh://t-share@${host}:${port}`;
    return sampan(["share", "status", target, "--ssh-config", configFile, "--json", ...more], { cwd, env });
  };

  it("takes the password from where it is told, and shows it nowhere", async () => {
    const done = await status(["--password-from", "env:SUDO_PASSWORD"], { SUDO_PASSWORD: password });
    expect(done.exitCode, done.stdout).toBe(0);
    expect(done.json()).toMatchObject({ shares: [] });
    expect(done.stdout + done.stderr).not.toContain("sesame");
  });

  it("is refused without one, and where it says to ask and there is no terminal", async () => {
    expect((await status([])).json()).toMatchObject({ code: "HOST_ROOT_REFUSED" });
    const asked = await status(["--password-from", "ask"]);
    expect(asked.json()).toMatchObject({ code: "HOST_PASSWORD_MISSING" });
  });
});
