import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver-types";
import type { Problem, ProblemLevel } from "../analysis/plan-analysis.ts";
import type { PlanDocument } from "./plan-document.ts";

const severities: Readonly<Record<ProblemLevel, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const tags = { unnecessary: DiagnosticTag.Unnecessary, deprecated: DiagnosticTag.Deprecated } as const;

const manual = "https://github.com/sampan-migration/sampan/blob/main/packages/language-server/docs/";

/** Address of a page of the manual, as a problem or a hover names it. */
export function manualAddress(page: string): string {
  return `${manual}${page}`;
}

/** What the protocol calls a diagnostic, for each problem of a document, in the order of the text. */
export function diagnostics(document: PlanDocument): readonly Diagnostic[] {
  return document.analysis.problems.map((problem) => diagnosticOf(document, problem));
}

/** The diagnostic of one problem. */
export function diagnosticOf({ uri, text }: PlanDocument, problem: Problem): Diagnostic {
  const related = [
    ...problem.related.map(({ message, range }) => ({
      location: { uri, range: text.rangeOf(range) },
      message,
    })),
    ...(problem.elsewhere ?? []).map(({ path, start, end, message }) => ({
      location: { uri: path, range: { start, end } },
      message,
    })),
  ];
  return {
    range: text.rangeOf(problem.range),
    severity: severities[problem.level],
    code: problem.code,
    codeDescription: { href: manualAddress(problem.page) },
    source: "sampan",
    message: problem.message,
    ...(problem.tag === undefined ? {} : { tags: [tags[problem.tag]] }),
    ...(related.length === 0 ? {} : { relatedInformation: related }),
  };
}
