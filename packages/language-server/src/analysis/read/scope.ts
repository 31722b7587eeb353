import ts from "typescript";
import type { Meaning } from "./meaning.ts";

/** What a name stands for: an expression that is followed when it is asked for, or what is known already. */
export interface Binding {
  readonly read: () => Meaning;
}

/** The names of one block, and of those around it. */
export interface Scope {
  readonly names: ReadonlyMap<string, Binding>;
  readonly parent: Scope | undefined;
}

/** What a name stands for in a scope; `undefined` when nothing there declares it. */
export function lookUp(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Methods that change the list or object they are called on. */
const changing = new Set([
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
  "set",
  "add",
  "delete",
  "clear",
]);

/** Objects whose methods leave their arguments as they are. */
const harmless = new Set(["console", "JSON", "Migration"]);

/**
 * Names that are assigned to, or whose value is changed in place, anywhere in a file: what stands behind them at one
 * place cannot be told from their declaration; as `name.*` those whose value is given to a function that may change it.
 * Shadowing is not looked at, which errs on the side of not knowing.
 */
export function changedNames(nodes: readonly ts.Node[], verbs: ReadonlySet<string>): ReadonlySet<string> {
  const changed = new Set<string>();
  const given = new Set<string>();
  const givenToOwn = new Set<string>();
  const ownFunctions = new Set<string>();
  const parameters = new Set<string>();
  const calls: ts.CallExpression[] = [];
  for (const node of nodes) {
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
        addTargets(node.left, changed);
      }
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      const { operator } = node;
      if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) {
        addTargets(node.operand, changed);
      }
    } else if (ts.isDeleteExpression(node)) {
      addTargets(node.expression, changed);
    } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      if (!ts.isVariableDeclarationList(node.initializer)) addTargets(node.initializer, changed);
    } else if (ts.isParameter(node)) {
      if (ts.isIdentifier(node.name)) parameters.add(node.name.text);
    } else if (ts.isFunctionDeclaration(node)) {
      if (node.name) ownFunctions.add(node.name.text);
    } else if (ts.isVariableDeclaration(node)) {
      const { initializer, name } = node;
      const isFunction =
        initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer));
      if (isFunction && ts.isIdentifier(name)) ownFunctions.add(name.text);
    } else if (ts.isCallExpression(node)) calls.push(node);
  }
  for (const { expression, arguments: args } of calls) {
    if (ts.isPropertyAccessExpression(expression)) {
      const { name, expression: on } = expression;
      if (changing.has(name.text)) addTargets(on, changed);
      if (verbs.has(name.text)) continue;
      if (ts.isIdentifier(on) && harmless.has(on.text)) continue;
      if (ts.isIdentifier(on) && on.text === "Object" && !/^(assign|define|set)/.test(name.text)) continue;
    }
    const own = ts.isIdentifier(expression) && ownFunctions.has(expression.text);
    for (const argument of args) {
      if (ts.isIdentifier(argument)) (own ? givenToOwn : given).add(argument.text);
    }
  }
  // Functions of this file are followed, so what they get is known as long as none of them changes a parameter.
  const ownChange = [...parameters].some((name) => changed.has(name));
  for (const name of ownChange ? [...given, ...givenToOwn] : given) changed.add(`${name}.*`);
  return changed;
}

/** The names at the beginning of what is assigned to: `a`, `a.b[0]`, `[a, b.c]`. */
function addTargets(target: ts.Node, names: Set<string>): void {
  let at = target;
  for (;;) {
    if (
      ts.isPropertyAccessExpression(at) ||
      ts.isElementAccessExpression(at) ||
      ts.isParenthesizedExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isAsExpression(at)
    ) {
      at = at.expression;
    } else break;
  }
  if (ts.isIdentifier(at)) names.add(at.text);
  else if (ts.isArrayLiteralExpression(at) || ts.isObjectLiteralExpression(at)) {
    for (const node of everyNode(at)) if (ts.isIdentifier(node)) names.add(node.text);
  }
}

/** A node with everything below it, in the order of the text; without recursion, since hostile texts nest deep. */
export function everyNode(start: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const waiting: ts.Node[] = [start];
  const children: ts.Node[] = [];
  const keep = (child: ts.Node): void => void children.push(child);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    ts.forEachChild(node, keep);
    for (let child = children.pop(); child !== undefined; child = children.pop()) waiting.push(child);
  }
  return found;
}
