import ts from "typescript";
import { entryAmong, type PlacedValue, type TextRange } from "../placed-value.ts";
import { type Sentence, sentence } from "../sentences/sentence.ts";
import { callFunction, callMethod } from "./calls.ts";
import { extendChain, startChain } from "./chain-meaning.ts";
import { computed, longestText, type Meaning, placedOf, rangeOf, truthOf, usedAt } from "./meaning.ts";
import { lookUp, type Scope } from "./scope.ts";
import { isSampan, isWrapper, type Link, linksOf } from "./syntax.ts";

/** Most expressions that are followed for one text: functions that call each other would else never end. */
const mostSteps = 60_000;
/** Most values that lists, objects and arguments of one text have together. */
const mostValues = 200_000;
const deepest = 120;

/**
 * Says what expressions of one file stand for, without running any of it: literals, constants, templates, spreads, `map` over
 * lists and functions of the same file, as far as they are certain.
 */
export class Evaluator {
  readonly file: ts.SourceFile;
  readonly #changed: ReadonlySet<string>;
  readonly #globalMigration: boolean;
  #steps = 0;
  #values = 0;
  #depth = 0;

  constructor(file: ts.SourceFile, changed: ReadonlySet<string>, globalMigration: boolean) {
    this.file = file;
    this.#changed = changed;
    this.#globalMigration = globalMigration;
  }

  range(node: ts.Node): TextRange {
    return rangeOf(node, this.file);
  }

  /** What an expression stands for in a scope. */
  evaluate(node: ts.Expression, scope: Scope): Meaning {
    this.#steps += 1;
    if (this.#steps > mostSteps || this.#depth >= deepest) {
      return computed(this.range(node), sentence("why.too-far"));
    }
    this.#depth += 1;
    try {
      return this.#evaluate(node, scope);
    } finally {
      this.#depth -= 1;
    }
  }

  /** The same as a value of a plan. */
  placed(node: ts.Expression, scope: Scope): PlacedValue {
    return this.place(this.evaluate(node, scope), this.range(node));
  }

  /** A meaning as a value of a plan, seen from `at`: what is no data is computed, and so is what is left of too much. */
  place(meaning: Meaning, at: TextRange): PlacedValue {
    return placedOf(meaning, at, (values) => this.affords(values));
  }

  /**
   * Whether so many more values can be made. Constants that hold each other several times, or are spread into each other, are short
   * to write and longer than any memory.
   */
  affords(values: number): boolean {
    this.#values += values;
    return this.#values <= mostValues;
  }

  /** What a function of the file gives when nobody gives it anything, as the program calls a default export. */
  call(meaning: Extract<Meaning, { kind: "function" }>): Meaning {
    return callFunction(this, meaning, [], this.range(meaning.node));
  }

  /** The items of an array literal or of a call's arguments, known spreads spread out. */
  items(
    nodes: readonly ts.Expression[],
    scope: Scope,
  ): { readonly items: readonly Meaning[]; readonly complete: boolean } {
    const items: Meaning[] = [];
    let complete = true;
    for (const node of nodes) {
      if (!ts.isSpreadElement(node)) {
        items.push(this.evaluate(node, scope));
        continue;
      }
      const spread = this.evaluate(node.expression, scope);
      const known = spread.kind === "list" && this.affords(spread.items.length) ? spread : undefined;
      for (const item of known?.items ?? []) items.push(item);
      if (known?.complete) continue;
      complete = false;
      items.push(
        computed(this.range(node), spread.kind === "computed" ? spread.why : sentence("why.no-list"), true),
      );
    }
    return { items, complete };
  }

  #evaluate(node: ts.Expression, scope: Scope): Meaning {
    const range = this.range(node);
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      return { kind: "text", value: node.text, range, literal: true };
    }
    if (ts.isNumericLiteral(node)) return { kind: "scalar", value: Number(node.text), range };
    if (ts.isIdentifier(node)) return this.#name(node, scope);
    if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return this.#links(node, scope);
    if (ts.isObjectLiteralExpression(node)) return this.#record(node, scope);
    if (ts.isArrayLiteralExpression(node)) {
      return { kind: "list", ...this.items(node.elements, scope), range };
    }
    if (ts.isTemplateExpression(node)) return this.#template(node, scope);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: "function", node, scope };
    if (isWrapper(node)) return this.evaluate(node.expression, scope);
    if (ts.isElementAccessExpression(node)) {
      const key = this.evaluate(node.argumentExpression, scope);
      if (key.kind === "text" || (key.kind === "scalar" && typeof key.value === "number")) {
        return this.#member(this.evaluate(node.expression, scope), String(key.value), range);
      }
      return computed(range, sentence("why.which-part"));
    }
    if (ts.isPrefixUnaryExpression(node)) return this.#prefix(node, scope);
    if (ts.isBinaryExpression(node)) return this.#binary(node, scope);
    if (ts.isConditionalExpression(node)) {
      const test = truthOf(this.evaluate(node.condition, scope));
      if (test === undefined) return computed(range, sentence("why.condition"));
      return this.evaluate(test ? node.whenTrue : node.whenFalse, scope);
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { kind: "scalar", value: true, range };
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { kind: "scalar", value: false, range };
    if (node.kind === ts.SyntaxKind.NullKeyword) return { kind: "scalar", value: null, range };
    return computed(range, sentence("why.run"));
  }

  #name(node: ts.Identifier, scope: Scope): Meaning {
    const range = this.range(node);
    if (node.text === "undefined") return { kind: "scalar", value: undefined, range };
    const binding = lookUp(scope, node.text);
    if (binding === undefined) {
      if (this.#globalMigration && node.text === "Migration") return { kind: "migration", node };
      return computed(range, unknownName(node.text));
    }
    if (this.#changed.has(node.text)) return computed(range, sentence("why.changes", { name: node.text }));
    const meaning = binding.read();
    if ((meaning.kind === "list" || meaning.kind === "record") && this.#changed.has(`${node.text}.*`)) {
      return computed(range, sentence("why.may-change", { name: node.text }));
    }
    return meaning.kind === "migration" ? { ...meaning, node } : usedAt(meaning, range);
  }

  /** `a.b(…).c(…)`, followed from its beginning on: chains are long, so without recursion. */
  #links(node: ts.CallExpression | ts.PropertyAccessExpression, scope: Scope): Meaning {
    const { root, links } = linksOf(node);
    let meaning = this.#root(root, links, scope);
    for (const [index, link] of links.entries()) {
      if (meaning.kind === "chain") return extendChain(this, meaning, links.slice(index), scope);
      meaning = this.#follow(meaning, link, scope);
    }
    return meaning;
  }

  #root(root: ts.Expression, links: Link[], scope: Scope): Meaning {
    if (ts.isCallExpression(root)) return this.#call(root, scope);
    const first = links[0];
    if (
      first?.call &&
      ts.isIdentifier(root) &&
      root.text === "Object" &&
      lookUp(scope, "Object") === undefined
    ) {
      links.shift();
      const given = first.call.arguments[0];
      const of: Meaning = given
        ? this.evaluate(given, scope)
        : computed(this.range(first.call), sentence("why.missing"));
      return callMethod(this, { kind: "object-of", of }, first, scope);
    }
    return this.evaluate(root, scope);
  }

  #call(node: ts.CallExpression, scope: Scope): Meaning {
    const range = this.range(node);
    const [first] = node.arguments;
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isImport || (ts.isIdentifier(node.expression) && node.expression.text === "require")) {
      if (first && ts.isStringLiteral(first) && isSampan(first.text)) return { kind: "module" };
      return computed(range, sentence("why.other-module"));
    }
    const callee = this.evaluate(node.expression, scope);
    if (callee.kind !== "function") {
      return computed(range, callee.kind === "computed" ? callee.why : sentence("why.callee"));
    }
    return callFunction(this, callee, this.items(node.arguments, scope).items, range);
  }

  #follow(on: Meaning, link: Link, scope: Scope): Meaning {
    const name = link.access.name.text;
    switch (on.kind) {
      case "module":
        return name === "Migration"
          ? { kind: "migration", node: link.access }
          : computed(this.range(link.access), sentence("why.not-here"));
      case "migration":
        return startChain(this, on, link, scope);
      default:
        if (link.call) return callMethod(this, on, link, scope);
        return this.#member(on, name, this.range(link.access));
    }
  }

  #member(on: Meaning, key: string, range: TextRange): Meaning {
    if (on.kind === "record") {
      const entry = entryAmong(on.entries, key);
      if (entry) return usedAt(entry.value, range);
      return on.complete
        ? { kind: "scalar", value: undefined, range }
        : computed(range, sentence("why.object"));
    }
    if (on.kind === "list") {
      if (key === "length" && on.complete) return { kind: "scalar", value: on.items.length, range };
      const item = /^\d{1,9}$/.test(key) ? on.items[Number(key)] : undefined;
      if (item && (on.complete || item.kind !== "computed")) return usedAt(item, range);
    }
    return computed(range, on.kind === "computed" ? on.why : sentence("why.run"));
  }

  #record(node: ts.ObjectLiteralExpression, scope: Scope): Meaning {
    const entries = new Map<string, { key: string; keyRange: TextRange; value: Meaning }>();
    let complete = true;
    const put = (key: string, keyRange: TextRange, value: Meaning): void => {
      entries.delete(key);
      entries.set(key, { key, keyRange, value });
    };
    for (const property of node.properties) {
      if (ts.isShorthandPropertyAssignment(property)) {
        put(property.name.text, this.range(property.name), this.#name(property.name, scope));
      } else if (ts.isPropertyAssignment(property)) {
        const { name } = property;
        if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) {
          put(name.text, this.range(name), this.evaluate(property.initializer, scope));
        } else if (ts.isComputedPropertyName(name)) {
          const key = this.evaluate(name.expression, scope);
          if (key.kind === "text")
            put(key.value, this.range(name), this.evaluate(property.initializer, scope));
          else complete = false;
        } else complete = false;
      } else if (ts.isSpreadAssignment(property)) {
        const spread = this.evaluate(property.expression, scope);
        if (spread.kind === "record" && this.affords(spread.entries.length)) {
          for (const entry of spread.entries) put(entry.key, entry.keyRange, entry.value);
          if (!spread.complete) complete = false;
        } else if (spread.kind !== "scalar") complete = false;
        // What is spread in may replace what stands before it.
        if (!complete) entries.clear();
      } else {
        const { name } = property;
        if (name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name))) {
          put(name.text, this.range(name), computed(this.range(property), sentence("why.function")));
        } else complete = false;
      }
    }
    return { kind: "record", entries: [...entries.values()], complete, range: this.range(node) };
  }

  #template(node: ts.TemplateExpression, scope: Scope): Meaning {
    const range = this.range(node);
    let value = node.head.text;
    for (const { expression, literal } of node.templateSpans) {
      const part = this.evaluate(expression, scope);
      if (part.kind === "computed") return computed(range, part.why);
      if (part.kind !== "text" && part.kind !== "scalar") return computed(range, sentence("why.no-text"));
      value += String(part.value) + literal.text;
      if (value.length > longestText) return computed(range, sentence("why.too-long"));
    }
    return { kind: "text", value, range, literal: false };
  }

  #prefix(node: ts.PrefixUnaryExpression, scope: Scope): Meaning {
    const range = this.range(node);
    const operand = this.evaluate(node.operand, scope);
    if (node.operator === ts.SyntaxKind.ExclamationToken) {
      const test = truthOf(operand);
      if (test !== undefined) return { kind: "scalar", value: !test, range };
    }
    if (operand.kind === "scalar" && typeof operand.value === "number") {
      if (node.operator === ts.SyntaxKind.MinusToken) return { kind: "scalar", value: -operand.value, range };
      if (node.operator === ts.SyntaxKind.PlusToken) return { kind: "scalar", value: operand.value, range };
    }
    return computed(range, operand.kind === "computed" ? operand.why : sentence("why.run"));
  }

  #binary(node: ts.BinaryExpression, scope: Scope): Meaning {
    const range = this.range(node);
    const left = this.evaluate(node.left, scope);
    const { kind } = node.operatorToken;
    const unknown = (part: Meaning): Meaning =>
      computed(range, part.kind === "computed" ? part.why : sentence("why.run"));
    if (kind === ts.SyntaxKind.QuestionQuestionToken) {
      if (left.kind === "computed") return unknown(left);
      const isNothing = left.kind === "scalar" && (left.value === undefined || left.value === null);
      return isNothing ? this.evaluate(node.right, scope) : left;
    }
    if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.AmpersandAmpersandToken) {
      const test = truthOf(left);
      if (test === undefined) return unknown(left);
      return test === (kind === ts.SyntaxKind.BarBarToken) ? left : this.evaluate(node.right, scope);
    }
    const right = this.evaluate(node.right, scope);
    const known = (part: Meaning) => part.kind === "text" || part.kind === "scalar";
    if (!known(left)) return unknown(left);
    if (!known(right)) return unknown(right);
    const a = left.kind === "text" || left.kind === "scalar" ? left.value : undefined;
    const b = right.kind === "text" || right.kind === "scalar" ? right.value : undefined;
    if (kind === ts.SyntaxKind.PlusToken && (typeof a === "string" || typeof b === "string")) {
      const value = `${a}${b}`;
      return value.length > longestText
        ? computed(range, sentence("why.too-long"))
        : { kind: "text", value, range, literal: false };
    }
    if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return { kind: "scalar", value: a === b, range };
    if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) return { kind: "scalar", value: a !== b, range };
    if (typeof a === "number" && typeof b === "number") {
      const value = arithmetic(kind, a, b);
      if (value !== undefined) return { kind: "scalar", value, range };
    }
    return unknown(left);
  }
}

function arithmetic(kind: ts.SyntaxKind, a: number, b: number): number | boolean | undefined {
  switch (kind) {
    case ts.SyntaxKind.PlusToken:
      return a + b;
    case ts.SyntaxKind.MinusToken:
      return a - b;
    case ts.SyntaxKind.AsteriskToken:
      return a * b;
    case ts.SyntaxKind.SlashToken:
      return a / b;
    case ts.SyntaxKind.PercentToken:
      return a % b;
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return a ** b;
    case ts.SyntaxKind.LessThanLessThanToken:
      return a << b;
    case ts.SyntaxKind.LessThanToken:
      return a < b;
    case ts.SyntaxKind.GreaterThanToken:
      return a > b;
    default:
      return undefined;
  }
}

function unknownName(name: string): Sentence {
  if (name === "") return sentence("why.missing");
  return name === "process" ? sentence("why.environment") : sentence("why.undeclared", { name });
}
