import { SampanError } from "@sampan/core";
import { compile, type Node, statementsOf } from "./syntax.ts";

/** One statement of a script. */
export interface ScriptStatement {
  readonly source: string;
  /** Whether it is an expression, whose value is an answer. */
  readonly isExpression: boolean;
  /** Lines of the script before it. */
  readonly linesBefore: number;
}

/**
 * Cuts a script into its statements, in the order in which they are to be evaluated: functions first, since they may be called before
 * they are declared. Runs nothing.
 *
 * @throws `COMMAND_USAGE` for a script that is no TypeScript, with the place.
 */
export function splitScript(source: string, name: string): readonly ScriptStatement[] {
  const nodes: Node[] = [];
  const compiled = compile(source, ({ ast: { program } }) => {
    nodes.push(...statementsOf(program));
    program.body = [];
    program.directives = [];
  });
  if (compiled.kind === "incomplete") {
    throw new SampanError("COMMAND_USAGE", `reading ${name}: it ends in the middle of an expression`);
  }
  if (compiled.kind === "wrong") {
    const { line, column, message } = compiled;
    throw new SampanError("COMMAND_USAGE", `reading ${name}, line ${line}, column ${column}: ${message}`, {
      hint: "Correct the script; `sampan shell --help` says what it may hold.",
      details: { line, column },
    });
  }
  const statements = nodes
    .filter((node) => node.type !== "EmptyStatement")
    .map((node) => ({
      isFunction: node.type === "FunctionDeclaration",
      statement: {
        source: source.slice(Number(node.start), Number(node.end)),
        isExpression: node.type === "ExpressionStatement" || node.type === "ExportDefaultDeclaration",
        linesBefore: source.slice(0, Number(node.start)).split("\n").length - 1,
      },
    }));
  return [
    ...statements.filter(({ isFunction }) => isFunction),
    ...statements.filter(({ isFunction }) => !isFunction),
  ].map(({ statement }) => statement);
}
