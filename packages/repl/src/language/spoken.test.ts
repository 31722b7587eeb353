import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SampanError, toErrorRecord } from "@sampan/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commandTable } from "../command-table.ts";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { helpTopics } from "../help/topics.ts";
import { errorLines, statusLine } from "../render/messages.ts";
import { emptyRunView, type StageView } from "../render/run-view.ts";
import { runShellLine } from "../shell/commands/index.ts";
import * as shell from "../shell/messages.ts";
import { promptText } from "../shell/prompt.ts";
import { evaluateScript } from "../shell/run-script.ts";
import { coloursFor } from "../terminal/colours.ts";
import { createOutput } from "../terminal/output.ts";
import { textWidth } from "../terminal/width.ts";
import { englishLeft } from "../testing/english-left.ts";
import { RememberingStream } from "../testing/fake-output.ts";
import { runProgram } from "../testing/run-program.ts";
import { rememberedSession } from "../testing/shell-session.ts";
import { type Language, languages } from "./language.ts";
import { say, speak } from "./speech.ts";

/*
 * What commands say in each language, in files that people can read. A command or text that was changed on purpose is written anew by
 * `npx vitest run packages/repl/src/language/spoken.test.ts -u`.
 */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-language-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => speak("en"));

async function sampan(env: Record<string, string>, ...argv: string[]) {
  return runProgram(argv, { env, cwd: folder });
}

const file = (language: Language, name: string) => `./golden/${language}/${name}.txt`;

describe.each(languages)("in %s", (language) => {
  const inIt = (...argv: string[]) => sampan({ SAMPAN_LANG: language }, ...argv);

  it("the help of the program lists its commands", async () => {
    const { out } = await inIt("--help");
    await expect(out).toMatchFileSnapshot(file(language, "help"));
    for (const line of out.split("\n")) expect(textWidth(line)).toBeLessThanOrEqual(110);
  });

  it.each(commandTable.filter((entry) => entry.hidden !== true).map((entry) => entry.name))(
    "the help of %s",
    async (name) => {
      const words = name.split(" ");
      const { exitCode, out } = await inIt(...words, "--help");
      expect(exitCode).toBe(0);
      await expect(out).toMatchFileSnapshot(file(language, `help-${words.join("-")}`));
    },
  );

  it("explanations of a code, of one of the cloud's, of a rule, of a fix-up and of problems of plans", async () => {
    const told = [];
    for (const code of [
      "CLOUD_BUCKET_REGION",
      "InvalidOSSBucket.NotMatched",
      "GUESTOS.Fstab",
      "SAMPAN.Encryption",
      "fstab",
      "SMP103",
      "SMP122",
    ]) {
      told.push((await inIt("explain", code)).out);
    }
    await expect(told.join("\n")).toMatchFileSnapshot(file(language, "explain"));
  });

  it("an assessment", async () => {
    const { exitCode, out } = await inIt("assess", "guest.qcow2", "--bandwidth", "100mbit", "--hosts", "40");
    expect(exitCode).toBe(3);
    await expect(out.replaceAll(folder, "FOLDER")).toMatchFileSnapshot(file(language, "assess"));
  });

  it("an inspection and a patch", async () => {
    const inspected = await inIt("inspect", "guest.qcow2");
    const patched = await inIt("patch", "guest.qcow2");
    const told = `${inspected.out}\n${patched.err}`.replaceAll(folder, "FOLDER");
    await expect(told).toMatchFileSnapshot(file(language, "inspect"));
  });

  it("a check of plans", async () => {
    const head = 'import { Migration } from "sampan";\n\n';
    const plan = (rest: string) => `${head}export default Migration.from("./a.vmdk").assess()${rest};\n`;
    const upload = '.capture().toVhd().upload("web-images").import({ name: "web" })';
    const plans = {
      "good.migration.ts": plan(""),
      "lost.migration.ts": `${head}Migration.from("./a.vmdk").assess();\n`,
      "wrong.migration.ts": plan('.capture().toVhd().upload("Web_Images")'),
      "one.migration.ts": plan(upload),
      "two.migration.ts": plan(upload),
    };
    for (const [name, text] of Object.entries(plans)) await writeFile(join(folder, name), text);
    const told = [];
    for (const names of [
      ["good.migration.ts"],
      Object.keys(plans),
      ["--fix", "lost.migration.ts", "wrong.migration.ts"],
    ]) {
      const { out, err } = await inIt("check", ...names);
      told.push(`$ sampan check ${names.join(" ")}\n${out}${err}`);
    }
    await expect(told.join("\n").replaceAll(folder, "FOLDER")).toMatchFileSnapshot(file(language, "check"));
  });

  it("where a run stands, for whoever asks by a signal", async () => {
    await speak(language);
    const stage = {
      ...{ key: "upload", state: "running", doneBytes: 64 * 2 ** 20, totalBytes: 128 * 2 ** 20 },
      ...{ ratePerSecond: 2 ** 20, left: { ms: 64_000, runs: 0 }, note: "", stalled: null, startedAtMs: 0 },
    } as StageView;
    const stalled = { ...stage, note: "waiting", stalled: { ms: 60_000, atMs: 90_000 } } as StageView;
    const done = { ...stage, key: "assess", state: "finished" } as StageView;
    const view = { ...emptyRunView, attempt: 1, runId: "20261123-094205-k3f8p", title: "web-01" };
    const failed = { kind: "failed", error: toErrorRecord(new SampanError("CLOUD_FAILED", "x")) } as const;
    const lines = [
      statusLine(emptyRunView, 0),
      statusLine({ ...view, stages: [done, stage] }, 95_000),
      statusLine({ ...view, stages: [done, stalled] }, 95_000),
      statusLine({ ...view, stages: [done], end: failed }, 95_000),
    ];
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(file(language, "status"));
  });

  it("what the shell tells while it is open", async () => {
    await speak(language);
    const account = say("shell.real-account");
    const lines = [
      ...[say("shell.greeting", { version: "1.2.3" }), account, say("shell.real-account-from-now")],
      ...[say("shell.idle-interrupt"), say("shell.no-longer-waiting"), say("shell.dropped")],
      ...[say("shell.nothing-more"), shell.moreHint(1, 80), shell.moreHint(12, 80), shell.moreHint(12, 18)],
      ...[say("shell.jobs-leave-first"), say("shell.jobs-leave-again")],
      ...[say("shell.stopping-jobs"), say("shell.still-stopping"), say("shell.was-stopped")],
      ...[say("shell.sent-back"), shell.followingJob(true), shell.followingJob(false)],
    ];
    const stderr = new RememberingStream();
    const output = createOutput({
      ...{ json: false, quiet: false, env: {} },
      stdout: stderr,
      stderr,
    } as never);
    for (const text of lines) output.talk(text);
    if (language !== "en") expect(englishLeft(stderr.text)).toEqual([]);
    await expect(stderr.text).toMatchFileSnapshot(file(language, "shell"));
  });

  it("the help of the shell, its views, and what it says of values and runs", async () => {
    await speak(language);
    const { session, stdout, stderr } = rememberedSession({ cwd: folder });
    const plan = 'Migration.from("./guest.qcow2").assess().capture().toVhd()';
    const source = [
      `const plan = ${plan}; const empty = Migration.from("./guest.qcow2"); const list = [1, 2];`,
      'const images = [{ imageId: "m-1", region: "cn-hangzhou", status: "Available", name: "web" }];',
      "class Thing { go() {} } const thing = new Thing();",
    ];
    for (const line of source) await evaluateScript(session, line, "test", false);
    const told: string[] = [];
    for (const line of [
      ...[
        ":help",
        ":cloud",
        ":find quota",
        "?thing",
        "?plan",
        "?list",
        "?images",
        "?launch",
        "?capture.consistency",
        "?nothing-at-all",
        "?uplaod",
      ],
      ...["?isStage", "?whoami", "?:save", "?runs", "plan", "empty", "images"],
    ]) {
      const from = stdout.text.length;
      const talkedFrom = stderr.text.length;
      if (/^[:?]/.test(line)) await runShellLine(session, line);
      else await evaluateScript(session, line, "test", true);
      told.push(`> ${line}\n${stdout.text.slice(from)}${stderr.text.slice(talkedFrom)}`);
    }
    const context = { cloud: "simulator", rehearsal: true, profile: null, region: "cn-hangzhou" };
    told.push(`${promptText(1, context, 80)}\n${shell.waysOut().join("\n")}\n`);
    told.push(`${shell.jobStarted(1, "RUN", false)}\n${shell.jobStarted(2, "RUN", true)}\n`);
    const how = say("shell.has-failed");
    told.push(`${say("shell.job-ended", { number: 1, runId: "RUN", how })}\n`);
    if (language !== "en") expect(englishLeft(told.join("\n"))).toEqual([]);
    await expect(told.join("\n").replaceAll(folder, "FOLDER")).toMatchFileSnapshot(
      file(language, "shell-help"),
    );
  });

  it("the topics of help", async () => {
    const told = [];
    for (const name of Object.keys(helpTopics)) told.push((await inIt("help", name)).out);
    if (language !== "en") expect(englishLeft(told.join("\n"))).toEqual([]);
    await expect(told.join("\n")).toMatchFileSnapshot(file(language, "help-topics"));
  });

  it("errors of the command line", async () => {
    const told = [];
    for (const argv of [
      ["launder"],
      ["runn"],
      ["run"],
      ["convert", "a"],
      ["convert", "a.raw", "b.vhd", "--format", "zip"],
      ["convert", "a.raw", "b.vhd", "c.vhd"],
      ["runs", "--loud"],
      ["run", "a.json", "--parallel", "many"],
      ["run", "a.json", "--deadline", "soon"],
      ["explain", "CLOUD_BUCKET_REGIO"],
      ["attach", "20261123-094205-k3f8p"],
      ["--lang", "fr", "runs"],
    ]) {
      const { exitCode, err } = await inIt(...argv);
      expect([argv, exitCode > 0]).toEqual([argv, true]);
      told.push(`$ sampan ${argv.join(" ")}\n${err.replaceAll(folder, "FOLDER")}`);
    }
    await expect(told.join("\n")).toMatchFileSnapshot(file(language, "usage"));
  });

  it("errors with a sentence of their own, with a cause, and of the cloud, whose code and request id stay as they are", async () => {
    await speak(language);
    const errors = [
      new SampanError(
        "IMAGE_TRUNCATED",
        "reading an L2 table of 65536 bytes at 262144 of a file of 200000 bytes",
      ),
      new SampanError("HOST_UNREACHABLE", "connecting to web-01: nothing answers", {
        hint: "Look at its firewall.",
        cause: new Error("connect ETIMEDOUT 192.0.2.7:22"),
      }),
      new SampanError("CLOUD_FAILED", "importing the image in cn-hangzhou", {
        details: { vendorCode: "Something.New", requestId: "4C5D6E7F-0000-4000-8000-00000000BEEF" },
      }),
    ];
    const lines = errors.flatMap((error) => [...errorLines(toErrorRecord(error), coloursFor(false)), ""]);
    expect(lines.join("\n")).toMatch(/Something\.New[\s\S]*4C5D6E7F-0000-4000-8000-00000000BEEF/);
    await expect(lines.join("\n")).toMatchFileSnapshot(file(language, "errors"));
  });
});

describe("the language of a command", () => {
  it("is that of the locale; SAMPAN_LANG wins over it, and --lang over both, before and behind the command", async () => {
    const chinese = /^用法：/;
    expect((await sampan({ LANG: "zh_CN.UTF-8" }, "--help")).out).toMatch(chinese);
    expect((await sampan({ LANG: "C" }, "--help")).out).toMatch(/^Usage:/);
    expect((await sampan({ LANG: "zh_TW.UTF-8" }, "--help")).out).toMatch(/^Usage:/);
    expect((await sampan({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "en" }, "run", "--help")).out).toMatch(
      /^Usage:/,
    );
    expect((await sampan({ LANG: "C" }, "--lang", "zh-CN", "run", "--help")).out).toMatch(chinese);
    expect((await sampan({ LANG: "C" }, "run", "--help", "--lang=zh-CN")).out).toMatch(chinese);
    expect((await sampan({ SAMPAN_LANG: "zh-CN" }, "--lang", "en", "--help")).out).toMatch(/^Usage:/);
  });

  it.each([
    ["explain", "GUESTOS.Fstab"],
    ["explain", "CLOUD_BUCKET_REGION"],
    ["explain", "NoSuchCode"],
    ["assess", "guest.qcow2"],
    ["inspect", "guest.qcow2"],
    ["plan", "missing.json"],
    ["launder"],
  ])("is English under --json, and the same in all: %s %s", async (...argv) => {
    const english = await sampan({ SAMPAN_LANG: "en" }, ...argv, "--json");
    const chinese = await sampan({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "zh-CN" }, ...argv, "--json");
    expect(chinese).toEqual(english);
    expect(chinese.out).not.toMatch(/\p{Script=Han}/u);
  });

  it("is English in SARIF", async () => {
    const { out } = await sampan({ SAMPAN_LANG: "zh-CN" }, "assess", "guest.qcow2", "--sarif");
    expect(JSON.parse(out)).toHaveProperty("version", "2.1.0");
    expect(out).not.toMatch(/\p{Script=Han}/u);
  });
});
