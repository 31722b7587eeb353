import { namesIn } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { analysePlan } from "../analyse-plan.ts";
import { planRules } from "../rules/index.ts";
import { chinese } from "./chinese/index.ts";
import { english } from "./english/index.ts";
import { anyOf, foreign, lines, sentence, sentenceText, statements } from "./sentence.ts";

const keys = Object.keys(english) as (keyof typeof english)[];

describe("the tables of sentences", () => {
  it("have the same keys, and the same placeholders behind each", () => {
    expect(Object.keys(chinese).sort()).toEqual([...keys].sort());
    for (const key of keys) expect([key, namesIn(chinese[key])]).toEqual([key, namesIn(english[key])]);
  });

  it("are filled, in Chinese by Chinese with its own punctuation", () => {
    const bare = (text: string) => text.replace(/`[^`]*`|\{\w+\}/g, "x");
    for (const key of keys) {
      const text = chinese[key];
      if (/[a-z]{2}/.test(bare(english[key]).replaceAll("x", ""))) expect(text).toMatch(/\p{Script=Han}/u);
      expect(bare(text)).not.toMatch(/\p{Script=Han}\s*[,;:?!]|\p{Script=Han}\.(?!\w)/u);
      if (/[a-z})]\.$/.test(english[key])) expect(text).toMatch(/。$/);
    }
  });

  it("name no rule that is none", () => {
    const codes = new Set(planRules.map(({ code }) => code));
    const named = keys.flatMap((key) => /^SMP\d+/.exec(key)?.[0] ?? []);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
  });
});

describe("a sentence", () => {
  it("is said with what stands in it: names, any of several, other sentences, and those of others", () => {
    const told = lines(
      statements(
        sentence("SMP103.form", { name: '"B"' }),
        undefined,
        sentence("did-you-mean", { names: anyOf(["a", "b"]) }),
      ),
      sentence("SMP110.missing", { verb: "upload", steps: ["capture()", "toVhd()"] }),
    );
    expect(sentenceText(told)).toBe(
      `"B" cannot be a bucket's name: OSS takes 3 to 63 lower-case letters, digits and dashes, no dash at the ends. Did you mean a or b?\nupload() needs capture(), toVhd() before it.`,
    );
    expect(sentenceText(told, { language: "zh" })).toBe(
      '"B" 不能作为 Bucket 的名称：OSS 只接受 3 至 63 个小写字母、数字和短横线，且首尾不能是短横线。是否想写 a 或 b？\nupload() 之前需要 capture()、toVhd()。',
    );
  });

  it("has what others said translated where somebody can", () => {
    const told = sentence("as-it-came", { text: foreign("nothing left") });
    expect(sentenceText(told, { language: "zh" })).toBe("nothing left");
    expect(sentenceText(told, { translate: (text) => text.toUpperCase() })).toBe("NOTHING LEFT");
  });

  it("takes text of a plan as it is, whatever looks like a place in it", () => {
    expect(sentenceText(sentence("SMP103.form", { name: "{name} $& {verb}" }))).toMatch(
      /^\{name\} \$& \{verb\} cannot/,
    );
  });
});

describe("what is found in a plan", () => {
  // What others said is English until who shows it translates it.
  const foreigners = new Set(["SMP117", "SMP122", "SMP151"]);

  it.each(planRules.map(({ code, bad }) => [code, bad] as const))(
    "is the same in both languages, said by words of each: %s",
    (code, { text, options }) => {
      const inEnglish = analysePlan(text, options).problems;
      const inChinese = analysePlan(text, { ...options, language: "zh" }).problems;
      const places = (problems: typeof inEnglish) =>
        problems.map(({ message: _, related, fixes, ...rest }) => ({
          ...rest,
          related: related.map(({ range }) => range),
          fixes: fixes.map(({ edits, safe }) => ({ edits, safe })),
        }));
      expect(places(inChinese)).toEqual(places(inEnglish));
      for (const { message, related, fixes } of inChinese) {
        const said = [message, ...related.map((one) => one.message), ...fixes.map((one) => one.title)];
        for (const one of said) {
          if (!foreigners.has(code)) expect(one).toMatch(/\p{Script=Han}/u);
          expect(one).not.toMatch(/\{\w+\}/);
        }
      }
      for (const { message } of inEnglish) expect(message).not.toMatch(/\p{Script=Han}/u);
    },
  );
});
