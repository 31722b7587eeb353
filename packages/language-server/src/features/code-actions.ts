import { type CodeAction, CodeActionKind, type Diagnostic } from "vscode-languageserver-types";
import type { TextRange } from "../analysis/placed-value.ts";
import type { Problem, ProblemFix, TextEdit } from "../analysis/plan-analysis.ts";
import { safeEditsOf } from "../analysis/safe-edits.ts";
import { diagnosticOf } from "./diagnostics.ts";
import type { Language, PlanDocument } from "./plan-document.ts";
import { wordsOf } from "./words.ts";

/** Kind of the action that applies every fix which is safe: `source.fixAll` takes it along. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.sampan`;

/** By what an action that came without its edits is found again. */
export interface ActionKey {
  readonly uri: string;
  readonly code: string;
  readonly start: number;
  readonly end: number;
  /** Number of the fix among those of the problem; `-1` for the comment that silences the rule. */
  readonly fix: number;
}

/** What actions depend on besides the document. */
export interface ActionContext {
  readonly language: Language;
  /** Kinds the client asks for; all when absent. */
  readonly only?: readonly string[];
  /** Whether edits may be left out until an action is chosen. */
  readonly lazy: boolean;
  /** The change that silences a problem where it is. */
  readonly suppress: (text: string, problem: Problem) => ProblemFix;
}

/**
 * Actions for a part of the text: the fixes of its problems, the safe one of the first kind preferred, a comment for each rule that
 * silences it there, and one that applies all safe fixes of the document.
 */
export function codeActions(
  document: PlanDocument,
  within: TextRange,
  context: ActionContext,
): readonly CodeAction[] {
  const touched = document.analysis.problems.filter(
    ({ range }) => range.start <= within.end && within.start <= range.end,
  );
  const quick = isAsked(CodeActionKind.QuickFix, context)
    ? [
        ...touched.flatMap((problem) => fixActions(document, problem, context)),
        ...onePerCode(touched).flatMap((problem) => suppressAction(document, problem, context)),
      ]
    : [];
  return [...quick, ...(isAsked(fixAllKind, context) ? fixAllAction(document, context) : [])];
}

/** The edits of an action that came without: `undefined` when the text is another one by now and the problem is gone. */
export function actionEdits(
  document: PlanDocument,
  key: ActionKey,
  suppress: ActionContext["suppress"],
): readonly TextEdit[] | undefined {
  const problem = document.analysis.problems.find(
    ({ code, range }) => code === key.code && range.start === key.start && range.end === key.end,
  );
  if (problem === undefined) return undefined;
  return key.fix < 0 ? suppress(document.text.text, problem).edits : problem.fixes[key.fix]?.edits;
}

function fixActions(document: PlanDocument, problem: Problem, context: ActionContext): readonly CodeAction[] {
  const diagnostics = [diagnosticOf(document, problem)];
  const preferred = problem.fixes.findIndex(({ safe }) => safe);
  return problem.fixes.map((fix: ProblemFix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    ...(index === preferred ? { isPreferred: true } : {}),
    ...editOrKey(document, problem, index, fix.edits, context),
  }));
}

function suppressAction(
  document: PlanDocument,
  problem: Problem,
  context: ActionContext,
): readonly CodeAction[] {
  const { edits } = context.suppress(document.text.text, problem);
  const diagnostics: Diagnostic[] = [diagnosticOf(document, problem)];
  return [
    {
      title: wordsOf(context.language).suppress(problem.code),
      kind: CodeActionKind.QuickFix,
      diagnostics,
      ...editOrKey(document, problem, -1, edits, context),
    },
  ];
}

function fixAllAction(document: PlanDocument, context: ActionContext): readonly CodeAction[] {
  const { edits } = safeEditsOf(document.analysis.problems);
  if (edits.length === 0) return [];
  return [
    {
      title: wordsOf(context.language).fixAll,
      kind: fixAllKind,
      edit: workspaceEdit(document, edits),
    },
  ];
}

function editOrKey(
  document: PlanDocument,
  { code, range }: Problem,
  fix: number,
  edits: readonly TextEdit[],
  { lazy }: ActionContext,
): Pick<CodeAction, "edit" | "data"> {
  if (!lazy) return { edit: workspaceEdit(document, edits) };
  const data: ActionKey = { uri: document.uri, code, start: range.start, end: range.end, fix };
  return { data };
}

/** The edits as the protocol has them. */
export function workspaceEdit(
  { uri, text }: PlanDocument,
  edits: readonly TextEdit[],
): NonNullable<CodeAction["edit"]> {
  return { changes: { [uri]: edits.map(({ range, newText }) => ({ range: text.rangeOf(range), newText })) } };
}

function onePerCode(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ code }, index) => problems.findIndex((other) => other.code === code) === index);
}

/** A kind is asked for when the client names it, or one above it; all are when it names none. */
function isAsked(kind: string, { only }: ActionContext): boolean {
  return only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
}
