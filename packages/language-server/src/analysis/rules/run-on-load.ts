import ts from "typescript";
import { hasDefaultExport } from "../read/exports.ts";
import type { ChainUse } from "../read/read-plan.ts";
import { lines, sentence } from "../sentences/sentence.ts";
import { file } from "./example.ts";
import type { Rule, RuleFix, RuleInput } from "./rule.ts";

const chain = 'Migration.from("./web-01.vmdk").assess()';

/** SMP112 */
export const runOnLoad: Rule = {
  code: "SMP112",
  title: "A plan file that starts a run when it is loaded",
  tier: "text",
  level: "error",
  why: "`sampan plan`, the editor and other tools load a plan file to look at it. One that calls `run()` at its top level migrates whenever somebody looks. Files that are not named `….migration.ts` and export nothing are programs, and may.",
  mend: "Export the plan and start it by `sampan run`.",
  bad: file(`await ${chain}.run();\n`),
  good: file(`export default ${chain};\n`),
  *check(input) {
    if (!isPlanFile(input)) return;
    for (const use of input.read.uses) {
      const { end } = use.chain;
      if (end === undefined || !startsRun(end.name) || !use.topLevel || isGuarded(use.node)) continue;
      yield {
        message: lines(sentence("SMP112.starts", { end: end.name }), sentence("SMP112.instead")),
        range: end.nameRange,
        fixes: exportInstead(input, use),
      };
    }
  },
};

/** Whether a file is one that tools load for its plans. */
function isPlanFile({ options, read }: RuleInput): boolean {
  if (options.globalMigration) return false;
  const { path } = options;
  return path === undefined || /\.migration\.[cm]?[jt]sx?$/i.test(path) || hasDefaultExport(read.file);
}

export function startsRun(name: string): boolean {
  return name === "run" || name === "subscribe" || name === "forEach";
}

/** Whether a condition stands around it, such as being the file that was started. */
function isGuarded(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isIfStatement(at) || ts.isConditionalExpression(at)) return true;
    if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
      return true;
  }
  return false;
}

function exportInstead(
  { read }: RuleInput,
  { node, chain: { end }, discarded }: ChainUse,
): readonly RuleFix[] {
  if (!discarded || end === undefined || hasDefaultExport(read.file)) return [];
  let statement: ts.Node = node;
  while (!ts.isExpressionStatement(statement)) statement = statement.parent;
  if (!ts.isSourceFile(statement.parent)) return [];
  const start = statement.getStart(read.file);
  const before = { start, end: node.getStart(read.file) };
  const after = { start: end.callRange.start, end: node.end };
  return [
    {
      title: sentence("SMP112.export"),
      // Whoever does something with the run loses that.
      safe: after.end === end.callRange.end,
      edits: [
        { range: before, newText: "export default " },
        { range: after, newText: "" },
      ],
    },
  ];
}
