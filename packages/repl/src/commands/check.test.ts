import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { speak } from "../language/speech.ts";
import { englishLeft } from "../testing/english-left.ts";
import { describedFields, fieldsOf, undescribed } from "../testing/page-fields.ts";
import { runProgram } from "../testing/run-program.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sampan-check-"));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function sampan(...argv: readonly string[]) {
  return runProgram(argv, { env: { NO_COLOR: "1", HOME: join(cwd, "home") }, cwd });
}

const head = 'import { Migration } from "sampan";\n\n';
const good = `${head}export default Migration.from("./a.vmdk").assess();\n`;
const warned = `${head}Migration.from("./a.vmdk").assess();\n`;
const wrong = `${head}export default Migration.from("./a.vmdk")\n  .assess()\n  .capture()\n  .toVhd()\n  .upload("Web_Images");\n`;

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(cwd, name, ".."), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
}

describe("sampan check in Chinese", () => {
  afterEach(() => speak("en"));

  it("says every problem in Chinese, those the SDK refuses and what makes a value unknown included", async () => {
    const disk = 'Migration.from("./a.vmdk").assess()';
    const plans = [
      `${disk}.capture({ consistency: "freeze" })`,
      `${disk}.capture().toVhd().upload("web-images", { key: "/k", parallel: 65 })`,
      'Migration.from("ecs://cn-hangzhou/i-bp1").assess().capture()',
      'Migration.from("winrm://Administrator@web-01").assess().prepare()',
      'Migration.from("winrm://web-01").assess()',
      'Migration.from("ftp://web-01").assess()',
      `${disk}.capture({ tool: "qemu-img" })`,
      'Migration.from("ssh://web-01").assess().capture({ tool: "dd" })',
      `${disk}.import({ tags: 1 })`,
    ];
    await put({ "a.migration.ts": `${head}export default [\n${plans.join(",\n")}\n];\n` });
    const { exitCode, out } = await sampan("check", "--lang", "zh-CN", "a.migration.ts");
    expect(exitCode).toBe(1);
    const told = out.split("\n").filter((line) => !/^ +>? *(\d+ )?\|/.test(line));
    expect(told.filter((line) => /^a\.migration/.test(line)).length).toBeGreaterThanOrEqual(plans.length);
    expect(told.filter((line) => line !== "" && !/\p{Script=Han}/u.test(line))).toEqual([]);
    expect(englishLeft(told.join("\n"))).toEqual([]);
    const json = await sampan("check", "--lang", "zh-CN", "--json", "a.migration.ts");
    expect(json.out).not.toMatch(/\p{Script=Han}/u);
  });
});

describe("sampan check", () => {
  it("says nothing of a plan that is right, and runs none", async () => {
    await put({ "a.migration.ts": `${good}\nthrow new Error("it was run");\n` });
    const { exitCode, out, err } = await sampan("check", "a.migration.ts");
    expect([exitCode, out]).toEqual([0, ""]);
    expect(err).toBe("no problems in 1 plan of 1 file\n");
  });

  it("has every field of its JSON, and no other, on its page", async () => {
    const named = good.replace(
      ".assess()",
      '.assess().capture().toVhd().upload("web-images").import({ name: "web" })',
    );
    const copied = named
      .replace(/"web"/, '"db", region: "cn-hangzhou"')
      .replace(/\);\n$/, ').copyTo("cn-hangzhou");\n');
    await put({
      "a.migration.ts": named,
      "b.migration.ts": named,
      "c.migration.ts": copied,
      "d.migration.ts": wrong,
    });
    const { out } = await sampan("check", "--json", ".");
    const seen = new Set(fieldsOf(JSON.parse(out), { wholes: new Set() }));
    const described = describedFields("check.md");
    expect(undescribed(seen, described)).toEqual([]);
    expect([...described].filter((field) => !seen.has(field))).toEqual([]);
  });

  it("tells both of two files that their plans make an image of one name", async () => {
    const plan = (name: string) =>
      `${head}export default Migration.from("./a.vmdk").assess().capture().toVhd().upload("web-images").import({ name: "${name}" });\n`;
    await put({
      "a.migration.ts": plan("web"),
      "b/b.migration.ts": plan("web"),
      "c.migration.ts": plan("db"),
    });
    const { exitCode, out } = await sampan("check", ".");
    expect(exitCode).toBe(3);
    expect(out).toContain('a.migration.ts:3:106 warning A plan in b/b.migration.ts makes an image "web" too');
    expect(out).toContain("\n    b/b.migration.ts:3:106 the other one\n");
    expect(out).toContain("\n    a.migration.ts:3:106 the other one\n");
    expect(out).not.toContain("c.migration.ts");
    const told = JSON.parse((await sampan("check", ".", "--json")).out) as {
      files: { path: string; problems: { related: object[] }[] }[];
    };
    expect(
      told.files.map(({ path, problems }) => [path, problems.map(({ related }) => related)]),
    ).toMatchObject([
      ["a.migration.ts", [[{ path: "b/b.migration.ts", line: 3, column: 106 }]]],
      ["b/b.migration.ts", [[{ path: "a.migration.ts", line: 3, column: 106 }]]],
      ["c.migration.ts", []],
    ]);
    const log = JSON.parse((await sampan("check", ".", "--sarif")).out) as Log;
    const places = log.runs[0]?.results?.map(
      ({ relatedLocations }) => relatedLocations?.[0]?.physicalLocation?.artifactLocation?.uri,
    );
    expect(places).toEqual(["b/b.migration.ts", "a.migration.ts"]);
    expect((await sampan("check", "a.migration.ts")).exitCode).toBe(0);
  });

  it("shows each problem in its lines, with what mends it", async () => {
    await put({ "a.migration.ts": wrong });
    const { exitCode, out, err } = await sampan("check", "a.migration.ts");
    expect(exitCode).toBe(1);
    expect(out).toBe(
      [
        'a.migration.ts:7:11 error "Web_Images" cannot be a bucket\'s name: OSS takes 3 to 63 lower-case letters, digits and dashes, no dash at the ends. SMP103',
        "    5 |   .capture()",
        "    6 |   .toVhd()",
        '  > 7 |   .upload("Web_Images");',
        "      |           ^",
        "    8 |",
        "    fix: Change to web-images (by --fix)",
        "",
        "",
      ].join("\n"),
    );
    expect(err).toBe("1 error in 1 plan of 1 file · 1 mended by --fix\n");
  });

  it("makes the safe changes in place, once, and leaves nothing beside the file", async () => {
    await put({ "a.migration.ts": wrong });
    expect((await sampan("check", "a.migration.ts", "--fix")).exitCode).toBe(0);
    const mended = wrong.replace("Web_Images", "web-images");
    expect(await readFile(join(cwd, "a.migration.ts"), "utf8")).toBe(mended);
    expect((await sampan("check", "a.migration.ts", "--fix")).err).not.toContain("made");
    expect(await readdir(cwd)).toEqual(["a.migration.ts"]);
  });

  it("finds plans in folders and by patterns, and none in what is installed", async () => {
    await put({
      "plans/a.migration.ts": good,
      "plans/deep/b.migration.js": good,
      "plans/node_modules/c.migration.ts": wrong,
      "plans/other.ts": wrong,
    });
    const paths = async (...argv: readonly string[]) =>
      (JSON.parse((await sampan("check", "--json", ...argv)).out) as { files: { path: string }[] }).files.map(
        ({ path }) => path,
      );
    expect(await paths("plans")).toEqual(["plans/a.migration.ts", "plans/deep/b.migration.js"]);
    expect(await paths("plans/*.ts")).toEqual(["plans/a.migration.ts", "plans/other.ts"]);
    expect(await paths("**/*.migration.js", "plans/a.migration.ts")).toEqual([
      "plans/a.migration.ts",
      "plans/deep/b.migration.js",
    ]);
    expect((await sampan("check", "plans/*.mts")).exitCode).toBe(2);
    expect((await sampan("check", "missing.migration.ts")).err).toContain("PLAN_LOAD_FAILED");
  });

  it("ends with 3 for warnings, unless they are let pass", async () => {
    await put({ "a.migration.ts": warned });
    expect((await sampan("check", ".")).exitCode).toBe(3);
    expect((await sampan("check", ".", "--max-level", "warning")).exitCode).toBe(0);
    await put({ "b.migration.ts": wrong });
    expect((await sampan("check", ".", "--max-level", "warning")).exitCode).toBe(1);
    expect((await sampan("check", ".", "--max-level", "error")).exitCode).toBe(0);
  });

  it("heeds the nearest configuration without running it", async () => {
    await put({
      "sampan.config.ts": 'throw 1;\nexport default defineConfig({ rules: { SMP111: "off" } });\n',
      "plans/a.migration.ts": warned,
    });
    expect((await sampan("check", "plans")).exitCode).toBe(0);
  });

  it("takes levels from where every setting is read, unless it is told not to", async () => {
    await put({ "sampan.config.json": '{ "rules": { "SMP111": "hint" } }', "plans/a.migration.ts": warned });
    expect((await sampan("check", "plans")).exitCode).toBe(0);
    expect((await sampan("check", "plans", "--no-config")).exitCode).toBe(3);
    await put({
      "sampan.config.json": "{}",
      "home/.config/sampan/config.json": '{"rules":{"SMP111":"off"}}',
    });
    expect((await sampan("check", "plans")).exitCode).toBe(0);
    await put({ "sampan.config.json": '{ "rules": { "SMP111": "loud" } }' });
    const { exitCode, err } = await sampan("check", "plans");
    expect([exitCode, err]).toEqual([2, expect.stringContaining("CONFIG_SETTING_INVALID")]);
    // What lies above a project says nothing about it.
    await put({ "plans/.git/HEAD": "" });
    expect((await sampan("check", "plans", "--no-config")).exitCode).toBe(3);
    expect((await sampan("check", "plans")).exitCode).toBe(0);
  });

  it("is one JSON value with every place", async () => {
    await put({ "a.migration.ts": wrong });
    const { out } = await sampan("check", "a.migration.ts", "--json");
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      type: "check",
      exitCode: 1,
      errors: 1,
      warnings: 0,
      files: [
        {
          path: "a.migration.ts",
          plans: [{ id: "default", exported: true, line: 3 }],
          problems: [{ code: "SMP103", level: "error", line: 7, column: 11, endLine: 7, endColumn: 23 }],
        },
      ],
    });
  });

  it("is a SARIF log with fixes", async () => {
    await put({ "a.migration.ts": wrong });
    const log = JSON.parse((await sampan("check", "a.migration.ts", "--sarif")).out) as Log;
    const [result] = log.runs[0]?.results ?? [];
    expect(result).toMatchObject({
      ruleId: "SMP103",
      level: "error",
      locations: [
        { physicalLocation: { artifactLocation: { uri: "a.migration.ts" }, region: { startLine: 7 } } },
      ],
    });
    expect(log.runs[0]?.tool.driver.rules?.[result?.ruleIndex ?? -1]?.id).toBe("SMP103");
    expect(result?.fixes?.[0]?.artifactChanges[0]?.replacements[0]?.insertedContent?.text).toBe(
      '"web-images"',
    );
  });

  it("shows no secret and no control character", async () => {
    const text = `${head}export default Migration.from("ssh://root:hunter2@web-01").assess(); // \u001b[31m\nconst x = Migration.from("oss\u001b[2J://");\n`;
    await put({ "a\u001b[31m.migration.ts": text });
    for (const argv of [
      ["check", "."],
      ["check", ".", "--json"],
      ["check", ".", "--sarif"],
    ]) {
      const { out, err, exitCode } = await sampan(...argv);
      expect(exitCode).toBe(1);
      expect(out + err).not.toContain("hunter2");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    }
  });
});

describe("sampan explain", () => {
  it("explains a problem of plans, with an example of each kind", async () => {
    const { exitCode, out } = await sampan("explain", "smp103");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^code +SMP103\n/);
    expect(out).toContain('.upload("Web_Images")');
    expect(JSON.parse((await sampan("explain", "SMP103", "--json")).out)).toMatchObject({ origin: "plan" });
    expect((await sampan("explain", "SMP999")).exitCode).toBe(2);
  });
});
