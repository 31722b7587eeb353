import { catalogue } from "@sampan/sdk/catalogue";
import ts from "typescript";

/** One `.name` or `.name(…)` of an expression. */
export interface Link {
  readonly access: ts.PropertyAccessExpression;
  readonly call: ts.CallExpression | undefined;
}

/** The names under which the module is imported. */
export function isSampan(specifier: string): boolean {
  return specifier === "sampan" || specifier === "@sampan/sdk";
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion
  | ts.AwaitExpression;

/** What changes nothing of the value inside it. */
export function isWrapper(node: ts.Node): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isAwaitExpression(node)
  );
}

/** What an expression begins with, and everything after it, from the beginning on. */
export function linksOf(node: ts.Expression): { readonly root: ts.Expression; readonly links: Link[] } {
  const links: Link[] = [];
  let at = node;
  for (;;) {
    if (isWrapper(at)) at = at.expression;
    else if (ts.isPropertyAccessExpression(at)) {
      links.push({ access: at, call: undefined });
      at = at.expression;
    } else if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
      links.push({ access: at.expression, call: at });
      at = at.expression.expression;
    } else break;
  }
  return { root: at, links: links.reverse() };
}

/** Methods of a stage that are no verbs: they end a chain. */
export const endNames: ReadonlySet<string> = new Set([
  "run",
  "plan",
  "describe",
  "subscribe",
  "pipe",
  "forEach",
  "toString",
]);

/** Methods that take options and leave them as they are: the verbs, and the two that begin a chain. */
export const methodNames: ReadonlySet<string> = new Set([
  ...Object.keys(catalogue),
  "from",
  "with",
  ...endNames,
]);
