import { vendorErrors } from "@sampan/cloud";
import { fixups, hostFixups, rules } from "@sampan/guest";
import { catalogue } from "@sampan/sdk/catalogue";
import { describe, expect, it } from "vitest";
import { chinese } from "../../packages/repl/src/language/zh-cn/index.ts";
import { costWords, notes, problemWords } from "../../packages/sdk/src/forecast/forecast-words.ts";
import { type SentencePlaces, sentencesBelow } from "../helpers/sentences.ts";

/*
 * What other parts say to people, and the Chinese tables in packages/repl/src/language/zh-cn/texts. A sentence that fails here is new, or
 * was changed: give it a row in the file that the test names, its English words on the left.
 */

/** Those that no table knows, as they would stand in it. */
function missingOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => {
    let number = 0;
    const sample = text.trim().replace(/\{\w+\}/g, () => `X${++number}`);
    return sample !== "" && chinese.findText(sample) === undefined;
  });
}

/** What is to be typed as it stands. */
function isCommand(text: string): boolean {
  return /^(?:sampan|aliyun|apt-get|chmod|unset|eval) /.test(text);
}

/** Sentences of Markdown; what stands in fences is for a shell. */
function prose(markdown: string): readonly string[] {
  return markdown.replace(/```[\s\S]*?```/g, "").split("\n");
}

describe("there is Chinese", () => {
  it("for what rules require (requirements.ts), why (reasons.ts), what they look at (checks.ts), and how to mend it (mends.ts)", () => {
    expect(missingOf(rules.map((rule) => rule.requirement))).toEqual([]);
    expect(missingOf(rules.flatMap((rule) => prose(rule.why)))).toEqual([]);
    expect(missingOf(rules.flatMap((rule) => prose(rule.looksAt)))).toEqual([]);
    expect(missingOf(rules.flatMap((rule) => prose(rule.mend)))).toEqual([]);
  });

  it("and nothing for what nobody says", () => {
    expect(missingOf(["Nobody says this of {host}.", "Nobody says this of {host}.", ""])).toEqual([
      "Nobody says this of {host}.",
    ]);
  });

  it("for what fix-ups do (requirements.ts)", () => {
    expect(missingOf([...fixups, ...hostFixups].map((fixup) => fixup.summary))).toEqual([]);
  });

  it("for what the cloud's codes mean (vendor-codes.ts)", () => {
    const told = vendorErrors.flatMap(({ meaning, hint }) => [
      meaning,
      ...(hint === undefined ? [] : [hint]),
    ]);
    expect(missingOf(told)).toEqual([]);
  });

  it("for what verbs do (stages.ts)", () => {
    expect(missingOf(Object.values(catalogue).map((verb) => verb.summary))).toEqual([]);
  });

  it("for what tools are for, and what there is in their place (facts.ts)", () => {
    const said = sentencesBelow("packages/host/src/tools", { properties: ["usedFor"] });
    expect(said.length).toBeGreaterThan(5);
    expect(missingOf(said)).toEqual([]);
  });

  it("for what a forecast notes, bills, assumes and finds in the way (forecast.ts)", () => {
    const keys = [notes, costWords, problemWords].flatMap((words) => Object.keys(words));
    const properties = [...keys, "message", "hint", "text", "reason", "snapshot", "freeze", "none"];
    const said = sentencesBelow("packages/sdk/src/forecast", { properties });
    expect(said.length).toBeGreaterThan(40);
    // Too short for a shape: what may follow a proof stands in the table word for word.
    const followed = said.flatMap((text) =>
      text === "then {what}" ? ["keep", "stop", "delete"].map(notes.afterwards) : [text],
    );
    expect(missingOf(followed)).toEqual([]);
  });

  it.each<readonly [string, string, string, SentencePlaces]>([
    ["rules find", "findings.ts", "packages/guest/src/rules", { properties: ["message", "hint"] }],
    ["fix-ups note", "fixup-notes.ts", "packages/guest/src/fixups", { calls: { note: 0 } }],
    ["stages do", "stages.ts", "packages/sdk/src/stages", { properties: ["summary"] }],
    ["stages tell", "stages.ts", "packages/sdk/src/stages", { calls: { log: 1, onNote: 0, note: 0 } }],
    ["the cloud is waited for", "stages.ts", "packages/cloud/src", { calls: { onNote: 0 } }],
    ["commands tell", "told.ts", "packages/repl/src", { calls: { talk: 0 } }],
    ["commands say to do", "hints.ts", "packages/repl/src", { properties: ["hint"] }],
    [
      "the doctor finds",
      "doctor.ts",
      "packages/repl/src/doctor",
      { calls: { good: 1, note: 1, warning: 1, failed: 1 } },
    ],
    [
      "the doctor says to do",
      "doctor.ts",
      "packages/repl/src/doctor",
      { properties: ["fix"], calls: { note: 2, warning: 2, failed: 2 } },
    ],
  ])("for what %s (%s)", (_, _file, folder, places) => {
    const said = sentencesBelow(folder, places);
    expect(said.length).toBeGreaterThan(5);
    expect(missingOf(said.filter((text) => !isCommand(text)))).toEqual([]);
  });
});
