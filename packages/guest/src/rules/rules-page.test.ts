import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixups } from "../fixups/index.ts";
import { profiles, rules } from "./index.ts";

describe("the page of rules", () => {
  const page = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");

  it.each(profiles)("lists every rule of the profile $name with severity, source and date", ({ name }) => {
    const section = page.split(/^## /m).find((part) => part.includes(`\`${name}\``)) ?? "";
    const lines = section.split("\n").filter((line) => line.startsWith("| `"));
    const wanted = rules.filter((rule) => rule.profiles[name]);
    expect(lines).toHaveLength(wanted.length);
    for (const rule of wanted) {
      const line = lines.find((one) => one.startsWith(`| \`${rule.id}\` |`)) ?? "";
      const { severity, source } = rule.profiles[name]!;
      expect(line).toContain(rule.requirement);
      expect(line).toContain(`| ${severity} |`);
      expect(line).toContain(source.title);
      expect(line).toContain(source.url === null ? source.date.slice(0, 4) : source.date);
    }
  });

  it("lists every fix-up", () => {
    for (const fixup of fixups) expect(page).toContain(`| \`${fixup.id}\` | ${fixup.summary} |`);
  });
});
