import { fixups, profiles, rules } from "@sampan/guest";
import type { CommandCall } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { translated, translatedLines } from "../language/speech.ts";

/** Explains a rule or a fix-up by its id, in any case; `undefined` when there is none of that name. */
export function explainRule(call: CommandCall, id: string): 0 | undefined {
  const wanted = id.toLowerCase();
  const rule = rules.find((one) => one.id.toLowerCase() === wanted);
  const fixup = fixups.find((one) => one.id === wanted);
  const { output } = call;
  if (rule !== undefined) {
    const { check: _, ...told } = rule;
    if (output.asJson) {
      output.json({ origin: "rule", ...told });
      return 0;
    }
    const memberships = profiles.flatMap(({ name }): [string, string][] => {
      const membership = rule.profiles[name];
      if (membership === undefined) return [];
      const { severity, source } = membership;
      return [
        [name, severity],
        ["source", [source.title, source.url, source.date].filter((one) => one !== null).join(", ")],
      ];
    });
    output.data(
      pairLines([
        ["rule", rule.id],
        ["requires", rule.requirement],
        ...memberships,
        ["fix-up", rule.fixup ?? "none"],
      ]),
    );
    for (const [title, text] of [
      ["Why it matters on ECS", rule.why],
      ["What is looked at", rule.looksAt],
      ["How to mend it by hand", rule.mend],
    ] as const) {
      output.data(`\n${translated(title)}\n\n${forTerminal(translatedLines(text))}`);
    }
    return 0;
  }
  if (fixup === undefined) return undefined;
  const mends = rules.filter((one) => one.fixup === fixup.id).map((one) => one.id);
  if (output.asJson) {
    output.json({ origin: "fix-up", id: fixup.id, summary: fixup.summary, mends });
    return 0;
  }
  output.data(
    pairLines([
      ["fix-up", fixup.id],
      ["does", fixup.summary],
      ["mends", mends.length === 0 ? "what no rule asks for" : mends.join(", ")],
      ["shown by", "sampan patch FILE"],
    ]),
  );
  return 0;
}

/** Markdown without its fences; commands are set in by four columns. */
export function forTerminal(markdown: string): string {
  let inside = false;
  const lines: string[] = [];
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) inside = !inside;
    else lines.push(inside ? `    ${line}` : line);
  }
  return lines.join("\n");
}
