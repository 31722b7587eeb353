import ts from "typescript";
import { hasDefaultExport } from "../read/exports.ts";
import { sentence } from "../sentences/sentence.ts";
import { file } from "./example.ts";
import type { Rule, RuleFinding, RuleInput } from "./rule.ts";

const chain = 'Migration.from("./web-01.vmdk").assess()';

/** SMP111 */
export const floating: Rule = {
  code: "SMP111",
  title: "A plan that nobody runs or exports",
  tier: "text",
  level: "warning",
  why: "A chain only describes: nothing happens until it is run. One that is neither exported nor run does nothing, without a word.",
  mend: "Write `export default` before it, for `sampan run`; or call `run()` in a program of your own.",
  bad: file(`${chain};\n`),
  good: file(`export default ${chain};\n`),
  *check(input) {
    // In the shell a chain is what an entry gives.
    if (input.options.globalMigration) return;
    const hasDefault = hasDefaultExport(input.read.file);
    for (const { node, chain: found, discarded, topLevel } of input.read.uses) {
      if (!discarded || found.end !== undefined) continue;
      const range = input.read.evaluator.range(node);
      yield {
        message: sentence("SMP111.nothing"),
        range: { start: range.start, end: Math.min(range.end, range.start + "Migration".length) },
        fixes:
          topLevel && !hasDefault && isStatement(node)
            ? [
                {
                  title: sentence("SMP111.export"),
                  safe: true,
                  edits: [{ range: { start: range.start, end: range.start }, newText: "export default " }],
                },
              ]
            : [],
      };
    }
    yield* unusedConstants(input, hasDefault);
  },
};

function isStatement(node: ts.Node): boolean {
  return ts.isExpressionStatement(node.parent) && ts.isSourceFile(node.parent.parent);
}

/** Constants of the file that hold a plan and are never named again. */
function* unusedConstants({ read }: RuleInput, hasDefault: boolean): Generator<RuleFinding> {
  const { file, nodes, evaluator, text } = read;
  const names = new Map<string, number>();
  const declared: { readonly name: ts.Identifier; readonly statement: ts.VariableStatement }[] = [];
  for (const node of nodes) {
    if (ts.isIdentifier(node)) names.set(node.text, (names.get(node.text) ?? 0) + 1);
  }
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || initializer === undefined || names.get(name.text) !== 1) continue;
      const meaning = evaluator.evaluate(initializer, read.scopeAt(initializer));
      if (meaning.kind === "chain" && meaning.end === undefined) declared.push({ name, statement });
    }
  }
  const [only] = declared;
  for (const { name } of declared) {
    const end = text.length;
    const newText = `${text.endsWith("\n") ? "" : "\n"}\nexport default ${name.text};\n`;
    yield {
      message: sentence("SMP111.nothing-named", { name: name.text }),
      range: evaluator.range(name),
      fixes:
        !hasDefault && declared.length === 1 && only !== undefined
          ? [
              {
                title: sentence("SMP111.export-named", { name: name.text }),
                safe: true,
                edits: [{ range: { start: end, end }, newText }],
              },
            ]
          : [],
    };
  }
}
