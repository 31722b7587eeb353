import ts from "typescript";
import type { TextRange } from "./placed-value.ts";
import type { Problem } from "./plan-analysis.ts";
import type { ReadPlan } from "./read/read-plan.ts";
import type { Rule, RuleFinding, RuleFix } from "./rules/rule.ts";
import { sentence } from "./sentences/sentence.ts";

/** One code in a comment that silences rules. */
interface Suppression {
  readonly code: string;
  readonly range: TextRange;
  /** The whole comment. */
  readonly comment: TextRange;
  /** How many codes the comment names. */
  readonly codes: number;
  /** Line it silences, from 0; `undefined` for the whole file. */
  readonly line: number | undefined;
}

const form = /\/\/[ \t]*sampan-ignore(-file)?\b[ \t]*((?:SMP\w*[ \t,]*)*)[^\r\n]*/g;

/** Takes away what comments silence, and tells of comments that silence nothing. */
export function suppress(
  read: ReadPlan,
  problems: readonly Problem[],
  rules: readonly Rule[],
): { readonly problems: readonly Problem[]; readonly findings: readonly RuleFinding[] } {
  if (!read.text.includes("sampan-ignore")) return { problems, findings: [] };
  const suppressions = [...everySuppression(read)];
  const places = new Set(suppressions.map(placeOf));
  const used = new Set<string>();
  const left = problems.filter(({ code, range }) => {
    const line = read.file.getLineAndCharacterOfPosition(range.start).line;
    const matching = [line, undefined]
      .map((at) => placeOf({ code, line: at }))
      .filter((at) => places.has(at));
    for (const at of matching) used.add(at);
    return matching.length === 0;
  });
  const findings = suppressions
    .filter((one) => !used.has(placeOf(one)))
    .flatMap((one): RuleFinding[] => {
      const rule = rules.find(({ code }) => code === one.code);
      if (rule !== undefined && rule.tier !== "text" && rule.tier !== "catalogue") return [];
      const message = rule
        ? sentence("SMP190.silences-nothing", { code: one.code })
        : sentence("SMP190.no-rule", { code: one.code });
      return [{ message, range: one.range, tag: "unnecessary", fixes: [removal(read.text, one)] }];
    });
  return { problems: left, findings };
}

function placeOf({ code, line }: Pick<Suppression, "code" | "line">): string {
  return `${code} ${line ?? "everywhere"}`;
}

function* everySuppression(read: ReadPlan): Generator<Suppression> {
  const { text, file } = read;
  const literals = literalRanges(read);
  let next = 0;
  for (const match of text.matchAll(form)) {
    const start = match.index;
    while ((literals[next]?.end ?? start + 1) <= start) next += 1;
    if ((literals[next]?.start ?? start) < start) continue;
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const alone = text.slice(start - character, start).trim() === "";
    const list = match[2] ?? "";
    const codes = [...list.matchAll(/SMP\w*/g)];
    const listStart = start + match[0].indexOf(list, "//sampan-ignore".length - 1);
    for (const code of codes) {
      const at = listStart + code.index;
      yield {
        code: code[0],
        range: { start: at, end: at + code[0].length },
        comment: { start, end: start + match[0].length },
        codes: codes.length,
        line: match[1] === undefined ? (alone ? line + 1 : line) : undefined,
      };
    }
  }
}

/** Where texts stand that only look like comments, in the order of the text; one inside another is left out. */
function literalRanges({ nodes, evaluator }: ReadPlan): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (const node of nodes) {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateExpression(node) ||
      ts.isRegularExpressionLiteral(node)
    ) {
      if (node.end > (ranges.at(-1)?.end ?? 0)) ranges.push(evaluator.range(node));
    }
  }
  return ranges;
}

/** Takes a code out of its comment, or the comment when it names no other, with its line when it stands alone there. */
function removal(text: string, { comment, range, codes }: Suppression): RuleFix {
  const title = sentence("SMP190.remove-comment");
  if (codes > 1) {
    const after = /^[ \t,]*/.exec(text.slice(range.end))?.[0].length ?? 0;
    return {
      title: sentence("SMP190.remove-code"),
      safe: true,
      edits: [{ range: { start: range.start, end: range.end + after }, newText: "" }],
    };
  }
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  const before = text.slice(lineStart, comment.start);
  if (before.trim() !== "") {
    const start = comment.start - (/[ \t]*$/.exec(before)?.[0].length ?? 0);
    return { title, safe: true, edits: [{ range: { start, end: comment.end }, newText: "" }] };
  }
  const newline = /^\r?\n/.exec(text.slice(comment.end))?.[0].length ?? 0;
  return {
    title,
    safe: true,
    edits: [{ range: { start: lineStart, end: comment.end + newline }, newText: "" }],
  };
}
