import { expect, it } from "vitest";
import { planRules } from "./index.ts";
import type { Rule } from "./rule.ts";

/*
 * The page about the rules is made from the table that the check uses. Run with `-u` to write it anew; in CI a page that no longer
 * matches its table fails.
 */

const known: Readonly<Record<Rule["tier"], string>> = {
  text: "the text alone",
  catalogue: "the catalogue of this version, which has a date",
  account: "the account, when it was asked; else it says nothing",
  "last run": "the last run of the plan; else it says nothing",
};

function section({ code, title, tier, level, why, mend, bad, good }: Rule): string {
  const fence = (text: string) => ["```ts", text.trimEnd(), "```"].join("\n");
  return [
    `## ${code}`,
    `**${title}.** ${level[0]?.toUpperCase()}${level.slice(1)}, known from ${known[tier]}.`,
    why,
    `*What to do.* ${mend}`,
    "Found in:",
    fence(bad.text),
    ...(bad.text === good.text
      ? ["In what is known besides lies the difference: the same text may be right."]
      : ["Not in:", fence(good.text)]),
  ].join("\n\n");
}

it("has a section for each rule, as the table tells it", async () => {
  const page = [
    "# Problems of plans",
    "What `sampan check`, the editor and the shell say of a plan file. They read it and run nothing of it; what is only known when the plan runs is left open.",
    '`// sampan-ignore SMP101 reason` silences a code on its line, or on the next when it stands alone on one; `// sampan-ignore-file SMP101 reason` in the whole file. `rules: { SMP101: "off" }` in `sampan.config.ts` sets the level everywhere: `error`, `warning`, `info`, `hint` or `off`. `sampan explain SMP101` prints what stands here.',
    "The command asks no cloud and reads no journal: what is known from the account or the last run is told in the editor.",
    "| code | finds | level | known from |\n|---|---|---|---|\n" +
      planRules
        .map(
          ({ code, title, level, tier }) =>
            `| [${code}](#${code.toLowerCase()}) | ${title} | ${level} | ${tier} |`,
        )
        .join("\n"),
    "Not there yet: a rule for deprecated options (`SMP160`), because nothing is deprecated; one for more copies at once than a region runs, because a plan makes one in each. The zones and the stock of a region are known from the account only. Values that other files give are not followed.",
    ...planRules.map(section),
    "",
  ];
  await expect(page.join("\n\n").trimEnd()).toMatchFileSnapshot("../../../docs/rules.md");
});
