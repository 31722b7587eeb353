import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rememberedSession } from "../../testing/shell-session.ts";
import { exportSignatures } from "../help/export-summaries.ts";
import { evaluateScript } from "../run-script.ts";
import { colonCommands, runShellLine } from "./index.ts";
import { splitWords } from "./split-words.ts";

let folder: string;
let remembered: ReturnType<typeof rememberedSession>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-colon-"));
  remembered = rememberedSession({ cwd: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function said(line: string): Promise<string> {
  const { session, stdout, stderr } = remembered;
  const [from, talkedFrom] = [stdout.text.length, stderr.text.length];
  await runShellLine(session, line);
  return stdout.text.slice(from) + stderr.text.slice(talkedFrom);
}

const typed = (source: string): Promise<void> => evaluateScript(remembered.session, source, "test", false);

describe("commands of the shell", () => {
  it("are listed by :help, each in a line, with those of the program", async () => {
    const help = await said(":help");
    for (const { name } of colonCommands) expect(help).toContain(`:${name}`);
    expect(help).toContain(":inspect");
    expect(await said("?")).toBe(help);
    expect(await said(".help")).toBe(help);
  });

  it("say what was meant when there is none of the name", async () => {
    await expect(said(":hepl")).rejects.toMatchObject({ code: "COMMAND_USAGE", hint: "Did you mean :help?" });
    await expect(said(":inspekt a")).rejects.toMatchObject({ hint: "Did you mean :inspect?" });
    await expect(said(":fg 3")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  });

  it("leave", async () => {
    expect(await runShellLine(remembered.session, ":quit")).toEqual({ kind: "leave" });
    expect(await runShellLine(remembered.session, ".exit")).toEqual({ kind: "leave" });
  });

  it("do what commands of the program do", async () => {
    expect(await said(":explain CLOUD_ROLE_MISSING")).toContain("AliyunECSImageImportDefaultRole");
    expect(await said(":runs")).toContain("no runs here");
  });

  it("choose cloud, profile and region for what comes", async () => {
    const { env } = remembered.session.call;
    expect(await said(":cloud")).toContain("rehearsal");
    await said(":cloud simulator");
    expect(env.SAMPAN_CLOUD).toBe("simulator");
    await expect(said(":cloud aliyun")).rejects.toMatchObject({ hint: "Use one of simulator or alibaba." });
    await said(":region cn-beijing");
    expect(env.ALIBABA_CLOUD_REGION_ID).toBe("cn-beijing");
    await expect(said(":region mars")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
    await mkdir(join(folder, ".aliyun"));
    const config = join(folder, ".aliyun", "config.json");
    await writeFile(config, JSON.stringify({ profiles: [{ name: "production", region_id: "cn-beijing" }] }));
    env.HOME = folder;
    expect(await said(":profile")).toContain("production  cn-beijing");
    await expect(said(":profile produktion")).rejects.toMatchObject({ hint: "Did you mean production?" });
    await said(":profile production");
    expect(env.ALIBABA_CLOUD_PROFILE).toBe("production");
  });

  it("warn before a real account is used, also when there are no credentials for it", async () => {
    Object.assign(remembered.session.call.env, { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" });
    await expect(said(":cloud alibaba")).rejects.toMatchObject({ code: "CLOUD_CREDENTIALS_MISSING" });
    expect(remembered.stderr.text).toContain("changes a real account");
    expect(remembered.session.call.env.SAMPAN_CLOUD).toBe("alibaba");
  });

  it("save the last plan, and plans by their names, and replace no file unasked", async () => {
    await expect(said(":save")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
    await expect(said(":save x")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
    await typed(
      'const one = Migration.from("./a.vmdk").assess(); const n = 1; const all = [one, Migration.from("b")]',
    );
    await expect(said(":save x n")).rejects.toMatchObject({ message: "saving n: it is no plan" });
    await said(":save all.migration.ts all");
    expect(await readFile(join(folder, "all.migration.ts"), "utf8")).toContain('Migration.from("b"),');
    await typed('Migration.from("./last.vmdk").assess()');
    expect(await said(":save last")).toContain("sampan run last.migration.ts");
    expect(await readFile(join(folder, "last.migration.ts"), "utf8")).toContain("./last.vmdk");
    await expect(said(":save last")).rejects.toMatchObject({ code: "COMMAND_DECLINED" });
  });
});

describe("words behind a command", () => {
  it("are cut at spaces, but for what stands in quotes", () => {
    expect(splitWords(` a  'b c' d"e f"g "" `)).toEqual(["a", "b c", "de fg", ""]);
    expect(() => splitWords("'a")).toThrow(expect.objectContaining({ code: "COMMAND_USAGE" }));
  });
});

describe("help", () => {
  it("explains steps, options, queries, exports, commands and variables", async () => {
    await typed('const plan = Migration.from("./a.vmdk").assess(); const n = { a: 1 }');
    const step = await said("?upload");
    for (const text of [
      ".upload(bucket, options?)",
      "createBucket:",
      "example:",
      "page: reference/verbs.md#upload",
    ]) {
      expect(step).toContain(text);
    }
    expect(await said("plan.upload?")).toBe(step);
    expect(await said("?upload.createBucket")).toContain("Create the bucket");
    expect(await said("?images")).toContain("images(...regions?)");
    expect(await said("?Migration")).toContain("Begins a plan");
    expect(await said(":help convert")).toContain("sampan convert");
    const value = await said("?plan");
    expect(value).toContain("has come to AssessedHost");
    expect(value).toContain(".capture(options?)");
    expect(value).not.toContain(".upload(");
    expect(await said("n?")).toContain("an object with a");
    expect(await said("?uplaod")).toContain("did you mean upload");
  });

  it("is there for values", async () => {
    await typed("h(regions)");
    expect(remembered.stdout.text).toContain("Gives the ids of the regions");
    await typed('h(Migration.from("a")); h("assess"); h(3)');
    expect(remembered.stdout.text).toContain("has come to SelectedHost");
    expect(remembered.stdout.text).toContain("Judges whether");
    expect(remembered.stdout.text).toContain("  number");
  });

  it("is searched by a pattern", async () => {
    const found = await said(":find ^create");
    expect(found).toContain("createImage");
    expect(found).toContain("upload.createBucket");
    expect(await said(":find [")).toContain("nothing fits");
    expect(await said(":find nothing-is-called-so")).toContain("nothing fits");
  });

  it("tells of no export that the SDK has not", async () => {
    const { evaluator } = await remembered.session.engine();
    const missing = Object.keys(exportSignatures).filter((name) => evaluator.valueOf(name) === undefined);
    expect(missing).toEqual([]);
  });
});
