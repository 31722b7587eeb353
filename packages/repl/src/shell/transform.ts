import { awaitQueries } from "./await-queries.ts";
import { type Compiled, compile, type Node, statementsOf } from "./syntax.ts";

/** What an input became: code to run, how much is missing, or what is wrong with it. */
export type TransformedInput =
  | {
      readonly kind: "code";
      readonly code: string;
      readonly names: readonly string[];
      readonly lastName: string | null;
      readonly awaited: boolean;
    }
  | Exclude<Compiled, { readonly kind: "code" }>;

/** Name under which the running code finds its session. */
export const sessionName = "$sampan";

/**
 * Turns an input of the shell, TypeScript or JavaScript, into a script that can be run again and again in one session.
 *
 * Types go; `import` becomes a call of the session's loader; variables become properties of the session's scope, so that they
 * can be declared anew; the whole becomes an async function, so that `await` works; the value of the last expression is kept
 * in the session. Runs nothing.
 */
export function transformInput(source: string, queries: ReadonlySet<string> = new Set()): TransformedInput {
  const names: string[] = [];
  let lastName: string | null = null;
  let awaited = false;
  const compiled = compile(source, ({ ast: { program }, scope }) => {
    const body = statementsOf(program);
    awaitQueries(body, queries);
    const rewritten = rewriteProgram(body, names);
    lastName = rewritten.lastName;
    awaited = rewritten.awaited;
    program.body = [rewritten.statement];
    program.directives = [];
    // A script, not a module: strict mode would forbid the scope that keeps the variables.
    program.sourceType = "script";
    scope.crawl();
  });
  return compiled.kind === "code" ? { ...compiled, names, lastName, awaited } : compiled;
}

function rewriteProgram(
  body: readonly Node[],
  names: string[],
): { readonly statement: Node; readonly lastName: string | null; readonly awaited: boolean } {
  const hoisted: Node[] = [];
  const statements: Node[] = [];
  let lastName: string | null = null;
  let awaited = false;
  for (const [index, statement] of body.entries()) {
    const last = index === body.length - 1;
    const plain = withoutExport(statement);
    switch (plain.type) {
      case "ImportDeclaration":
        if (plain.importKind !== "type") statements.push(...rewriteImport(plain, names));
        break;
      case "VariableDeclaration":
        if (plain.declare === true) break;
        for (const declarator of plain.declarations as readonly Node[]) {
          collectNames(declarator.id as Node, names);
          const value = assignment(declarator);
          const only = last && (plain.declarations as readonly Node[]).length === 1;
          const id = declarator.id as Node;
          if (only && id.type === "Identifier") lastName = String(id.name);
          const init = declarator.init as Node | null;
          if (only && id.type === "Identifier" && init?.type === "AwaitExpression") {
            // The shell waits here too, and gives the name its value then.
            awaited = true;
            statements.push(keepResult(init.argument as Node));
          } else statements.push(only ? keepResult(value) : expressionStatement(value));
        }
        break;
      case "FunctionDeclaration":
        names.push(nameOf(plain));
        hoisted.push(plain, keepInScope(nameOf(plain)));
        break;
      case "ClassDeclaration":
      case "TSEnumDeclaration":
        if (plain.declare === true) break;
        names.push(nameOf(plain));
        statements.push(plain, keepInScope(nameOf(plain)));
        break;
      case "ExpressionStatement": {
        const expression = plain.expression as Node;
        if (last && expression.type === "AwaitExpression") {
          // The shell waits instead: it can show a run meanwhile.
          awaited = true;
          statements.push(keepResult(expression.argument as Node));
        } else statements.push(last ? keepResult(expression) : plain);
        break;
      }
      default:
        statements.push(plain);
    }
  }
  const run: Node = {
    type: "ArrowFunctionExpression",
    async: true,
    params: [],
    expression: false,
    body: { type: "BlockStatement", directives: [], body: [...hoisted, ...statements] },
  };
  const call: Node = { type: "CallExpression", callee: run, arguments: [] };
  return {
    statement: {
      type: "WithStatement",
      object: sessionMember("scope"),
      body: block([expressionStatement(call)]),
    },
    lastName,
    awaited,
  };
}

/** `export const a = 1` pasted from a plan file means `const a = 1`; `export default x` means `x`. */
function withoutExport(statement: Node): Node {
  const declaration = statement.declaration as Node | null | undefined;
  if (statement.type === "ExportNamedDeclaration") return declaration ?? { type: "EmptyStatement" };
  if (statement.type !== "ExportDefaultDeclaration" || !declaration) return statement;
  const named = declaration.id !== null && declaration.id !== undefined;
  if (named && /Declaration$/.test(declaration.type)) return declaration;
  const expression = /^(Function|Class)Declaration$/.test(declaration.type)
    ? { ...declaration, type: declaration.type.replace("Declaration", "Expression") }
    : declaration;
  return expressionStatement(expression);
}

function rewriteImport(statement: Node, names: string[]): Node[] {
  const load: Node = {
    type: "AwaitExpression",
    argument: { type: "CallExpression", callee: sessionMember("load"), arguments: [statement.source] },
  };
  const specifiers = (statement.specifiers as readonly Node[]).filter((one) => one.importKind !== "type");
  if (specifiers.length === 0) return [expressionStatement(load)];
  const module = sessionMember("module");
  const lines: Node[] = [expressionStatement(assign(module, load))];
  for (const specifier of specifiers) {
    const local = specifier.local as Node;
    names.push(String(local.name));
    const imported = specifier.imported as Node | undefined;
    const property: Node =
      specifier.type === "ImportDefaultSpecifier"
        ? text("default")
        : text(String(imported?.name ?? imported?.value ?? ""));
    const value =
      specifier.type === "ImportNamespaceSpecifier"
        ? module
        : { type: "MemberExpression", object: module, property, computed: true };
    lines.push(expressionStatement(assign(identifier(String(local.name)), value)));
  }
  return lines;
}

function assignment(declarator: Node): Node {
  const { typeAnnotation: _type, definite: _definite, ...target } = declarator.id as Node;
  return assign(target as Node, (declarator.init as Node | null) ?? identifier("undefined"));
}

/** Adds every name a declaration binds, those inside patterns included. */
function collectNames(pattern: Node, names: string[]): void {
  switch (pattern.type) {
    case "Identifier":
      names.push(String(pattern.name));
      break;
    case "ObjectPattern":
      for (const property of pattern.properties as readonly Node[]) {
        collectNames((property.type === "RestElement" ? property.argument : property.value) as Node, names);
      }
      break;
    case "ArrayPattern":
      for (const element of pattern.elements as readonly (Node | null)[])
        if (element) collectNames(element, names);
      break;
    case "AssignmentPattern":
      collectNames(pattern.left as Node, names);
      break;
    case "RestElement":
      collectNames(pattern.argument as Node, names);
      break;
  }
}

function keepResult(value: Node): Node {
  // In an object: an async function that returned a run itself would wait for it.
  const property: Node = {
    type: "ObjectProperty",
    key: identifier("value"),
    value,
    computed: false,
    shorthand: false,
  };
  return expressionStatement(
    assign(sessionMember("result"), { type: "ObjectExpression", properties: [property] }),
  );
}

function keepInScope(name: string): Node {
  const place: Node = {
    type: "MemberExpression",
    object: sessionMember("scope"),
    property: identifier(name),
    computed: false,
  };
  return expressionStatement(assign(place, identifier(name)));
}

function nameOf(declaration: Node): string {
  return String((declaration.id as Node).name);
}

function sessionMember(name: string): Node {
  return {
    type: "MemberExpression",
    object: identifier(sessionName),
    property: identifier(name),
    computed: false,
  };
}

function identifier(name: string): Node {
  return { type: "Identifier", name };
}

function text(value: string): Node {
  return { type: "StringLiteral", value };
}

function assign(left: Node, right: Node): Node {
  return { type: "AssignmentExpression", operator: "=", left, right };
}

function expressionStatement(expression: Node): Node {
  return { type: "ExpressionStatement", expression };
}

function block(body: readonly Node[]): Node {
  return { type: "BlockStatement", directives: [], body };
}
