import { describe, expect, it } from "vitest";
import type { AccountFacts } from "../account-facts.ts";
import { analysePlan } from "../analyse-plan.ts";
import type { LastRun } from "../last-run.ts";
import type { AnalysisOptions } from "../plan-analysis.ts";
import { all } from "./example.ts";

const disk = 'Migration.from("./a.vmdk").assess().capture().toVhd()';

/** Code, level and the marked text of each problem. */
function told(chain: string, options: AnalysisOptions): readonly string[] {
  const text = `import { Migration } from "sampan";\nexport default ${chain};\n`;
  return analysePlan(text, options).problems.map(
    ({ code, level, range }) => `${code} ${level} ${text.slice(range.start, range.end)}`,
  );
}

describe("what the account tells", () => {
  const zones = all(
    { region: "cn-hangzhou", zone: "cn-hangzhou-i", instanceTypes: ["ecs.g7.large"] },
    { region: "cn-hangzhou", zone: "cn-hangzhou-j", instanceTypes: ["ecs.g8i.large"] },
  );
  const launch = (options: string) =>
    `${disk}.upload("b-1").import({ region: "cn-hangzhou" }).launch(${options})`;

  it.each<[string, string, AccountFacts, readonly string[]]>([
    ["a zone it has not", launch('{ zone: "cn-hangzhou-z" }'), { zones }, ['SMP102 error "cn-hangzhou-z"']],
    [
      "a zone without the type",
      launch('{ zone: "cn-hangzhou-i", instanceTypes: ["ecs.g8i.large"] }'),
      { zones },
      ['SMP102 warning "cn-hangzhou-i"'],
    ],
    [
      "a zone with one of the types",
      launch('{ zone: "cn-hangzhou-i", instanceTypes: ["ecs.g8i.large", "ecs.g7.large"] }'),
      { zones },
      [],
    ],
    [
      "a bucket where the plan says",
      `${disk}.upload("b-1", { region: "cn-beijing" })`,
      { buckets: all({ name: "b-1", region: "cn-beijing" }) },
      [],
    ],
    [
      "a bucket elsewhere",
      `${disk}.upload("b-1", { region: "cn-beijing" })`,
      { buckets: all({ name: "b-1", region: "cn-shanghai" }) },
      ['SMP104 error "cn-beijing"'],
    ],
    [
      "a bucket of an archive",
      `${disk}.upload("b-1")`,
      { buckets: all({ name: "b-1", region: "cn-beijing", storageClass: "Archive", versioning: true }) },
      ['SMP105 warning "b-1"', 'SMP105 warning "b-1"'],
    ],
    [
      "an object that is there",
      `${disk}.upload("b-1", { key: "k.vhd" })`,
      { objects: all({ bucket: "b-1", key: "k.vhd" }) },
      ['SMP107 warning "k.vhd"'],
    ],
    [
      "an object of this plan's own run",
      `${disk}.upload("b-1", { key: "k.vhd" })`,
      { objects: all({ bucket: "b-1", key: "k.vhd", ownRun: true }) },
      [],
    ],
    [
      "an object that may be replaced",
      `${disk}.upload("b-1", { key: "k.vhd", overwrite: true })`,
      { objects: all({ bucket: "b-1", key: "k.vhd" }) },
      [],
    ],
    [
      "a role that trusts somebody else",
      `${disk}.upload("b-1").import({ createRole: true })`,
      { importRole: { askedAtMs: 0, state: "untrusted" } },
      ["SMP134 error import"],
    ],
    [
      "a role that may be made",
      `${disk}.upload("b-1").import(process.env.OPTIONS as never)`,
      { importRole: { askedAtMs: 0, state: "missing" } },
      [],
    ],
    [
      "no permission to make a bucket",
      `${disk}.upload("b-1", { createBucket: true })`,
      { deniedActions: all("oss:PutBucket") },
      ["SMP133 error upload"],
    ],
    [
      "a key of another region",
      `${disk}.upload("b-1").import().copyTo("cn-beijing", { encrypted: true, kmsKeyId: "k-1" })`,
      { kmsKeys: all({ region: "cn-shanghai", id: "k-1", usable: true }) },
      ['SMP142 warning "k-1"'],
    ],
    [
      "the main account",
      'Migration.with({ cloud: "alibaba" }).from("a.vmdk")',
      { credentials: { renewable: true, mainAccount: true } },
      ['SMP131 warning "alibaba"'],
    ],
  ])("%s", (_, chain, account, expected) => {
    expect(told(chain, { account })).toEqual(expected);
  });

  it("counts for nothing when it is a part, or old", () => {
    const chain = `${disk}.upload("b-1").import({ region: "cn-beijing" })`;
    const buckets = { ...all({ name: "b-1", region: "cn-shanghai" }), askedAtMs: 1_000_000 };
    expect(told(chain, { account: { buckets }, nowMs: 1_000_000 })).toEqual(['SMP104 error "cn-beijing"']);
    expect(told(chain, { account: { buckets }, nowMs: 1_000_000 + 11 * 60_000 })).toEqual([]);
    expect(told(chain, { account: { buckets: { ...buckets, complete: false } } })).toEqual([]);
  });
});

describe("what the last run tells", () => {
  const run = (more: Partial<LastRun>): AnalysisOptions => ({
    lastRuns: { default: { runId: "20261101-000000-aaaaa", status: "failed", ...more } },
  });
  const finding = {
    rule: "GUESTOS.Dhcp",
    severity: "blocker" as const,
    message: "no DHCP",
    hint: "switch it on",
    fixup: "dhcp",
  };

  it.each<[string, string, Partial<LastRun>, readonly string[]]>([
    [
      "a blocker that prepare mends",
      'Migration.from("a").assess()',
      { findings: [finding] },
      ["SMP122 error assess"],
    ],
    ["one that prepare has mended", 'Migration.from("a").assess().prepare()', { findings: [finding] }, []],
    [
      "one whose fix-up is left out",
      'Migration.from("a").assess().prepare({ skip: ["dhcp"] })',
      { findings: [finding] },
      ["SMP122 error assess"],
    ],
    [
      "one of the other profile",
      'Migration.from("a").assess({ profile: "whitepaper-2017" })',
      { findings: [finding], profile: "current" },
      [],
    ],
    [
      "one of the whitepaper",
      'Migration.from("a").assess({ profile: "whitepaper-2017" })',
      { findings: [finding], profile: "whitepaper-2017" },
      ["SMP122 error assess"],
    ],
    ["warnings", 'Migration.from("a").assess()', { findings: [{ ...finding, severity: "warning" }] }, []],
    [
      "another platform",
      `${disk}.upload("b-1").import({ platform: "Ubuntu" })`,
      { host: { platform: "Debian" } },
      ['SMP123 warning "Ubuntu"'],
    ],
    [
      "another boot mode and architecture",
      `${disk}.upload("b-1").import({ bootMode: "BIOS", architecture: "x86_64" })`,
      { host: { bootMode: "UEFI", architecture: "i386" } },
      ['SMP121 warning "BIOS"', 'SMP121 warning "x86_64"'],
    ],
    ["where it stopped", `${disk}.upload("b-1")`, { stoppedAt: "upload" }, ["SMP150 info upload"]],
    [
      "a run that goes on",
      `${disk}.upload("b-1")`,
      { status: "running", stoppedAt: "upload", leftovers: ["parts"] },
      [],
    ],
  ])("%s", (_, chain, last, expected) => {
    expect(told(chain, run(last))).toEqual(expected);
  });

  it("counts for the plan it was of alone", () => {
    const options = { lastRuns: { other: { runId: "r", status: "failed" as const, stoppedAt: "assess" } } };
    expect(told('Migration.from("a").assess()', options)).toEqual([]);
  });
});

it("tells of an image that a plan in another file makes too", () => {
  const place = { line: 1, character: 2 };
  const other = { path: "/p/other.migration.ts", title: "other.migration.ts", start: place, end: place };
  const options = { elsewhere: { '["image","","bucket b-1","web-01"]': [other] } };
  expect(told(`${disk}.upload("b-1").import({ name: "web-01" })`, options)).toEqual([
    'SMP108 warning "web-01"',
  ]);
});
