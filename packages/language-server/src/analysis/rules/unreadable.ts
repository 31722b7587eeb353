import type ts from "typescript";
import { ofParser, sentence } from "../sentences/sentence.ts";
import type { Rule } from "./rule.ts";

/** At most so many are told: one missing bracket makes dozens. */
const most = 3;

/** SMP100 */
export const unreadable: Rule = {
  code: "SMP100",
  title: "The file cannot be read as TypeScript",
  tier: "text",
  level: "error",
  why: "A file that does not parse cannot be run. What stands before the mistake is judged all the same.",
  mend: "Correct the place named; usually a bracket, a quote or a comma is missing shortly before it.",
  bad: {
    text: 'import { Migration } from "sampan";\n\nexport default Migration.from("./web-01.vmdk").assess(;\n',
  },
  good: {
    text: 'import { Migration } from "sampan";\n\nexport default Migration.from("./web-01.vmdk").assess();\n',
  },
  *check({ read }) {
    for (const { code, messageText, start, length } of syntaxErrors(read.file).slice(0, most)) {
      const text = typeof messageText === "string" ? messageText : messageText.messageText;
      yield {
        message: sentence("SMP100.syntax", { text: ofParser(code, text) }),
        range: { start, end: Math.min(start + length, read.text.length) },
      };
    }
  },
};

/** What the parser kept: a property that its declarations hide, the same in every version so far. */
function syntaxErrors(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (
    (file as { readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics ?? []
  );
}
