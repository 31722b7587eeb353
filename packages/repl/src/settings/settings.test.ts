import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noConfig } from "../command-options.ts";
import { applySettings } from "./apply-settings.ts";
import { findProjectConfig } from "./config-files.ts";
import { userFolders } from "./config-folders.ts";
import { loadSettings } from "./load-settings.ts";

let user = "";
let project = "";
beforeEach(async () => {
  user = await mkdtemp(join(tmpdir(), "sampan-settings-"));
  project = join(user, "work", "project");
  await mkdir(join(project, ".git"), { recursive: true });
  await mkdir(join(project, "plans"));
});
afterEach(() => rm(user, { recursive: true, force: true }));

async function projectFile(text: string, name = "sampan.config.ts"): Promise<string> {
  await writeFile(join(project, name), text);
  return join(project, name);
}

async function userFile(value: unknown): Promise<void> {
  await mkdir(join(user, ".config", "sampan"), { recursive: true });
  await writeFile(join(user, ".config", "sampan", "config.json"), JSON.stringify(value));
}

async function setting(name: string, env: Record<string, string> = {}, flags: object = {}) {
  const loaded = await loadSettings({
    env: { HOME: user, ...env },
    cwd: join(project, "plans"),
    flags,
    execute: false,
    files: true,
  });
  return loaded.settings.find((one) => one.name === name);
}

async function refusal(text: string) {
  await projectFile(text);
  const thrown = await setting("cloud").catch((error: unknown) => error);
  if (!isSampanError(thrown)) throw new Error(`no refusal of ${text}`);
  return thrown;
}

describe("settings", () => {
  it("are decided one by one: the option, the environment, the project, the user, the default", async () => {
    await userFile({ region: "cn-beijing", parallel: 2, bandwidth: "10mbit" });
    const file = await projectFile('export default { region: "cn-shanghai", parallel: 8 };');
    expect(
      await setting("region", { ALICLOUD_REGION: "cn-hongkong" }, { region: "cn-shenzhen" }),
    ).toMatchObject({
      value: "cn-shenzhen",
      origin: { kind: "flag", name: "--region" },
      overrode: [
        { value: "cn-hongkong", origin: { kind: "environment", name: "ALICLOUD_REGION" } },
        { value: "cn-shanghai", origin: { kind: "project", name: file, line: 1 } },
        { value: "cn-beijing", origin: { kind: "user", line: 1 } },
      ],
    });
    expect(await setting("parallel")).toMatchObject({ value: 8, overrode: [{ value: 2 }] });
    expect(await setting("bandwidth")).toMatchObject({ value: "10mbit", origin: { kind: "user" } });
    expect(await setting("lang")).toMatchObject({ value: null, origin: { kind: "default" }, overrode: [] });
  });

  it("let the project choose the cloud before a variable does, and the variable before the user", async () => {
    await userFile({ cloud: "alibaba" });
    expect(await setting("cloud", { SAMPAN_CLOUD: "simulator" })).toMatchObject({ value: "simulator" });
    await projectFile('export default { cloud: "simulator" };');
    expect(await setting("cloud", { SAMPAN_CLOUD: "alibaba" })).toMatchObject({
      value: "simulator",
      origin: { kind: "project" },
      overrode: [{ value: "alibaba" }, { value: "alibaba" }],
    });
  });

  it("lay the levels of rules over each other", async () => {
    await userFile({ rules: { SMP101: "error", SMP107: "info" } });
    await projectFile('export default { rules: { SMP107: "off" } };');
    expect((await setting("rules"))?.value).toEqual({ SMP101: "error", SMP107: "off" });
  });

  it("take a folder from the file that names it", async () => {
    await projectFile('export default { home: "../state" };');
    expect((await setting("home"))?.value).toBe(join(user, "work", "state"));
  });

  it("refuse a secret by its key, and never repeat it", async () => {
    for (const text of [
      'export default {\n  accessKeySecret: "c4nary-value",\n};',
      'export default {\n  region: "LTAI5tc4naryc4nary",\n};',
      'export default {\n  home: "https://ann:c4nary@host/",\n};',
    ]) {
      const error = await refusal(text);
      expect(error.code).toBe("CONFIG_SECRET_REFUSED");
      expect(error.message).toContain("sampan.config.ts:2");
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain("c4nary");
    }
  });

  it("guess what an unknown key was meant to be, and say what a setting takes", async () => {
    expect(await refusal('export default {\n\n  regoin: "cn-shanghai" };')).toMatchObject({
      code: "CONFIG_SETTING_INVALID",
      message: expect.stringContaining('sampan.config.ts:3: there is no setting "regoin"') as string,
      hint: "Did you mean region?",
    });
    expect((await refusal("export default { parallel: 65 };")).message).toContain(
      "parallel takes a whole number from 1 to 64",
    );
    expect((await refusal('export default { rules: {\n SMP107: "loud" } };')).message).toContain(
      "sampan.config.ts:2: rules.SMP107 takes levels",
    );
    expect((await refusal('export default ["cn-shanghai"];')).message).toContain("holds no settings by name");
    expect((await refusal('export default { "__proto__": {} };')).message).toContain("there is no setting");
  });

  it("run a project's file only where plans are run, and only when it computes", async () => {
    const file = await projectFile("export default { parallel: 2 + 3 };");
    const load = (execute: boolean) =>
      loadSettings({ env: { HOME: user }, cwd: project, execute, files: true });
    const skipped = await load(false);
    expect(skipped.passedOver).toMatchObject({ path: file });
    expect(skipped.settings.find(({ name }) => name === "parallel")).toMatchObject({ value: 4 });
    const run = await load(true);
    expect(run.settings.find(({ name }) => name === "parallel")).toMatchObject({
      value: 5,
      origin: { kind: "project", name: file, line: null },
    });
    await projectFile('throw new Error("broken here");');
    await expect(load(true)).rejects.toMatchObject({
      code: "CONFIG_LOAD_FAILED",
      message: expect.stringContaining("broken here") as string,
    });
    expect((await loadSettings({ env: {}, cwd: project, execute: true, files: false })).read).toEqual([]);
  });

  it("come from files only, and small ones", async () => {
    await mkdir(join(project, "sampan.config.ts"));
    await expect(setting("cloud")).rejects.toMatchObject({
      code: "CONFIG_LOAD_FAILED",
      message: expect.stringContaining("it is no file") as string,
    });
    await rm(join(project, "sampan.config.ts"), { recursive: true });
    expect((await refusal(" ".repeat(1024 * 1024 + 1))).message).toContain("1048577 bytes are no settings");
  });

  it("are looked for up to the top of a repository and no further", async () => {
    await writeFile(join(user, "work", "sampan.config.ts"), "export default {};");
    expect(findProjectConfig({ HOME: user }, join(project, "plans"))).toBeUndefined();
    const path = await projectFile("{}", "sampan.config.json");
    expect(findProjectConfig({ HOME: user }, join(project, "plans"))).toEqual({ place: "project", path });
  });

  it("stand in XDG's folders, both of which SAMPAN_HOME moves", () => {
    expect(userFolders({ HOME: "/u", XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "not/absolute" }, "/w")).toEqual({
      config: "/c/sampan",
      state: "/u/.local/state/sampan",
      user: "/u",
    });
    expect(userFolders({ HOME: "/u", XDG_CONFIG_HOME: "/c", SAMPAN_HOME: "s" }, "/w")).toEqual({
      config: "/w/s",
      state: "/w/s",
      user: "/u",
    });
  });

  it("reach a command as its options and variables, where nobody typed them", async () => {
    await projectFile(
      'export default { cloud: "alibaba", profile: "ops", bandwidth: "10mbit", parallel: 2, home: "h" };',
    );
    const entry = {
      options: [noConfig, { flags: "--bandwidth <rate>", summary: "", setting: "bandwidth" as const }],
    };
    const env = { HOME: user };
    const settled = await applySettings({ entry, options: {}, env, cwd: project });
    expect(settled.options).toEqual({ bandwidth: "10mbit" });
    expect(settled.env).toEqual({ HOME: user, SAMPAN_CLOUD: "alibaba", SAMPAN_HOME: join(project, "h") });
    expect(settled.configured).toEqual({
      profile: { value: "ops", origin: `${join(project, "sampan.config.ts")}:1` },
    });
    const typed = await applySettings({
      entry,
      options: { bandwidth: "1gbit", config: false },
      env,
      cwd: project,
    });
    expect(typed.options.bandwidth).toBe("1gbit");
    expect(typed.env).toEqual(env);
    await expect(
      applySettings({ entry, options: {}, env: { ...env, SAMPAN_BANDWIDTH: "fast" }, cwd: project }),
    ).rejects.toMatchObject({
      code: "CONFIG_SETTING_INVALID",
      hint: "Correct SAMPAN_BANDWIDTH, or unset it.",
    });
  });
});
