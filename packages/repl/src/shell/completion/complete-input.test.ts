import * as sdk from "@sampan/sdk";
import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { completionWorld, tab } from "../../testing/completion-world.ts";
import { exportSignatures } from "../help/export-summaries.ts";

const always = ["run", "plan", "describe", "subscribe", "pipe"];
const world = completionWorld(
  {
    instance: Migration.from("ecs://cn-hangzhou/i-bp1"),
    assessed: Migration.from("./web.vmdk").assess(),
    _: Migration.from("/plans/web.vmdk").assess().prepare(),
    result: { images: [{ imageId: "m-1" }], count: 3 },
  },
  {
    bucket: [
      { value: "web-images", summary: "cn-hangzhou", region: "cn-hangzhou" },
      { value: "web-archive", summary: "cn-shanghai", region: "cn-shanghai" },
      { value: "db-images", summary: "cn-hangzhou", region: "cn-hangzhou" },
      { value: 'bad"+steal()+"', summary: "", region: "cn-hangzhou" },
    ],
    zone: [
      { value: "cn-hangzhou-i", summary: "", region: "cn-hangzhou" },
      { value: "cn-shanghai-b", summary: "", region: "cn-shanghai" },
    ],
    "instance-type": [
      { value: "ecs.g7.large", summary: "2 vCPU" },
      { value: "ecs.c7.large", summary: "2 vCPU" },
    ],
    disk: [
      { value: "web.vmdk", summary: "40 GiB", source: "/plans/web.vmdk" },
      { value: "sda", summary: "20 GiB", source: "ssh://root@web-01" },
    ],
    run: [{ value: "20261126-101500-abcde", summary: "web.vmdk" }],
    source: [
      { value: "web-01", summary: "in ~/.ssh/config" },
      { value: "db-01", summary: "in ~/.ssh/config" },
    ],
    profile: [{ value: "production", summary: "cn-shanghai" }],
    rule: [{ value: "GUESTOS.Platform", summary: "" }],
    "fix-up": [{ value: "firewall", summary: "" }],
  },
  {
    "/plans": [
      { name: "web.vmdk", isFolder: false },
      { name: "web disks", isFolder: true },
      { name: ".hidden", isFolder: false },
      { name: "odd'name", isFolder: false },
    ],
    "/plans/web disks": [{ name: "one.qcow2", isFolder: false }],
  },
);
const values = (marked: string) => tab(marked, world).values;
const text = (marked: string) => tab(marked, world).text;

describe("after a dot", () => {
  it.each<[string, readonly string[]]>([
    ["Migration.|", ["from", "with"]],
    ["Migration.with({ region: 'cn-beijing' }).|", ["from", "with"]],
    ['Migration.from("./a.vmdk").|', ["assess", ...always]],
    ['Migration.from("ecs://cn-hangzhou/i-bp1").|', ["assess", "snapshot", "createImage", ...always]],
    ["Migration.from(`./a`).assess().|", ["prepare", "capture", ...always]],
    [
      'Migration.from("winrm://u@h").assess().prepare({ on: "host", confirm: true }).|',
      ["capture", ...always],
    ],
    [
      'Migration\n  .from("a")\n  .assess() // judged\n  .capture()\n  .|',
      ["toVhd", "toRaw", "toQcow2", ...always],
    ],
    ['(Migration.from("a").assess()).|', ["prepare", "capture", ...always]],
    [
      'Migration.from("a").assess().capture({ disks: [f(")", /[)]/)] }).toVhd().upload("b").|',
      ["import", ...always],
    ],
    ['const p = Migration.from("a").assess();\np.|', ["prepare", "capture", ...always]],
    ['const q = p.capture(), p = Migration.from("a")\nq.|', []],
    [
      'Migration.from({ kind: "ecs", region: "cn-hangzhou", instanceId: "i-1" }).assess().|',
      ["snapshot", "createImage", ...always],
    ],
    ["assessed.|", ["prepare", "capture", ...always]],
    ["instance.|", ["assess", "snapshot", "createImage", ...always]],
    [".|", ["capture", ...always]],
    ["  .capture().|", ["toVhd", "toRaw", "toQcow2", ...always]],
    ["result.|", ["images", "count"]],
    ["result.images.map|", ["map"]],
    ['Migration.from("a").run().|', ["result", "events", "cancel", "id", "attached"]],
    ["(await assessed.run()).|", []],
    ["await assessed.|", []],
    ["unknown.|", []],
    ["'text'.toLowerC|", ["toLowerCase"]],
    ["1.|", []],
    ["`$" + "{Migration.from('a').|", ["assess", ...always]],
    ["`$" + "{1}`.|", []],
  ])("in %j offers what is legal next", (marked, expected) => {
    const given = marked.startsWith("await")
      ? values(marked).filter((name) => name === "then")
      : values(marked);
    expect(given).toEqual(expected);
  });

  it("adds the bracket of the call, but not where it stands already", () => {
    expect(text('Migration.from("a").as|')).toBe('Migration.from("a").assess(|');
    expect(text('Migration.from("a").as|()')).toBe('Migration.from("a").assess|()');
    expect(text('Migration.fr|om("a")')).toBe('Migration.fr|om("a")');
    expect(text("assessed.p|")).toBe("assessed.p|");
    expect(values("assessed.p|")).toEqual(["prepare", "plan", "pipe"]);
  });

  it("says in one line what each does", () => {
    const [first] = tab('Migration.from("a").|', world).candidates;
    expect(first?.summary).toBe(
      "Judges whether the host can be migrated, and what has to change; changes nothing.",
    );
  });

  it("says nothing inside of comments, regular expressions and numbers", () => {
    for (const marked of ["// Migration.|", "/* assessed.|", "/assessed.|", "'assessed.|", "x = 12|"]) {
      expect(values(marked)).toEqual([]);
    }
  });
});

describe("in the arguments of a verb", () => {
  it("offers the options that are not written yet", () => {
    expect(values('assessed.capture().toVhd().upload("b", { |')).toEqual([
      "key",
      "region",
      "createBucket",
      "overwrite",
      "parallel",
      "partBytes",
      "bytesPerSecond",
      "abortOnCancel",
    ]);
    expect(values('x.upload("b", { overwrite: true, parallel: 4, |')).not.toContain("parallel");
    expect(text('x.upload("b", { cr|')).toBe('x.upload("b", { createBucket: |');
    expect(text("assessed.capture({ share: { on|")).toBe("assessed.capture({ share: { onHost: |");
    expect(values("Migration.with({ |")).toEqual(["cloud", "profile", "region"]);
  });

  it("offers the values an option has", () => {
    expect(values("assessed.capture({ freeSpace: '|")).toEqual(["skip", "keep"]);
    expect(text("assessed.capture({ consistency: 'f|")).toBe("assessed.capture({ consistency: 'freeze'|");
    expect(text("assessed.capture({ consistency: f|")).toBe("assessed.capture({ consistency: f|");
    expect(values("assessed.capture({ consistency: |").slice(0, 3)).toEqual([
      '"snapshot"',
      '"freeze"',
      '"none"',
    ]);
    expect(values("x.import({ detect: |").slice(0, 2)).toEqual(["true", "false"]);
    expect(text("x.import({ detect: t|")).toBe("x.import({ detect: true|");
    expect(values("Migration.with({ cloud: '|")).toEqual(["simulator", "alibaba"]);
  });

  it("completes names of the cloud inside of quotes, and closes them", () => {
    expect(values('x.upload("|')).toEqual(["web-images", "web-archive", "db-images"]);
    expect(text('x.upload("w|')).toBe('x.upload("web-|');
    expect(text('x.upload("db|')).toBe('x.upload("db-images"|');
    expect(text('x.upload("db|")')).toBe('x.upload("db-images|")');
    expect(text("x.upload('db|")).toBe("x.upload('db-images'|");
    expect(values('x.copyTo("cn-shanghai", "cn-h|')).toEqual([
      "cn-huhehaote",
      "cn-hangzhou",
      "cn-heyuan",
      "cn-hongkong",
    ]);
    expect(values("x.launch({ instanceTypes: ['ecs.g7.large', 'ecs.c|")).toEqual(["ecs.c7.large"]);
    expect(values("x.upload(|").slice(0, 2)).toEqual(['"web-images"', '"web-archive"']);
    expect(tab('x.upload("|', world).note).toBe("names of the account: 3 min old");
    expect(tab('x.upload("|', world).wants).toEqual({ accountNames: true });
  });

  it("keeps to the region that the call is about", () => {
    expect(values('x.launch({ region: "cn-shanghai", zone: "|')).toEqual(["cn-shanghai-b"]);
    expect(values('x.launch({ zone: "|')).toEqual(["cn-hangzhou-i", "cn-shanghai-b"]);
  });

  it("knows disks of earlier runs, profiles, rules and fix-ups", () => {
    expect(values("_.capture({ disks: ['|")).toEqual(["web.vmdk"]);
    expect(values("Migration.from('./web.vmdk').assess().capture({ disks: ['|")).toEqual(["web.vmdk"]);
    expect(values("Migration.from('ssh://root@web-01').assess().capture({ disks: ['|")).toEqual(["sda"]);
    expect(values("Migration.with({ profile: '|")).toEqual(["production"]);
    expect(values("Migration.from('a').assess({ accept: { '|")).toEqual(["GUESTOS.Platform"]);
    expect(values("assessed.prepare({ skip: ['|")).toEqual(["firewall"]);
  });

  it("says how the call is written", () => {
    expect(tab("x.upload(|", world).hint).toBe("upload(bucket, options?)");
    expect(tab('x.launch({ zone: "|', world).hint).toBe("Only this zone. Default: any that has the type.");
  });

  it("does not take a function of another kind for a verb", () => {
    expect(values('Array.from("|')).toEqual([]);
    expect(values('upload("|')).toEqual([]);
    expect(values('f({ bucket: "|')).toEqual([]);
  });
});

describe("the source of a plan", () => {
  it("is a path, or an address", () => {
    expect(values('Migration.from("./|')).toEqual(["web.vmdk", "web disks/"]);
    expect(text('Migration.from("./web.|')).toBe('Migration.from("./web.vmdk"|');
    expect(text('Migration.from("./web d|')).toBe('Migration.from("./web disks/|');
    expect(text('Migration.from("web disks/|')).toBe('Migration.from("web disks/one.qcow2"|');
    expect(values('Migration.from("./.|')).toEqual(["./", "../", ".hidden"]);
    expect(values('Migration.from("s|')).toEqual(["ssh://"]);
    expect(tab('Migration.from("../other/|', world).wants).toEqual({ folder: "/other" });
    expect(values('Migration.from("../other/|')).toEqual([]);
  });

  it("names hosts of the SSH configuration, and regions of instances", () => {
    expect(values('Migration.from("ssh://|')).toEqual(["web-01", "db-01"]);
    expect(text('Migration.from("ssh://root@w|')).toBe('Migration.from("ssh://root@web-01"|');
    expect(text('Migration.from("esxi://db|')).toBe('Migration.from("esxi://db-01/|');
    expect(text('Migration.from("ecs://cn-hang|')).toBe('Migration.from("ecs://cn-hangzhou/|');
  });
});

describe("elsewhere", () => {
  it("offers names of the session, and what the input declares", () => {
    expect(text("const m = Mig|")).toBe("const m = Migration|");
    expect(values("const localPlan = 1; localP|")).toEqual(["localPlan"]);
    expect(values("const Mig|")).toEqual([]);
    expect(values("f(asses|")).toEqual(["assessed"]);
    expect(values("if (a) { asses|")).toEqual(["assessed"]);
    expect(values("() => asses|")).toEqual(["assessed"]);
    expect(tab("assesse|", world).candidates[0]?.summary).toBe("AssessedHost of ./web.vmdk");
  });

  it("offers modules and their exports", () => {
    expect(text('import { Migration } from "samp|')).toBe('import { Migration } from "sampan"|');
    expect(values('import fs from "node:fs|')).toEqual(["node:fs", "node:fs/promises"]);
    expect(values("await import('@samp|")).toEqual(["@sampan/sdk"]);
    expect(values('import one from "./|')).toEqual(["web.vmdk", "web disks/"]);
    expect(values("import { Migration, isSt|")).toEqual(["isStage"]);
    expect(values("import { Migration, Mig|")).toEqual([]);
  });

  it("offers ids of runs where one is taken", () => {
    expect(text('runner.resume("|')).toBe('runner.resume("20261126-101500-abcde"|');
  });
});

describe("what is not quite typed as it is called", () => {
  it("falls back on letters in order, then on slips", () => {
    expect(tab('x.copyTo("hangz|', world)).toMatchObject({ match: "fuzzy", values: ["cn-hangzhou"] });
    expect(text('x.copyTo("hangz|')).toBe('x.copyTo("cn-hangzhou"|');
    expect(tab("Migration.form|", world)).toMatchObject({ match: "near", text: "Migration.from(|" });
    expect(tab("migra|", world)).toMatchObject({ text: "Migration|" });
    expect(tab("assessed.capture().toQ2|", world).values).toEqual(["toQcow2"]);
    expect(tab('x.copyTo("cn-hangzhuo|', world).values).toEqual(["cn-hangzhou"]);
  });
});

it("has a line for everything the SDK gives", () => {
  expect(Object.keys(exportSignatures).sort()).toEqual(Object.keys(sdk).sort());
});
