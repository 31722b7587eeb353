import { catalogue, type StageName, type Verb, type VerbEntry } from "@sampan/sdk/catalogue";
import ts from "typescript";
import type { PlacedValue, TextRange } from "./placed-value.ts";
import type { AnalysisOptions, ChainStep } from "./plan-analysis.ts";
import { type ReadPlan, readPlan } from "./read/read-plan.ts";

/** The chain before a cursor. */
export interface ChainBefore {
  /** Absent before `from` was called. */
  readonly source?: PlacedValue;
  readonly context?: PlacedValue;
  readonly steps: readonly ChainStep[];
  /** What the chain is by then; absent before `from`, and after a verb that is none. */
  readonly stage?: StageName;
}

/** What a cursor is in: the name of a verb, the name of an option, or a value. */
export type Place =
  | {
      readonly kind: "verb";
      /** The name as far as it is typed; empty after a dot alone. */
      readonly typed: string;
      readonly range: TextRange;
      readonly chain: ChainBefore;
      /** True right after `Migration`, where `from` and `with` may stand. */
      readonly atStart: boolean;
    }
  | {
      readonly kind: "option";
      /** The verb, or `from` and `with`. */
      readonly verb: string;
      readonly typed: string;
      readonly range: TextRange;
      /** Where the object stands in the options: empty for the options themselves. */
      readonly path: readonly (string | number)[];
      /** Options that stand in the object already, without the one at the cursor. */
      readonly given: readonly string[];
      readonly chain: ChainBefore;
    }
  | {
      readonly kind: "value";
      readonly verb: string;
      /** Which value: `["bucket"]`, `["regions", 1]`, `["share", "here"]`, for `from` also `["source"]`. */
      readonly path: readonly (string | number)[];
      /** What is written, without its quotes; empty where nothing is. */
      readonly typed: string;
      /** Its range, without its quotes. */
      readonly range: TextRange;
      /** Whether there are quotes already. */
      readonly quoted: boolean;
      readonly chain: ChainBefore;
    };

/**
 * Says what stands at an offset of a plan file, for completion and hovers; `undefined` outside of plans. Pure, throws for no text,
 * and understands what is half typed.
 */
export function placeAt(text: string, offset: number, options: AnalysisOptions = {}): Place | undefined {
  const read = readPlan(text, options);
  if (read === undefined) return undefined;
  try {
    return new PlaceFinder(read, offset).find();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The stage that verbs lead to; `undefined` after one that is none of the catalogue. */
export function stageAfter(steps: readonly ChainStep[]): StageName | undefined {
  const last = steps.at(-1);
  if (last === undefined) return "SelectedHost";
  return Object.hasOwn(catalogue, last.verb) ? catalogue[last.verb as Verb].to : undefined;
}

class PlaceFinder {
  readonly #read: ReadPlan;
  readonly #offset: number;

  constructor(read: ReadPlan, offset: number) {
    this.#read = read;
    this.#offset = offset;
  }

  find(): Place | undefined {
    const path = this.#nodesAround();
    for (const node of path) {
      if (ts.isStringLiteralLike(node) && this.#isInside(node)) return this.#value(node);
      if (ts.isPropertyAccessExpression(node)) {
        const place = this.#verb(node);
        if (place) return place;
      }
      if (ts.isObjectLiteralExpression(node)) return this.#option(node);
      if (ts.isArrayLiteralExpression(node) || ts.isCallExpression(node)) {
        const place = this.#emptyValue(node);
        if (place) return place;
      }
      if (ts.isIdentifier(node) && ts.isCallExpression(node.parent) && node.parent.expression !== node) {
        return this.#value(node);
      }
      if (ts.isFunctionLike(node)) return undefined;
    }
    return undefined;
  }

  /** The nodes that the offset lies in or at the end of, the smallest first. */
  #nodesAround(): readonly ts.Node[] {
    const { file } = this.#read;
    const around: ts.Node[] = [];
    let at: ts.Node | undefined = file;
    while (at !== undefined) {
      around.push(at);
      let inner: ts.Node | undefined;
      ts.forEachChild(at, (child) => {
        if (child.kind === ts.SyntaxKind.EndOfFileToken) return;
        // The later of two that touch: what is being typed stands to the right.
        if (child.getStart(file) <= this.#offset && this.#offset <= child.end) inner = child;
      });
      at = inner;
    }
    return around.reverse();
  }

  #isInside(node: ts.StringLiteralLike): boolean {
    const start = node.getStart(this.#read.file);
    if (this.#offset <= start) return false;
    return this.#offset < node.end || !isClosed(node, this.#read);
  }

  #verb(node: ts.PropertyAccessExpression): Place | undefined {
    const { file, text } = this.#read;
    const dot = text.lastIndexOf(".", Math.max(node.expression.end, node.name.getStart(file) - 1));
    if (dot < node.expression.end || this.#offset <= dot) return undefined;
    const name = node.name.text;
    const range =
      name === "" ? { start: this.#offset, end: this.#offset } : this.#read.evaluator.range(node.name);
    if (name !== "" && (this.#offset < range.start || this.#offset > range.end)) return undefined;
    const before = this.#before(node.expression);
    if (before === undefined) return undefined;
    return { kind: "verb", typed: name, range, chain: before, atStart: before.source === undefined };
  }

  #option(node: ts.ObjectLiteralExpression): Place | undefined {
    const { file } = this.#read;
    const offset = this.#offset;
    if (offset <= node.getStart(file)) return undefined;
    const at = node.properties.find((one) => one.getStart(file) <= offset && offset <= one.end);
    if (at && ts.isPropertyAssignment(at) && offset > at.name.end) {
      return this.#valueOf(at, { start: offset, end: offset }, "", false);
    }
    const target = this.#target(node);
    if (target === undefined) return undefined;
    const typed = at?.name;
    return {
      kind: "option",
      ...target,
      typed: typed && (ts.isIdentifier(typed) || ts.isStringLiteral(typed)) ? typed.text : "",
      range: typed ? this.#read.evaluator.range(typed) : { start: offset, end: offset },
      given: node.properties
        .filter((one) => one !== at)
        .map((one) => one.name)
        .filter((name) => name !== undefined)
        .filter((name) => ts.isIdentifier(name) || ts.isStringLiteral(name))
        .map((name) => name.text),
    };
  }

  /** A place between the brackets of a call or a list where nothing is written yet. */
  #emptyValue(node: ts.CallExpression | ts.ArrayLiteralExpression): Place | undefined {
    const list = ts.isCallExpression(node) ? node.arguments : node.elements;
    if (this.#offset < list.pos || this.#offset > Math.max(list.pos, list.end)) return undefined;
    if (ts.isCallExpression(node) && this.#offset >= node.end && this.#read.text[node.end - 1] === ")") {
      return undefined;
    }
    const index = list.filter((one) => one.end < this.#offset).length;
    const target = this.#targetOfItem(node, index);
    const range = { start: this.#offset, end: this.#offset };
    return target && { kind: "value", ...target, typed: "", range, quoted: false };
  }

  #value(node: ts.StringLiteralLike | ts.Identifier): Place | undefined {
    const whole = this.#read.evaluator.range(node);
    const quoted = !ts.isIdentifier(node);
    const end = quoted && isClosed(node, this.#read) ? whole.end - 1 : whole.end;
    return this.#valueOf(node, quoted ? { start: whole.start + 1, end } : whole, node.text, quoted);
  }

  #valueOf(node: ts.Node, range: TextRange, typed: string, quoted: boolean): Place | undefined {
    const target = this.#target(node);
    return target && { kind: "value", ...target, typed, range, quoted };
  }

  /** Which call a node belongs to, and where in its arguments it stands. */
  #target(node: ts.Node): Pick<Extract<Place, { kind: "value" }>, "verb" | "path" | "chain"> | undefined {
    const { parent } = node;
    if (parent === undefined) return undefined;
    if (ts.isPropertyAssignment(node)) {
      const { name } = node;
      const target = this.#target(node.parent);
      if (target === undefined || (!ts.isIdentifier(name) && !ts.isStringLiteral(name))) return undefined;
      return { ...target, path: [...target.path, name.text] };
    }
    if (ts.isPropertyAssignment(parent)) {
      return parent.name === node ? this.#target(parent.parent) : this.#target(parent);
    }
    if (ts.isArrayLiteralExpression(parent)) {
      return this.#targetOfItem(parent, parent.elements.indexOf(node as ts.Expression));
    }
    if (ts.isCallExpression(parent) && parent.expression !== node) {
      return this.#targetOfItem(parent, parent.arguments.indexOf(node as ts.Expression));
    }
    if (
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isSatisfiesExpression(parent)
    ) {
      return this.#target(parent);
    }
    return undefined;
  }

  #targetOfItem(
    node: ts.CallExpression | ts.ArrayLiteralExpression,
    index: number,
  ): Pick<Extract<Place, { kind: "value" }>, "verb" | "path" | "chain"> | undefined {
    if (ts.isArrayLiteralExpression(node)) {
      const target = this.#target(node);
      return target && { ...target, path: [...target.path, index] };
    }
    if (!ts.isPropertyAccessExpression(node.expression)) return undefined;
    const verb = node.expression.name.text;
    const chain = this.#before(node.expression.expression);
    if (chain === undefined) return undefined;
    const given = node.arguments[index];
    const isObject = given !== undefined && ts.isObjectLiteralExpression(given);
    return { verb, path: pathOfArgument(verb, index, isObject), chain };
  }

  #before(node: ts.Expression): ChainBefore | undefined {
    const { evaluator, scopeAt } = this.#read;
    const meaning = evaluator.evaluate(node, scopeAt(node));
    if (meaning.kind === "migration") {
      return { steps: [], ...(meaning.context && { context: meaning.context }) };
    }
    if (meaning.kind !== "chain" || meaning.end !== undefined) return undefined;
    const stage = stageAfter(meaning.steps);
    return {
      source: meaning.source,
      ...(meaning.context && { context: meaning.context }),
      steps: meaning.steps,
      ...(stage && { stage }),
    };
  }
}

/** Where an argument stands in the options of its verb: under the name it has there, or as the options themselves. */
function pathOfArgument(verb: string, index: number, isObject: boolean): readonly (string | number)[] {
  if (verb === "from") return isObject ? [] : ["source"];
  if (verb === "with" || !Object.hasOwn(catalogue, verb)) return [];
  const { positional }: VerbEntry = catalogue[verb as Verb];
  const name = positional[Math.min(index, positional.length - 1)];
  if (name?.endsWith("...")) return isObject ? [] : [name.slice(0, -3), index];
  return name === undefined || index >= positional.length ? [] : [name];
}

function isClosed(node: ts.StringLiteralLike, { text, file }: ReadPlan): boolean {
  const start = node.getStart(file);
  return node.end - start >= 2 && text[node.end - 1] === text[start];
}
