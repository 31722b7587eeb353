import { createJiti } from "jiti";

/** A node of the syntax tree, as far as the shell looks into it. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The tree as a plugin of the compiler meets it, types still in it. */
export interface ParsedFile {
  readonly ast: { readonly program: Record<string, unknown> };
  readonly scope: { crawl(): void };
}

/** What compiling gave: code, or how far the text is from being a program. */
export type Compiled =
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "incomplete" }
  | { readonly kind: "wrong"; readonly message: string; readonly line: number; readonly column: number };

const jiti = createJiti(import.meta.url, { fsCache: false });
const errorMark = "exports.__JITI_ERROR__ = ";

/** Parses TypeScript, lets `change` change the tree, and gives JavaScript. Runs nothing. */
export function compile(source: string, change: (file: ParsedFile) => void): Compiled {
  const code = jiti.transform({
    source,
    filename: "input.ts",
    ts: true,
    async: true,
    babel: { plugins: [() => ({ name: "sampan-shell", pre: change })] },
  });
  if (!code.startsWith(errorMark)) return { kind: "code", code };
  const error = JSON.parse(code.slice(errorMark.length)) as {
    readonly message?: string;
    readonly line: number;
    readonly column: number;
  };
  const message = (error.message ?? "this is no TypeScript").replace(/^.*?: /, "").trim();
  if (endsTooEarly(source, error.line, error.column, message)) return { kind: "incomplete" };
  return { kind: "wrong", message, line: error.line, column: error.column + 1 };
}

/** True when the parser gave up only because the input ends: at its last character, or inside a comment or template. */
function endsTooEarly(source: string, line: number, column: number, message: string): boolean {
  if (/^Unterminated (template|comment)/.test(message)) return true;
  const lines = source.trimEnd().split("\n");
  const last = lines[lines.length - 1] ?? "";
  return line > lines.length || (line === lines.length && column >= last.length);
}

/** The statements of a program. A text that stands alone at its beginning is to the parser a directive, and here a value. */
export function statementsOf(program: Record<string, unknown>): readonly Node[] {
  const directives = (program.directives ?? []) as readonly Node[];
  const values = directives.map((directive): Node => {
    const { value, start, end } = directive.value as Node;
    const expression: Node = { type: "StringLiteral", value, start, end };
    return { type: "ExpressionStatement", expression, start: directive.start, end: directive.end };
  });
  return [...values, ...(program.body as readonly Node[])];
}
