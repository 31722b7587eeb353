import ts from "typescript";
import { sentence } from "../sentences/sentence.ts";
import { file } from "./example.ts";
import type { Rule } from "./rule.ts";

const program = (statement: string) => ({
  ...file(`async function move() {\n  ${statement}\n}\n\nvoid move();\n`),
  options: { path: "move.ts" },
});
const chain = 'Migration.from("./web-01.vmdk").assess().run()';

/** SMP113 */
export const runLetGo: Rule = {
  code: "SMP113",
  title: "A run that nobody waits for",
  tier: "text",
  level: "error",
  why: "`run()` gives a handle to wait on. Where nobody does, its failure is an unhandled rejection that ends the process, and the program may end before the migration.",
  mend: "`await` it, return it, or keep the handle.",
  bad: program(`${chain};`),
  good: program(`await ${chain};`),
  *check({ read, options }) {
    for (const { node, chain: found, discarded, awaited, topLevel } of read.uses) {
      const { end } = found;
      if (!discarded || awaited || end?.name !== "run" || node.end !== end.callRange.end) continue;
      // What a plan file does when it is loaded is told already.
      if (topLevel && (options.path === undefined || /\.migration\./.test(options.path))) continue;
      if (ts.isVoidExpression(node.parent)) continue;
      const start = node.getStart(read.file);
      yield {
        message: sentence("SMP113.let-go"),
        range: end.nameRange,
        fixes: [
          {
            title: sentence("SMP113.await"),
            safe: mayAwait(node),
            edits: [{ range: { start, end: start }, newText: "await " }],
          },
        ],
      };
    }
  },
};

function mayAwait(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at)) {
      return (
        ts.canHaveModifiers(at) &&
        (ts.getModifiers(at)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false)
      );
    }
  }
  return true;
}
