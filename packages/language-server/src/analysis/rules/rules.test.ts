import { describe, expect, it } from "vitest";
import { analysePlan } from "../analyse-plan.ts";
import { applyFix, applySafeFixes } from "../apply-fixes.ts";
import { suppressionFix } from "../suppression-fix.ts";
import { planRules } from "./index.ts";
import type { RuleExample } from "./rule-facts.ts";

function codes({ text, options }: RuleExample): readonly string[] {
  return analysePlan(text, options).problems.map(({ code }) => code);
}

it("gives every rule a code of its own, in order", () => {
  const all = planRules.map(({ code }) => code);
  expect(all).toEqual([...new Set(all)].sort());
  for (const code of all) expect(code).toMatch(/^SMP1\d\d$/);
});

describe.each(planRules.map((rule) => [rule.code, rule] as const))("%s", (code, rule) => {
  const { bad, good } = rule;

  it("finds its bad example, and nothing else in it", () => {
    expect([...new Set(codes(bad))]).toEqual([code]);
    for (const { message, range } of analysePlan(bad.text, bad.options).problems) {
      expect(message.split("\n").length).toBeLessThanOrEqual(2);
      expect(range.end).toBeGreaterThan(range.start);
      expect(range.end).toBeLessThanOrEqual(bad.text.length);
      // The smallest place: never the whole chain.
      expect(bad.text.slice(range.start, range.end).split("\n").length).toBe(1);
    }
  });

  it("says nothing of its good example", () => {
    expect(codes(good)).toEqual([]);
  });

  it("is mended by its safe fixes for good", () => {
    const { problems } = analysePlan(bad.text, bad.options);
    for (const problem of problems) {
      for (const fix of problem.fixes) {
        const after = applyFix(bad.text, fix);
        expect(after).not.toBe(bad.text);
        if (fix.safe) expect(codes({ ...bad, text: after })).not.toContain(code);
      }
    }
    const once = applySafeFixes(bad.text, bad.options);
    expect(applySafeFixes(once.text, bad.options)).toEqual({ text: once.text, fixed: 0 });
    if (problems.some(({ fixes }) => fixes.some(({ safe }) => safe))) expect(once.fixed).toBeGreaterThan(0);
  });

  it.skipIf(code === "SMP190")("is silenced by a comment, by a level, and for a whole file", () => {
    const [problem] = analysePlan(bad.text, bad.options).problems;
    const silenced = applyFix(bad.text, suppressionFix(bad.text, problem!));
    expect(codes({ ...bad, text: silenced })).toEqual([]);
    expect(codes({ ...bad, text: `// sampan-ignore-file ${code} on purpose\n${bad.text}` })).toEqual([]);
    expect(codes({ ...bad, options: { ...bad.options, levels: { [code]: "off" } } })).toEqual([]);
    const [louder] = analysePlan(bad.text, { ...bad.options, levels: { [code]: "info" } }).problems;
    expect(louder?.level).toBe("info");
  });

  it("needs what it says it knows it from", () => {
    if (rule.tier !== "account" && rule.tier !== "last run") return;
    // What the text alone tells may be told without.
    const { options } = bad;
    const stale = { ...options, nowMs: (options?.nowMs ?? 0) + 3_600_000 };
    if (rule.tier === "account" && code !== "SMP132" && code !== "SMP142")
      expect(codes({ ...bad, options: stale })).toEqual([]);
    if (code !== "SMP142") expect(codes({ text: bad.text })).toEqual([]);
  });
});

describe("comments that silence", () => {
  const chain = 'import { Migration } from "sampan";\nexport default Migration.from("a").assess()';

  it("are told when they silence nothing, or name no rule", () => {
    const { problems } = analysePlan(`${chain}; // sampan-ignore SMP103, SMP999 why\n`);
    expect(problems.map(({ code, message }) => [code, /finds nothing|no rule/.exec(message)?.[0]])).toEqual([
      ["SMP190", "finds nothing"],
      ["SMP190", "no rule"],
    ]);
    expect(applySafeFixes(`${chain}; // sampan-ignore SMP103, SMP999 why\n`).text).toBe(`${chain};\n`);
  });

  it("are not looked for in texts, and not told for rules that need more than is there", () => {
    expect(codes({ text: `const s = "// sampan-ignore SMP103";\n${chain};\n` })).toEqual([]);
    expect(codes({ text: `${chain}; // sampan-ignore SMP134 made by hand\n` })).toEqual([]);
  });
});

describe("what is told of one place", () => {
  /** Code and the marked text of each problem of a chain. */
  function told(chain: string): readonly string[] {
    const text = `import { Migration } from "sampan";\nexport default ${chain};\n`;
    return analysePlan(text).problems.map(
      ({ code, range, message }) =>
        `${code} ${text.slice(range.start, range.end)}: ${message.split("\n")[0]}`,
    );
  }
  const disk = 'Migration.from("./a.vmdk").assess()';

  it.each([
    [
      `${disk}.capture().prepare().toVhd()`,
      [
        "SMP110 prepare: prepare() cannot stand here: it comes after AssessedHost. Here may stand toVhd, toRaw, toQcow2.",
      ],
    ],
    [`${disk}.assess()`, ["SMP110 assess: assess() was called already, and cannot stand here again."]],
    [
      `${disk}.captrue().toVhd()`,
      ["SMP110 captrue: There is no step captrue(). Here may stand prepare, capture. Did you mean capture?"],
    ],
    [`${disk}.capture({ disks: [] })`, ["SMP115 []: capture() disks: it takes at least 1 items."]],
    [`${disk}.capture().toVhd().upload()`, ["SMP115 upload: upload() bucket is missing: it takes a text."]],
    [
      `${disk}.capture().toVhd().upload("b-1", { parallel: 65 })`,
      ["SMP115 65: upload() parallel: it takes at most 64."],
    ],
    [
      `${disk}.capture().toVhd().upload("b-1", { parallel: "4" })`,
      ['SMP115 "4": upload() parallel: it takes a number.'],
    ],
    [
      `${disk}.capture().toVhd().upload("b-1", { key: "/k" })`,
      ['SMP115 "/k": upload() key: a key that does not begin with a slash.'],
    ],
    [
      'Migration.with({ region: "oss-cn-hangzhou" }).from("a.vmdk")',
      [
        'SMP101 "oss-cn-hangzhou": "oss-cn-hangzhou" cannot be a region id, such as cn-hangzhou or ap-southeast-1. Did you mean cn-hangzhou?',
      ],
    ],
    [
      'Migration.from("ecs://cn-hangzhuo/i-bp1").assess()',
      ['SMP101 cn-hangzhuo: No region "cn-hangzhuo" is known (as of 2026-11). Did you mean cn-hangzhou?'],
    ],
    [
      'Migration.from("ecs://cn-nanjing/i-bp1").assess()',
      [
        "SMP101 cn-nanjing: China (Nanjing) (cn-nanjing) is closed: it takes no new images or instances (as of 2026-11).",
      ],
    ],
    [
      'Migration.from("ecs://cn-hangzhou/i-bp1").assess().capture()',
      [
        "SMP117 capture: capture is for a disk image and other hosts whose disks are read, and the host is an ECS instance.",
      ],
    ],
    [
      'Migration.from("ecs://cn-hangzhou/i-bp1").createImage().copyTo("cn-hangzhou")',
      ['SMP140 "cn-hangzhou": The image is in cn-hangzhou already: a copy there is refused.'],
    ],
    [
      'Migration.from("ssh://root:pw@[bad").assess()',
      [
        'SMP130 "ssh://root:pw@[bad": A password stands in this address. Leave it out and say where it is found, passwordFrom: { env: "NAME" }; then change it.',
      ],
    ],
    [
      'Migration.from({ kind: "winrm", host: "w", user: "a", password: "pw" }).assess()',
      [
        'SMP115 password: Migration.from has no option "password".',
        'SMP130 "pw": A password stands in this file. Say where it is found, passwordFrom: { env: "NAME" }, and change it.',
      ],
    ],
    [
      `${disk}.capture().toVhd().upload("b-1").import({ bootMode: "BIOS", architecture: "arm64" })`,
      ['SMP121 "BIOS": ARM images boot by UEFI only: ECS refuses BIOS (InvalidBootMode.NotSupport).'],
    ],
    [
      `${disk}.capture().toVhd().upload("b-1", { region: "cn-beijing" }).import({ region: "cn-hangzhou" })`,
      [
        'SMP104 "cn-hangzhou": The image is made in cn-hangzhou, and the bucket lies in cn-beijing: an import reads buckets of its own region only.',
      ],
    ],
  ])("%s", (chain, expected) => {
    expect(told(chain)).toEqual(expected);
  });
});
