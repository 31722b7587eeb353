import type { Node } from "./syntax.ts";

const functions = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ObjectMethod",
  "ClassMethod",
  "ClassPrivateMethod",
]);
const ofPromises = new Set(["then", "catch", "finally"]);

/**
 * Puts `await` before the calls of queries, changing the tree in place: `regions()` is worth the regions, not a promise of them.
 *
 * Only where `await` may stand: at the top and in async functions. What is awaited already, or asked for its `then`, is left as it is.
 */
export function awaitQueries(statements: readonly Node[], queries: ReadonlySet<string>): void {
  if (queries.size > 0) for (const statement of statements) visit(statement, true, queries);
}

function visit(node: Node, mayAwait: boolean, queries: ReadonlySet<string>): void {
  const isFunction = functions.has(node.type);
  for (const [field, value] of Object.entries(node)) {
    // Types, comments and places hold no calls.
    if (/^(loc|typeAnnotation|returnType|typeParameters)$|Comments$/.test(field)) continue;
    const inside = isFunction
      ? field === "body" && node.async === true
      : mayAwait && node.type !== "ClassProperty" && node.type !== "StaticBlock";
    if (Array.isArray(value)) {
      for (const [index, child] of value.entries()) {
        if (!isNode(child)) continue;
        visit(child, inside, queries);
        if (inside && isQuery(child, queries)) value[index] = awaiting(child);
      }
    } else if (isNode(value)) {
      visit(value, inside, queries);
      if (inside && isQuery(value, queries) && !isHandled(node)) {
        (node as Record<string, unknown>)[field] = awaiting(value);
      }
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function isQuery(node: Node, queries: ReadonlySet<string>): boolean {
  const callee = node.callee as Node | undefined;
  return node.type === "CallExpression" && callee?.type === "Identifier" && queries.has(String(callee.name));
}

/** Whether the promise itself is wanted: it is awaited, or its `then` is asked for. */
function isHandled(parent: Node): boolean {
  if (parent.type === "AwaitExpression") return true;
  const property = parent.property as Node | undefined;
  return (
    parent.type === "MemberExpression" && parent.computed !== true && ofPromises.has(String(property?.name))
  );
}

function awaiting(argument: Node): Node {
  return { type: "AwaitExpression", argument };
}
