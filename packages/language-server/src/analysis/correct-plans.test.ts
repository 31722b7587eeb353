// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are plans, whose templates are theirs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analysePlan } from "./analyse-plan.ts";
import { planRules } from "./rules/index.ts";

/*
 * Correct plans, as people write them: none may have a finding graver than a hint, whatever the rules learn.
 */

const examples = fileURLToPath(new URL("../../../../examples", import.meta.url));

/** A chain from a disk image to an image of ECS. */
const whole = '.assess().prepare().capture().toVhd().upload("web-images").import()';
const image =
  '.assess().capture().toVhd().upload("web-images", { createBucket: true }).import({ name: "web-01", createRole: true })';
const instance = 'Migration.from("ecs://cn-hangzhou/i-bp1example")';

const exported: readonly string[] = [
  // Sources.
  'Migration.from("./web-01.vmdk")',
  'Migration.from("C:\\\\images\\\\web-01.vhdx")',
  'Migration.from("/srv/images/web 01.ova")',
  'Migration.from("file:///srv/web-01.qcow2")',
  'Migration.from({ kind: "image-file", path: "a.ova", disk: 0, allowPaths: ["../base"] })',
  'Migration.from("ssh://root@web-01:2222").assess()',
  'Migration.from("ssh://[2001:db8::1]").assess()',
  'Migration.from({ kind: "ssh", host: "web-01", user: "admin", sudo: "auto", passwordFrom: { env: "SUDO_PASSWORD" } }).assess()',
  'Migration.from({ kind: "ssh", host: "web-01", passwordFrom: "ask", compression: "zstd", channels: 4 }).assess()',
  'Migration.from("local://").assess()',
  'Migration.from("winrms://Administrator@win-01").assess()',
  'Migration.from("esxi://root@esx-01/web%2001").assess()',
  'Migration.from("https://files.example.com/web-01.qcow2").assess()',
  'Migration.from({ kind: "image-url", url: "https://files.example.com/a.raw", queryFrom: { file: "./signed" } }).assess()',
  `${instance}.assess()`,
  'Migration.from({ kind: "ecs", region: "eu-central-1", instanceId: "i-gw8example" }).snapshot()',
  // Steps and options.
  'Migration.from("a.vmdk").assess({ profile: "whitepaper-2017" })',
  'Migration.from("a.vmdk").assess({ accept: { "GUESTOS.Virtio": "a kernel of our own" } })',
  'Migration.from("a.vmdk").assess().prepare({ skip: ["firewall"], selinux: "permissive" })',
  'Migration.from("ssh://web-01").assess().prepare({ on: "host", confirm: true })',
  'Migration.from("a.vmdk").assess().capture({ disks: ["0", "1"], freeSpace: "keep" })',
  'Migration.from("ssh://web-01").assess().capture({ consistency: "freeze", leaseMs: 2 * 60_000 })',
  'Migration.from("ssh://web-01").assess().capture({ tool: "dd", share: { onHost: "/mnt/s", here: "./s" } })',
  'Migration.from("winrm://admin@win-01").assess().capture({ tool: "disk2vhd", share: { onHost: "\\\\\\\\c\\\\s", here: "/s" }, acceptLicence: true, volumes: ["C:"] })',
  'Migration.from("a.vmdk").assess().capture().toRaw().upload("b-1")',
  'Migration.from("a.vmdk").assess().capture().toQcow2().upload("b-1", { key: "images/web 01.qcow2", overwrite: true })',
  'Migration.from("a.vmdk").assess().capture().toVhd({ subformat: "fixed" }).upload("b-1", { parallel: 8, partBytes: 8 * 1024 ** 2, bytesPerSecond: 10e6, abortOnCancel: true })',
  `Migration.from("a.vmdk")${whole}`,
  `Migration.from("a.vmdk")${image}.copyTo("cn-shanghai", "ap-southeast-1").shareWith("1234567890123456")`,
  `Migration.from("a.vmdk")${image}.copyTo("cn-beijing", { name: "web", encrypted: true, kmsKeyId: "key-1" }).copyTo("cn-qingdao")`,
  `Migration.from("a.vmdk")${image}.launch().verify({ ports: [22, 443], afterwards: "stop" })`,
  `Migration.from("a.vmdk")${image}.launch({ zone: "us-east-1a", region: "us-east-1" })`,
  `Migration.from("a.vmdk")${image}.launch({ instanceTypes: ["ecs.g7.large", "ecs.c99x.large"], vSwitchId: ["vsw-1a", "vsw-1b"], test: true })`,
  'Migration.from("a.vmdk").assess().capture().toVhd().upload("b-1", { region: "cn-hangzhou" }).import({ region: "cn-hangzhou", platform: "Rocky Linux", bootMode: "UEFI", tags: { team: "web" }, deadlineMs: 3_600_000 })',
  'Migration.from("a.vmdk").assess().capture().toVhd().upload("b-1").import({ architecture: "arm64", bootMode: "UEFI" }).launch({ instanceTypes: ["ecs.g8y.large"] })',
  'Migration.from("a.vmdk").assess().capture().toVhd().upload("b-1").import({ platform: "Windows Server 2022", licenseType: "Aliyun" })',
  'Migration.from("a.vmdk").assess().capture().toVhd().upload("b-1").import({ strategy: "image-builder", repair: "Standard" })',
  `${instance}.assess().snapshot({ stop: true, disks: "system" }).createImage({ name: "网站-01", detect: true }).copyTo("cn-shanghai")`,
  `${instance}.createImage().launch({ zone: "cn-hangzhou-k" })`,
  'Migration.with({ cloud: "alibaba", profile: "prod", region: "cn-hongkong" }).from("a.vmdk").assess()',
  // Values that are composed or only known later.
  'Migration.from(process.env.HOST ?? "./a.vmdk").assess()',
  "Migration.from(process.argv[2]!).assess({ ...JSON.parse(process.env.OPTIONS!) })",
  'Migration.from("a.vmdk").assess().capture().toVhd().upload(process.env.BUCKET!, { region: process.env.REGION })',
  `Migration.from("a.vmdk")${image}.copyTo(...process.env.REGIONS!.split(","))`,
  `Migration.from("a.vmdk")${image}.copyTo(...["cn-beijing", "cn-qingdao"])`,
  `(Migration.from("a.vmdk") as any).assess().capture().toVhd()`,
  'Migration.from("a.vmdk")\n  // first\n  .assess() /* second */\n  .capture()',
  "[]",
  'Promise.resolve(Migration.from("a.vmdk").assess())',
];

const files: Readonly<Record<string, string>> = {
  "a constant": 'const plan = Migration.from("a.vmdk").assess();\nexport default plan;\n',
  "two exported constants":
    'export const web = Migration.from("a.vmdk").assess();\nexport const db = Migration.from("b.vmdk").assess();\nexport default [web, db];\n',
  "a helper": `const move = (host: string, name: string) => Migration.from("ssh://" + host)${image.replace('"web-01"', "name")};\nexport default [move("web-01", "web-01"), move("web-02", "web-02")];\n`,
  "a helper with options":
    'function move({ host, bucket = "web-images", ...rest }: any) {\n  return Migration.from(host).assess(rest).capture().toVhd().upload(bucket);\n}\nexport default move({ host: "a.vmdk", profile: "current" });\n',
  "a loop":
    'const plans = [];\nfor (const host of ["a", "b"]) plans.push(Migration.from(`ssh://root@${host}`).assess());\nexport default plans;\n',
  "a map":
    'const hosts = { "web-01": "cn-hangzhou", "web-02": "cn-beijing" };\nexport default Object.entries(hosts).map(([name, region]) => Migration.from("ssh://" + name).assess().capture().toVhd().upload("images", { region }).import({ name, region }));\n',
  "a function":
    'export default async function () {\n  const { hosts } = await import("./hosts.ts");\n  return hosts.map((host: string) => Migration.from(host).assess());\n}\n',
  "a condition":
    'const production = process.env.STAGE === "production";\nconst base = Migration.from("a.vmdk").assess();\nexport default production ? base.capture().toVhd() : base;\n',
  "something that changes":
    'let bucket = "A";\nbucket = bucket.toLowerCase() + "-images";\nconst options: any = {};\noptions.key = "k";\nexport default Migration.from("a.vmdk").assess().capture().toVhd().upload(bucket, options);\n',
  "another module":
    'import { bucket, Hosts } from "./mine.ts";\nexport default Migration.from(Hosts.web).assess().capture().toVhd().upload(bucket);\n',
  "a class":
    'class Mover {\n  #bucket = "b";\n  plan(host: string) { return Migration.from(host).assess().capture().toVhd().upload(this.#bucket); }\n}\nexport default new Mover().plan("a.vmdk");\n',
  "another Migration":
    'const m = { from: (x: string) => x.length };\nexport default Migration.from("a.vmdk").assess();\nm.from("Not A Host");\n',
  "what is printed":
    'const plan = Migration.from("a.vmdk").assess();\nconsole.log(plan.describe());\nexport default plan;\n',
  "a start that is shared":
    'const cloud = Migration.with({ region: "cn-beijing" });\nexport default ["a", "b"].map((name) => cloud.from(`./${name}.vmdk`).assess());\n',
  "a generic helper":
    'const twice = <T,>(value: T) => [value, value];\nexport default twice("a").map((h) => Migration.from(h).assess());\n',
};

const programs: Readonly<Record<string, string>> = {
  "a program that runs":
    'const plan = Migration.from("a.vmdk").assess();\nconst result = await plan.run();\nconsole.log(result);\n',
  "a program that listens": 'Migration.from("a.vmdk").assess().subscribe({ next: console.log });\n',
  "a program with a handle":
    'const handle = Migration.from("a.vmdk").assess().run();\nhandle.events.subscribe(console.log);\nawait handle;\n',
  "a function that runs":
    "export async function move(host: string) {\n  return Migration.from(host).assess().run();\n}\n",
  "several at once": 'await Promise.all(["a", "b"].map((host) => Migration.from(host).assess().run()));\n',
};

function graver(text: string, path?: string): readonly string[] {
  return analysePlan(text, { nowMs: 0, ...(path && { path }) })
    .problems.filter(({ level }) => level !== "hint")
    .map(({ code, message }) => `${code} ${message}`);
}

describe("a correct plan has no finding", () => {
  it("of which there are enough", () => {
    expect(exported.length + Object.keys(files).length + Object.keys(programs).length).toBeGreaterThanOrEqual(
      60,
    );
  });

  it.each(readdirSync(examples).filter((name) => name.endsWith(".ts")))("in the example %s", (name) => {
    expect(graver(readFileSync(join(examples, name), "utf8"), name)).toEqual([]);
  });

  it.each(exported)("when it exports %s", (chain) => {
    const found = graver(`import { Migration } from "sampan";\n\nexport default ${chain};\n`);
    expect(found).toEqual([]);
  });

  it.each(Object.entries(files))("with %s", (_, text) => {
    expect(graver(`import { Migration } from "sampan";\n\n${text}`, "a.migration.ts")).toEqual([]);
  });

  it.each(Object.entries(programs))("in %s", (_, text) => {
    expect(graver(`import { Migration } from "@sampan/sdk";\n\n${text}`, "move.ts")).toEqual([]);
  });

  it.each(["js", "mjs", "cjs"])("in JavaScript, .%s", (ending) => {
    const text =
      'const { Migration } = require("sampan");\nmodule.exports = Migration.from("a.vmdk").assess();\n';
    expect(graver(text, `a.migration.${ending}`)).toEqual([]);
  });

  it("in an entry of the shell", () => {
    const { problems } = analysePlan('Migration.from("a.vmdk").assess()', { globalMigration: true });
    expect(problems).toEqual([]);
  });

  it("in no file that has nothing to do with plans", () => {
    for (const text of [
      "",
      "export {};\n",
      "const x = 1;\nx.run();\n",
      "#!/usr/bin/env node\nconsole.log('hi')\n",
    ]) {
      expect(graver(text)).toEqual([]);
    }
  });
});

describe("whatever the text is", () => {
  const texts = planRules.flatMap(({ bad, good }) => [bad, good]);

  it("nothing is thrown when it ends anywhere", () => {
    for (const { text, options } of texts.filter((_, index) => index % 3 === 0)) {
      for (let end = 0; end <= text.length; end += 1) analysePlan(text.slice(0, end), options);
    }
  });

  it("nothing is thrown when it is garbled", () => {
    let seed = 20261126;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed % below;
    };
    const pieces = [
      "(",
      ")",
      "{",
      "}",
      "[",
      "]",
      ".",
      ",",
      '"',
      "`",
      "${",
      "=>",
      "...",
      "\0",
      "\u2028",
      "\ud800",
      "import ",
      "await ",
      ".run()",
      ".from(",
      "//",
      "/*",
      "<",
      "?.",
    ];
    for (const { text, options } of texts) {
      for (let turn = 0; turn < 12; turn++) {
        let garbled = text;
        for (let change = 0; change <= turn; change++) {
          const at = random(garbled.length + 1);
          garbled = garbled.slice(0, at) + pieces[random(pieces.length)] + garbled.slice(at + random(4));
        }
        for (const { range, fixes } of analysePlan(garbled, options).problems) {
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.end).toBeLessThanOrEqual(garbled.length);
          for (const { edits } of fixes)
            for (const edit of edits) expect(edit.range.end).toBeLessThanOrEqual(garbled.length);
        }
      }
    }
  });
});
