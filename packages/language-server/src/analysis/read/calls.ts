import ts from "typescript";
import { entryAmong, type TextRange } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import type { Evaluator } from "./evaluator.ts";
import { computed, longestText, type Meaning, truthOf } from "./meaning.ts";
import type { Scope } from "./scope.ts";
import { bindPattern, scopeOfBlock } from "./statements.ts";
import type { Link } from "./syntax.ts";

type FunctionMeaning = Extract<Meaning, { kind: "function" }>;

/** `Object.entries(…)` and the like. */
interface ObjectCall {
  readonly kind: "object-of";
  readonly of: Meaning;
}

/** What a call of a function of this file gives: followed when it returns one thing, whatever the conditions are. */
export function callFunction(
  evaluator: Evaluator,
  { node, scope }: FunctionMeaning,
  args: readonly Meaning[],
  at: TextRange,
): Meaning {
  const { body } = node;
  if (body === undefined || node.asteriskToken !== undefined) return computed(at, sentence("why.run"));
  const names = new Map();
  const unknownFrom = args.findIndex((argument) => argument.kind === "computed" && argument.spread);
  node.parameters.forEach((parameter, index) => {
    const isUnknown = unknownFrom >= 0 && index >= unknownFrom;
    const range = evaluator.range(parameter);
    const given: Meaning = parameter.dotDotDotToken
      ? { kind: "list", items: args.slice(index), complete: unknownFrom < 0, range }
      : isUnknown
        ? computed(range, sentence("why.arguments"))
        : (args[index] ?? { kind: "scalar", value: undefined, range });
    const { initializer } = parameter;
    bindPattern(evaluator, parameter.name, names, () =>
      initializer && given.kind === "scalar" && given.value === undefined
        ? evaluator.evaluate(initializer, inside)
        : given,
    );
  });
  const inside: Scope = { names, parent: scope };
  if (!ts.isBlock(body)) return evaluator.evaluate(body, inside);
  return returned(evaluator, body.statements, inside, at) ?? { kind: "scalar", value: undefined, range: at };
}

/** What statements return; `undefined` when they come to their end. */
function returned(
  evaluator: Evaluator,
  statements: readonly ts.Statement[],
  parent: Scope,
  at: TextRange,
): Meaning | undefined {
  const scope = scopeOfBlock(evaluator, statements, parent);
  for (const statement of statements) {
    if (ts.isReturnStatement(statement)) {
      return statement.expression
        ? evaluator.evaluate(statement.expression, scope)
        : { kind: "scalar", value: undefined, range: at };
    }
    if (ts.isBlock(statement)) {
      const inner = returned(evaluator, statement.statements, scope, at);
      if (inner) return inner;
      continue;
    }
    if (ts.isIfStatement(statement)) {
      const test = truthOf(evaluator.evaluate(statement.expression, scope));
      if (test !== undefined) {
        const taken = test ? statement.thenStatement : statement.elseStatement;
        const inner = taken && returned(evaluator, [taken], scope, at);
        if (inner) return inner;
        continue;
      }
    }
    if (returns(statement)) return computed(at, sentence("why.condition"));
  }
  return undefined;
}

/** Whether a statement may return from the function it stands in. */
function returns(statement: ts.Statement): boolean {
  const waiting: ts.Node[] = [statement];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (ts.isReturnStatement(node)) return true;
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) continue;
    ts.forEachChild(node, (child) => void waiting.push(child));
  }
  return false;
}

/** What a method of a value gives, for the few methods that plans are built with. */
export function callMethod(
  evaluator: Evaluator,
  on: Meaning | ObjectCall,
  { access, call }: Link,
  scope: Scope,
): Meaning {
  const range = evaluator.range(call ?? access);
  const name = access.name.text;
  const unknown = (why = sentence("why.run")): Meaning => computed(range, why);
  if (call === undefined) return unknown();
  if (on.kind === "object-of") return objectOf(on.of, name, range);
  if (on.kind === "computed") return unknown(on.why);
  const { items: args } = evaluator.items(call.arguments, scope);
  const [first] = args;
  if (on.kind === "record" && on.complete) {
    const member = entryAmong(on.entries, name)?.value;
    if (member?.kind === "function") return callFunction(evaluator, member, args, range);
  }
  if (on.kind === "list") {
    if ((name === "map" || name === "flatMap") && first?.kind === "function") {
      if (!evaluator.affords(on.items.length)) return unknown(sentence("why.too-much"));
      const given = on.items.map((item, index): Meaning => {
        if (item.kind === "computed" && item.spread) return item;
        const number: Meaning = { kind: "scalar", value: index, range };
        return callFunction(evaluator, first, [item, on.complete ? number : unknown()], range);
      });
      const flat = name === "flatMap" ? flattened(evaluator, given) : given;
      if (flat === undefined) return unknown(sentence("why.too-much"));
      const complete =
        on.complete &&
        (name === "map" ||
          given.every((one) => one.kind === "chain" || (one.kind === "list" && one.complete)));
      return { kind: "list", items: flat, complete, range };
    }
    if (name === "filter" && first?.kind === "function" && on.complete) {
      if (!evaluator.affords(on.items.length)) return unknown(sentence("why.too-much"));
      const kept = on.items.map((item) => truthOf(callFunction(evaluator, first, [item], range)));
      if (kept.includes(undefined)) return unknown(sentence("why.left"));
      return { ...on, items: on.items.filter((_, index) => kept[index]) };
    }
    if (name === "concat" && args.every((one) => one.kind === "list")) {
      const lists = [on, ...args.filter((one) => one.kind === "list")];
      const items = flattened(evaluator, lists);
      if (items === undefined) return unknown(sentence("why.too-much"));
      return {
        kind: "list",
        items,
        complete: lists.every((one) => one.complete),
        range,
      };
    }
    if (name === "flat" && on.complete && args.length === 0) {
      const items = flattened(evaluator, on.items);
      return items === undefined ? unknown(sentence("why.too-much")) : { ...on, items };
    }
    if (name === "join" && on.complete && on.items.every((one) => one.kind === "text")) {
      const separator = first?.kind === "text" ? first.value : first === undefined ? "," : undefined;
      const texts = on.items.map((one) => (one.kind === "text" ? one.value : ""));
      const length = texts.reduce((sum, text) => sum + text.length + (separator?.length ?? 0), 0);
      if (separator !== undefined && length <= longestText) {
        return { kind: "text", value: texts.join(separator), range, literal: false };
      }
    }
  }
  if (on.kind === "text" && args.length === 0 && on.value.length <= longestText) {
    const value = ofText(name, on.value);
    if (value !== undefined) return { kind: "text", value, range, literal: false };
  }
  return unknown();
}

/** The items of lists among others, each in the place of its list; `undefined` when there are too many. */
function flattened(evaluator: Evaluator, items: readonly Meaning[]): readonly Meaning[] | undefined {
  const length = items.reduce((sum, one) => sum + (one.kind === "list" ? one.items.length : 1), 0);
  if (!evaluator.affords(length)) return undefined;
  return items.flatMap((one) => (one.kind === "list" ? one.items : [one]));
}

function ofText(method: string, value: string): string | undefined {
  switch (method) {
    case "toLowerCase":
      return value.toLowerCase();
    case "toUpperCase":
      return value.toUpperCase();
    case "trim":
      return value.trim();
    case "toString":
      return value;
    default:
      return undefined;
  }
}

function objectOf(of: Meaning, method: string, range: TextRange): Meaning {
  if (method === "freeze" || method === "seal") return of;
  if (of.kind !== "record" || !of.complete) {
    return computed(range, of.kind === "computed" ? of.why : sentence("why.run"));
  }
  const items = of.entries.map(({ key, keyRange, value }): Meaning => {
    const text: Meaning = { kind: "text", value: key, range: keyRange, literal: false };
    if (method === "keys") return text;
    if (method === "values") return value;
    return { kind: "list", items: [text, value], complete: true, range: keyRange };
  });
  return method === "keys" || method === "values" || method === "entries"
    ? { kind: "list", items, complete: true, range }
    : computed(range, sentence("why.run"));
}
