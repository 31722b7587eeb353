import { GiB } from "@sampan/core";
import { adviseFleet, type FleetHost, type FleetMigration, fleetSentences, usualPlan } from "@sampan/fleet";
import { afterEach, describe, expect, it } from "vitest";
import { type Language, languages } from "../language/language.ts";
import { sayFleet, speak } from "../language/speech.ts";
import { englishLeft } from "../testing/english-left.ts";
import { adviceText, assumedText, hoursText, limitText } from "./advice-text.ts";

afterEach(() => speak("en"));

function migration(name: string, more: Partial<FleetHost> = {}): FleetMigration {
  const host: FleetHost = {
    ...{ name, source: `ssh://root@${name}`, site: "sh", disks: [], bucket: "moved-images" },
    ...{ region: "cn-hangzhou", targets: [], wave: "1", owner: null, after: [], more: {} },
    ...{ sizeBytes: 20 * GiB, usedBytes: 10 * GiB },
    ...more,
  };
  return { host, plan: usualPlan(host).plan() };
}

const fleet = [
  migration("a", { targets: ["cn-shanghai"] }),
  migration("b", { after: ["a"] }),
  migration("x", { sizeBytes: null, usedBytes: null, wave: "2" }),
  migration("y", { usedBytes: null }),
];

describe("an advice in words", () => {
  it("has a line that sums up, tables whose rows fit their heads, and every assumption with its basis", () => {
    const advice = adviseFleet(fleet);
    const text = adviceText(advice);
    expect(text.summary).toMatch(
      /^4 hosts of 1 site in 2 waves: 80 GiB \(40 GiB of it assumed\) to send, at least [\d.]+ (min|h)/,
    );
    expect(text.tables.map(({ title }) => title)).toEqual([
      "Waves",
      "Sites",
      "Regions",
      "Billed by the vendor",
    ]);
    for (const { head, rows } of text.tables) {
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => row.length !== head.length)).toEqual([]);
    }
    expect(text.assumptions).toContain("1 host without `size`: an assumption stands in its place");
    expect(text.assumptions).toContain("1 host without `used`: all of the size counts");
    expect(text.assumptions.length).toBe(advice.assumptions.length + 2);
    expect(text.advice).toEqual([
      expect.stringMatching(/^sh: All hosts are sent within 168 h, .*\(whitepaper, 5\.1\)$/),
    ]);
    expect(adviceText(adviseFleet([])).tables).toEqual([]);
  });

  it("is said in Chinese to the last word but names", async () => {
    await speak("zh-CN");
    const slow = { bandwidth: { sh: 1e5 } };
    for (const advice of [adviseFleet(fleet), adviseFleet(fleet, slow), adviseFleet(fleet.slice(0, 1))]) {
      const { summary, tables, advice: told, assumptions } = adviceText(advice);
      const all = [
        summary,
        ...told,
        ...assumptions,
        ...tables.flatMap(({ title, head }) => [title, ...head]),
      ];
      for (const line of all) {
        expect(line).toMatch(/\p{Script=Han}/u);
        expect([line, englishLeft(line)]).toEqual([line, []]);
      }
      for (const cell of tables.flatMap(({ rows }) => rows.flat()))
        expect([cell, englishLeft(cell)]).toEqual([cell, []]);
    }
  });

  it.each([
    [0.01, "36 s"],
    [1.5, "1 h 30 min"],
    [60, "2.5 d"],
  ])("writes %d hours as %s", (hours, text) => {
    expect(hoursText(hours)).toBe(text);
  });

  it("names each thing that may be scarce, and each unit", () => {
    expect(limitText({ kind: "copies", name: "cn-shanghai", hours: 3 })).toBe("copies to cn-shanghai, 3 h");
    expect(limitText({ kind: "hosts-at-once", name: "", hours: 60 })).toBe("hosts at once, 2.5 d");
    expect(assumedText({ value: 5, unit: "at once" })).toBe("5 at once");
    expect(assumedText({ value: 0.3, unit: "share" })).toBe("30 %");
  });
});

describe.each(languages)("the sentences of a fleet in %s", (language: Language) => {
  it("are filled with all of their facts", async () => {
    await speak(language);
    for (const [key, template] of Object.entries(fleetSentences)) {
      const names = [...template.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name);
      const facts = Object.fromEntries(names.map((name) => [name, 7]));
      const text = template.replace(/\{(\w+)(?::[^}]*)?\}/g, "7");
      const said = sayFleet({ key: key as keyof typeof fleetSentences, facts, text });
      expect(said).not.toMatch(/[{}]/);
      expect(said.split("7").length).toBeGreaterThan(names.length);
    }
  });
});
