import { describe, expect, it } from "vitest";
import { analysePlan } from "../analyse-plan.ts";
import { applyFix, applySafeFixes } from "../apply-fixes.ts";
import { suppressionFix } from "../suppress.ts";
import { planRules } from "./index.ts";
import type { RuleExample } from "./rule.ts";

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
