import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { continuationText, promptText } from "./prompt.ts";
import { shellContext } from "./shell-context.ts";
import { isBreak, isShellLine } from "./shell-line.ts";

const real = { cloud: "alibaba", rehearsal: false, profile: "production", region: "cn-hangzhou" };

describe("the prompt", () => {
  it("says where things take effect, and less of it where there is no room", () => {
    const rehearsal = { cloud: "simulator", rehearsal: true, profile: null, region: "cn-hangzhou" };
    expect(promptText(3, rehearsal, 80)).toBe("sampan [3] rehearsal cn-hangzhou> ");
    expect(promptText(3, real, 100)).toBe("sampan [3] alibaba production cn-hangzhou> ");
    expect(promptText(3, real, 80)).toBe("[3] alibaba production cn-hangzhou> ");
    expect(promptText(3, real, 50)).toBe("[3] alibaba production> ");
    expect(promptText(3, real, 30)).toBe("[3] alibaba> ");
    expect(promptText(3, real, 10)).toBe("al…> ");
  });

  it("takes no control character from the name of a profile", () => {
    expect(promptText(1, { ...real, profile: "a\u001b[2Jb" }, 100)).not.toContain("\u001b");
  });

  it("has lines of one input below each other", () => {
    expect(continuationText("[3] rehearsal> ")).toBe("           ... ");
  });
});

describe("the context of the shell", () => {
  it("is a rehearsal until a real account is asked for by name", () => {
    expect(shellContext({ ALIBABA_CLOUD_PROFILE: "p", ALIBABA_CLOUD_ACCESS_KEY_ID: "x" })).toEqual({
      cloud: "simulator",
      rehearsal: true,
      profile: null,
      region: "cn-hangzhou",
    });
  });

  it("has the region of the profile, unless a variable names one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sampan-context-"));
    await mkdir(join(folder, ".aliyun"));
    const path = join(folder, ".aliyun", "config.json");
    const profiles = [{ name: "a" }, { name: "b", region_id: "cn-beijing", access_key_secret: "x" }];
    await writeFile(path, JSON.stringify({ current: "b", profiles }));
    const env = { SAMPAN_CLOUD: "alibaba", HOME: folder };
    expect(shellContext(env)).toMatchObject({ rehearsal: false, profile: "b", region: "cn-beijing" });
    expect(shellContext({ ...env, ALICLOUD_PROFILE: "a" })).toMatchObject({
      profile: "a",
      region: "cn-hangzhou",
    });
    expect(shellContext({ ...env, ALICLOUD_REGION: "eu-central-1" })).toMatchObject({
      region: "eu-central-1",
    });
    await rm(folder, { recursive: true });
  });
});

describe("a line for the shell itself", () => {
  it.each([":help", " :fg 1", "?upload", "plan?", "plan.upload?", "images??", ".exit"])("is %j", (line) => {
    expect(isShellLine(line)).toBe(true);
  });
  it.each(["a ? b : c", "{ a: 1 }", ".assess()", "x ?", "a?.b", ":a\nb", "f(x)?"])("is not %j", (line) => {
    expect(isShellLine(line)).toBe(false);
  });
  it("drops an input from inside it", () => {
    expect(isBreak("f(\n  :break")).toBe(true);
    expect(isBreak("a = b ? c\n:breakfast")).toBe(false);
  });
});
