import { readdirSync } from "node:fs";
import type { RuleSource } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { Fixup } from "../fixups/fixup.ts";
import { fixups } from "../fixups/index.ts";
import { profiles, rules } from "./index.ts";
import type { ProfileName, Rule } from "./rule.ts";

/*
 * The manual of rules and fix-ups is made from their tables: one page each, and an index. Run this test with `-u` to
 * write the pages anew; in CI a page that no longer matches its table fails.
 */

function sourceCell({ title, url }: RuleSource): string {
  return url === null ? title : `[${title}](${url})`;
}

/** The whitepaper tells no day, only its year. */
function dateCell({ title, url, date }: RuleSource): string {
  return url === null && title.startsWith("Image Migration") ? date.slice(0, 4) : date;
}

function membershipRows(rule: Rule): readonly string[] {
  return profiles.flatMap(({ name }) => {
    const membership = rule.profiles[name];
    if (membership === undefined) return [];
    const { severity, source } = membership;
    return [`| \`${name}\` | ${severity} | ${sourceCell(source)} | ${dateCell(source)} |`];
  });
}

function rulePage(rule: Rule): string {
  const fixup = fixups.find(({ id }) => id === rule.fixup);
  return [
    `# ${rule.id}`,
    "",
    rule.requirement,
    "",
    "| profile | severity | source | date |",
    "|---|---|---|---|",
    ...membershipRows(rule),
    "",
    "## Why it matters on ECS",
    "",
    rule.why,
    "",
    "## What is looked at",
    "",
    rule.looksAt,
    "",
    "## How to mend it by hand",
    "",
    rule.mend,
    "",
    "## Fix-up",
    "",
    fixup === undefined
      ? "None: it has to be mended on the host, or accepted."
      : `[\`${fixup.id}\`](../fixups/${fixup.id}.md): ${fixup.summary}`,
    "",
    `All rules: [rules](../rules.md). \`sampan explain ${rule.id}\` prints the same.`,
    "",
  ].join("\n");
}

function fixupPage(fixup: Fixup): string {
  const mended = rules.filter((rule) => rule.fixup === fixup.id);
  return [
    `# Fix-up \`${fixup.id}\``,
    "",
    fixup.summary,
    "",
    "It works on a copy-on-write overlay, needs neither network nor packages, and finds nothing to do the second time. `sampan patch FILE` shows what it would change;",
    `\`prepare({ skip: ["${fixup.id}"] })\` leaves it out, \`prepare({ only: ["${fixup.id}"] })\` applies it alone.`,
    "",
    ...(mended.length === 0
      ? ["No rule asks for it: it makes the guest easier to reach on ECS."]
      : [
          "| mends what this rule finds | profile | severity | source | date |",
          "|---|---|---|---|---|",
          ...mended.flatMap((rule) =>
            membershipRows(rule).map((row) => `| [\`${rule.id}\`](../rules/${rule.id}.md) ${row}`),
          ),
        ]),
    "",
    "All fix-ups: [rules and fix-ups](../rules.md#fix-ups).",
    "",
  ].join("\n");
}

function profileTable(name: ProfileName): readonly string[] {
  return [
    "| rule | requirement | severity | fix-up | source, date |",
    "|---|---|---|---|---|",
    ...rules.flatMap(({ id, requirement, profiles: memberships, fixup }) => {
      const membership = memberships[name];
      if (membership === undefined) return [];
      const { severity, source } = membership;
      const mended = fixup === null ? "" : `[\`${fixup}\`](fixups/${fixup}.md)`;
      return [
        `| [\`${id}\`](rules/${id}.md) | ${requirement} | ${severity} | ${mended} | ${sourceCell(source)}, ${dateCell(source)} |`,
      ];
    }),
    "",
  ];
}

/** Items of ECS's own check, and facts people ask for, that no rule answers. */
const notJudged: readonly (readonly [string, string])[] = [
  [
    "`GUESTOS.DesktopConfig`",
    "Whether a `desktop.ini` is missing. The vendor does not say which of the many, and none keeps Windows from starting.",
  ],
  [
    "vminit",
    "Whether the vendor's counterpart of cloud-init for Windows is installed: it leaves no documented mark.",
  ],
  [
    "`PublicEndpointForbidden`",
    "Whether an account may upload over the public endpoint concerns the bucket, not the guest: the upload tells.",
  ],
  ["CPU and memory use", "Items of the vendor's migration drill that only a running host can tell."],
  ["Passwords", "Whether a password is strong enough cannot be told from its hash."],
];

function indexPage(): string {
  return [
    "# Rules and fix-ups",
    "",
    "Made from `src/rules` and `src/fixups`; a test keeps the pages and the tables the same. A rule's id is the item name of ECS's own image check where the",
    "meaning is the same (`GUESTOS.*`), otherwise `SAMPAN.*`. The severity is the usual one; a rule may find a case graver or lighter. A blocker ends a run unless",
    "it is accepted by id with a reason; what a fix-up mends is a warning. Where the vendor's documents disagree, the rule says so and warns.",
    "",
    ...profiles.flatMap(({ name, summary }) => [
      `## Profile \`${name}\``,
      "",
      summary,
      "",
      ...profileTable(name),
    ]),
    "## Fix-ups",
    "",
    "Applied in this order, to the copy, never to the source.",
    "",
    "| fix-up | what it does |",
    "|---|---|",
    ...fixups.map(({ id, summary }) => `| [\`${id}\`](fixups/${id}.md) | ${summary} |`),
    "",
    "## What no rule looks at",
    "",
    "| item | why |",
    "|---|---|",
    ...notJudged.map(([item, why]) => `| ${item} | ${why} |`),
    "",
  ].join("\n");
}

describe("the manual", () => {
  it.each(rules)("has a page for the rule $id", async (rule) => {
    await expect(rulePage(rule)).toMatchFileSnapshot(`../../docs/rules/${rule.id}.md`);
  });

  it.each(fixups)("has a page for the fix-up $id", async (fixup) => {
    await expect(fixupPage(fixup)).toMatchFileSnapshot(`../../docs/fixups/${fixup.id}.md`);
  });

  it("has an index of them", async () => {
    await expect(indexPage()).toMatchFileSnapshot("../../docs/rules.md");
  });

  it("has no page of a rule or fix-up that is no more", () => {
    const pages = (folder: string) => readdirSync(new URL(`../../docs/${folder}`, import.meta.url)).sort();
    expect(pages("rules")).toEqual(rules.map(({ id }) => `${id}.md`).sort());
    expect(pages("fixups")).toEqual(fixups.map(({ id }) => `${id}.md`).sort());
  });
});
