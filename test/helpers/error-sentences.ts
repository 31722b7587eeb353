import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** A sentence that an error can hold, as the source writes it. */
export interface ErrorSentence {
  /** Its words; what is only known when it is thrown stands in braces: `reading {path}: it is empty`. */
  readonly text: string;
  /** Where the error is made: `src/disk/open-target.ts:76`. */
  readonly place: string;
}

/** Sentences of one error that are put together from more parts than this stand with names for those parts. */
const mostOfOne = 400;

/** How far a part of a sentence is followed from the function that throws to those that call it. */
const deepest = 6;

interface Source {
  readonly file: ts.SourceFile;
  readonly path: string;
}

/** What a parameter stands for while the answer of a function is read. */
type Given = ReadonlyMap<ts.Node, readonly string[]>;

/**
 * Every sentence and hint of the errors that the package in `folder` makes by `new SampanError`, read from its sources. Choices (`a ? b : c`)
 * give a sentence each; a part that is handed in by callers is followed to them, by the name of the function, within the package.
 */
export function errorSentences(folder: string): readonly ErrorSentence[] {
  return new Reader(sourcesBelow(join(folder, "src"), folder)).sentences();
}

function sourcesBelow(folder: string, root: string): readonly Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly Source[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "testing" ? [] : sourcesBelow(path, root);
    if (!entry.name.endsWith(".ts") || entry.name.endsWith(".test.ts")) return [];
    const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    return [{ file, path: relative(root, path) }];
  });
}

type Callable = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

class Reader {
  /** Calls of every name, with the arguments. */
  readonly #calls = new Map<string, (ts.CallExpression | ts.NewExpression)[]>();
  readonly #functions = new Map<string, Callable[]>();
  readonly #errors: { readonly error: ts.NewExpression; readonly path: string }[] = [];

  constructor(sources: readonly Source[]) {
    for (const { file, path } of sources) {
      const visit = (node: ts.Node): void => {
        if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
          const name = calledName(node.expression);
          if (ts.isNewExpression(node) && name === "SampanError") this.#errors.push({ error: node, path });
          else if (name !== undefined) put(this.#calls, name, node);
        }
        if (isCallable(node)) {
          const name = nameOf(node);
          if (name !== undefined) put(this.#functions, name, node);
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
    }
  }

  sentences(): readonly ErrorSentence[] {
    const found = this.#errors.flatMap(({ error, path }) => {
      const { line } = ts.getLineAndCharacterOfPosition(error.getSourceFile(), error.getStart());
      const [, message, options] = error.arguments ?? [];
      const place = `${path}:${line + 1}`;
      const texts = [
        ...(message === undefined ? [] : this.#read(message, 0, new Map())),
        ...(options === undefined ? [] : this.#hints(options)),
      ];
      return [...new Set(texts)].map((text) => ({ text: numbered(text), place }));
    });
    return found.filter(({ text }) => hasWords(text));
  }

  #hints(options: ts.Expression): readonly string[] {
    const texts: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAssignment(node) && node.name.getText() === "details") return;
      if (ts.isPropertyAssignment(node) && node.name.getText() === "hint")
        texts.push(...this.#read(node.initializer, 0, new Map()));
      else if (ts.isShorthandPropertyAssignment(node) && node.name.text === "hint")
        texts.push(...this.#named(node.name, node.name.text, 0, new Map()));
      else ts.forEachChild(node, visit);
    };
    visit(options);
    return texts;
  }

  /** The texts that an expression can be. */
  #read(node: ts.Expression, depth: number, given: Given): readonly string[] {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
    if (node.kind === ts.SyntaxKind.NullKeyword) return [];
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
      return this.#read(node.expression, depth, given);
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.reduce<readonly string[]>(
        (before, span) =>
          product(before, this.#read(span.expression, depth, given), slotOf(span.expression)).map(
            (text) => text + span.literal.text,
          ),
        [node.head.text],
      );
    }
    if (ts.isConditionalExpression(node))
      return unique([
        ...this.#read(node.whenTrue, depth, given),
        ...this.#read(node.whenFalse, depth, given),
      ]);
    if (ts.isBinaryExpression(node)) {
      const [left, right] = [node.left, node.right].map((side) => this.#read(side, depth, given));
      if (left === undefined || right === undefined) return [slotOf(node)];
      if (node.operatorToken.kind === ts.SyntaxKind.PlusToken)
        return product(left, right, slotOf(node.right));
      return unique([...left, ...right.filter((text) => text !== "")]);
    }
    if (ts.isIdentifier(node))
      return node.text === "undefined" ? [] : this.#named(node, node.text, depth, given);
    if (ts.isElementAccessExpression(node)) return this.#ofTable(node.expression, depth) ?? [slotOf(node)];
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      return this.#answered(node, node.expression.text, depth, given);
    return [slotOf(node)];
  }

  /** What a name stands for where it is used. */
  #named(at: ts.Node, name: string, depth: number, given: Given): readonly string[] {
    const slot = [`{${name}}`];
    if (depth >= deepest) return slot;
    const declared = declarationOf(at, name);
    if (declared === undefined) return slot;
    const known = given.get(declared);
    if (known !== undefined) return known;
    if (ts.isVariableDeclaration(declared))
      return declared.initializer === undefined || !isConstant(declared)
        ? slot
        : this.#read(declared.initializer, depth + 1, given);
    if (ts.isBindingElement(declared) && ts.isArrayBindingPattern(declared.parent))
      return this.#ofRow(declared.parent, declared, depth) ?? slot;
    const parameter = ts.isBindingElement(declared) ? declared.parent.parent : declared;
    if (!ts.isParameter(parameter) || !isCallable(parameter.parent)) return slot;
    const property = ts.isBindingElement(declared)
      ? (declared.propertyName ?? declared.name).getText()
      : null;
    return this.#fromCallers(parameter, property, slot, depth);
  }

  /** One column of a table of rows: `const [code, doing] = failures[kind]`. */
  #ofRow(
    pattern: ts.ArrayBindingPattern,
    element: ts.BindingElement,
    depth: number,
  ): readonly string[] | undefined {
    const { initializer } = pattern.parent as ts.VariableDeclaration;
    if (initializer === undefined || !ts.isElementAccessExpression(initializer)) return undefined;
    const index = pattern.elements.indexOf(element);
    const texts = valuesOf(initializer.expression).flatMap((row) => {
      const one = ts.isArrayLiteralExpression(row) ? row.elements[index] : undefined;
      return one === undefined ? [] : this.#read(one, depth + 1, new Map());
    });
    return texts.length === 0 ? undefined : texts;
  }

  #fromCallers(
    parameter: ts.ParameterDeclaration,
    property: string | null,
    slot: readonly string[],
    depth: number,
  ): readonly string[] {
    if (parameter.type?.kind === ts.SyntaxKind.NumberKeyword) return slot;
    const callable = parameter.parent as Callable;
    const name = nameOf(callable);
    const index = callable.parameters.indexOf(parameter);
    const texts = (name === undefined ? [] : this.#callsOf(callable, name)).flatMap((call) => {
      const argument = call.arguments?.[index];
      if (argument === undefined)
        return parameter.initializer === undefined
          ? []
          : this.#read(parameter.initializer, depth + 1, new Map());
      if (property === null) return this.#read(argument, depth + 1, new Map());
      if (!ts.isObjectLiteralExpression(argument)) return slot;
      return argument.properties.flatMap((one) => {
        if (one.name?.getText() !== property) return [];
        if (ts.isPropertyAssignment(one)) return this.#read(one.initializer, depth + 1, new Map());
        return ts.isShorthandPropertyAssignment(one)
          ? this.#named(one.name, property, depth + 1, new Map())
          : slot;
      });
    });
    const all = unique(
      texts.map((text) => (/[a-z]{2}/.test(text.replaceAll(/\{\w+\}/g, "")) ? text : (slot[0] ?? text))),
    );
    return all.length === 0 || all.length > mostOfOne ? slot : all;
  }

  /** Calls of just this function: those of others of the same name are told apart by where they stand. */
  #callsOf(callable: Callable, name: string): readonly (ts.CallExpression | ts.NewExpression)[] {
    const all = this.#calls.get(name) ?? [];
    const own = callable.getSourceFile();
    // Methods of other classes may have the same name.
    if (!isExported(callable)) return all.filter((call) => call.getSourceFile() === own);
    const others = (this.#functions.get(name) ?? []).map((one) => one.getSourceFile());
    return all
      .filter((call) => call.getSourceFile() === own || !others.includes(call.getSourceFile()))
      .filter((call) => ts.isIdentifier(call.expression));
  }

  /** What a function of the same package answers. */
  #answered(call: ts.CallExpression, name: string, depth: number, given: Given): readonly string[] {
    // What makes a text ready to be shown says nothing itself: the text may.
    const [first] = call.arguments;
    const told = first !== undefined && isText(first) ? this.#read(first, depth + 1, given) : [];
    const slot = told.some(hasWords) ? told : [slotOf(call)];
    const callable = this.#functionNear(call, name);
    if (callable?.body === undefined || depth >= deepest) return slot;
    const inner = new Map<ts.Node, readonly string[]>();
    for (const [index, parameter] of callable.parameters.entries()) {
      const argument = call.arguments[index];
      if (argument !== undefined && ts.isIdentifier(parameter.name))
        inner.set(parameter, isText(argument) ? this.#read(argument, depth + 1, given) : [slotOf(argument)]);
    }
    if (!ts.isBlock(callable.body)) {
      const texts = this.#read(callable.body, depth + 1, inner);
      return texts.some(hasWords) ? texts : slot;
    }
    const texts: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isCallable(node)) return;
      if (ts.isReturnStatement(node) && node.expression !== undefined) {
        texts.push(...this.#read(node.expression, depth + 1, inner));
      } else ts.forEachChild(node, visit);
    };
    visit(callable.body);
    return texts.some(hasWords) ? unique(texts) : slot;
  }

  #functionNear(call: ts.Node, name: string): Callable | undefined {
    const all = this.#functions.get(name) ?? [];
    return (
      all.find((one) => one.getSourceFile() === call.getSourceFile()) ??
      (all.length === 1 ? all[0] : undefined)
    );
  }

  /** The texts of a table that is looked into by a key. */
  #ofTable(table: ts.Expression, depth: number): readonly string[] | undefined {
    const texts = valuesOf(table).flatMap((value) =>
      isText(value) ? this.#read(value, depth + 1, new Map()) : [],
    );
    return texts.length === 0 ? undefined : unique(texts);
  }
}

/** The values of an object that is written down under a name. */
function valuesOf(table: ts.Expression): readonly ts.Expression[] {
  const declared = ts.isIdentifier(table) ? declarationOf(table, table.text) : undefined;
  if (declared === undefined || !ts.isVariableDeclaration(declared)) return [];
  let value = declared.initializer;
  while (value !== undefined && (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)))
    value = value.expression;
  if (value === undefined || !ts.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? [one.initializer] : []));
}

/** Whether a text says something, besides names. */
function hasWords(text: string): boolean {
  return /[a-z]{2} [a-z]/i.test(text.replaceAll(/\{\w+\}|^`[^`]*`$/g, "1"));
}

function isText(node: ts.Expression): boolean {
  return (
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateExpression(node) ||
    ts.isIdentifier(node) ||
    ts.isConditionalExpression(node)
  );
}

function isCallable(node: ts.Node): node is Callable {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isMethodDeclaration(node)
  );
}

function isExported(callable: Callable): boolean {
  if (ts.isMethodDeclaration(callable)) return false;
  const statement = ts.isFunctionDeclaration(callable) ? callable : callable.parent.parent?.parent;
  return (
    statement !== undefined &&
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function nameOf(callable: Callable): string | undefined {
  if (callable.name !== undefined) return callable.name.getText();
  return ts.isVariableDeclaration(callable.parent) ? callable.parent.name.getText() : undefined;
}

function calledName(callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
}

function isConstant({ parent }: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(parent) && (parent.flags & ts.NodeFlags.Const) !== 0;
}

type Declared = ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement;

/** Where a name is declared, looked for outwards from where it is used. */
function declarationOf(at: ts.Node, name: string): Declared | undefined {
  for (let scope: ts.Node | undefined = at.parent; scope !== undefined; scope = scope.parent) {
    if (isCallable(scope)) {
      for (const parameter of scope.parameters) {
        const found = boundIn(parameter, name);
        if (found !== undefined) return found;
      }
    }
    if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isCaseClause(scope)) {
      for (const statement of scope.statements) {
        if (!ts.isVariableStatement(statement)) continue;
        for (const declaration of statement.declarationList.declarations) {
          const found = boundIn(declaration, name);
          if (found !== undefined) return found;
        }
      }
    }
  }
  return undefined;
}

function boundIn(
  declared: ts.VariableDeclaration | ts.ParameterDeclaration,
  name: string,
): Declared | undefined {
  if (ts.isIdentifier(declared.name)) return declared.name.text === name ? declared : undefined;
  const elements: readonly ts.ArrayBindingElement[] = declared.name.elements;
  return elements
    .filter(ts.isBindingElement)
    .find((one) => ts.isIdentifier(one.name) && one.name.text === name);
}

/** A name for what an expression gives: the last of its own names. */
function slotOf(node: ts.Node): string {
  const names =
    node
      .getText()
      .replaceAll(/"[^"]*"|`[^`]*`/g, "")
      .match(/[A-Za-z]\w*/g) ?? [];
  const said = names.filter(
    (name) => !/^(String|JSON|stringify|join|map|slice|length|text|toString|as|number|string)$/.test(name),
  );
  return `{${said.at(-1) ?? "value"}}`;
}

function product(before: readonly string[], after: readonly string[], slot: string): readonly string[] {
  const parts = before.length * after.length > mostOfOne ? [slot] : after;
  return before.flatMap((start) => parts.map((end) => start + end));
}

/** Names that stand twice in a sentence are told apart by a number. */
function numbered(text: string): string {
  const seen = new Map<string, number>();
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? `{${name}}` : `{${name}${count}}`;
  });
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const all = map.get(key);
  if (all === undefined) map.set(key, [value]);
  else all.push(value);
}
