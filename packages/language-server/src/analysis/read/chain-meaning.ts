import type ts from "typescript";
import type { PlacedValue, TextRange } from "../placed-value.ts";
import type { Evaluator } from "./evaluator.ts";
import { type ChainMeaning, computed, type Meaning, placedOf } from "./meaning.ts";
import type { Scope } from "./scope.ts";
import { endNames, type Link } from "./syntax.ts";

/** `Migration.from(…)` and `Migration.with(…)`. */
export function startChain(
  evaluator: Evaluator,
  on: Extract<Meaning, { kind: "migration" }>,
  { access, call }: Link,
  scope: Scope,
): Meaning {
  if (call === undefined) return computed(evaluator.range(access), "it is not called");
  const [given] = argumentsOf(evaluator, call, scope);
  const nothing: PlacedValue = { kind: "scalar", value: undefined, range: emptyArguments(call) };
  if (access.name.text === "with") {
    return { kind: "migration", node: on.node, context: given ?? nothing };
  }
  if (access.name.text !== "from") {
    return computed(evaluator.range(call), `Migration has no \`${access.name.text}\``);
  }
  const start = on.node.getStart(evaluator.file);
  return {
    kind: "chain",
    node: call,
    // `Migration` may be another name for a start that was made elsewhere.
    range: { start: start < call.end ? start : call.getStart(evaluator.file), end: call.end },
    ...(on.context && { context: on.context }),
    source: given ?? nothing,
    fromRange: evaluator.range(access.name),
    steps: [],
    nodes: [call],
  };
}

/** The chain with one more verb, or with what ends it. */
export function extendChain(evaluator: Evaluator, on: ChainMeaning, link: Link, scope: Scope): ChainMeaning {
  const { access, call } = link;
  if (on.end !== undefined) {
    return { ...on, node: call ?? access, range: { start: on.range.start, end: (call ?? access).end } };
  }
  // A name that nobody calls is half typed.
  if (call === undefined) return on;
  const name = access.name.text;
  const written = {
    nameRange: evaluator.range(access.name),
    callRange: { start: dotOf(access, evaluator.file), end: call.end },
  };
  const common = {
    ...on,
    node: call,
    range: whole(on, call, evaluator),
    nodes: [...on.nodes, call],
    base: on,
  };
  if (endNames.has(name)) return { ...common, end: { name, ...written } };
  const step = { verb: name, ...written, args: argumentsOf(evaluator, call, scope) };
  return { ...common, steps: [...on.steps, step] };
}

/** From the first word of this expression to the end of the call; a chain begun elsewhere has a range of its own here. */
function whole(on: ChainMeaning, call: ts.CallExpression, evaluator: Evaluator): TextRange {
  const start = call.getStart(evaluator.file);
  return { start: Math.min(start, on.range.end <= call.end ? on.range.start : start), end: call.end };
}

function dotOf(access: ts.PropertyAccessExpression, file: ts.SourceFile): number {
  return (
    access.questionDotToken?.getStart(file) ?? file.text.lastIndexOf(".", access.name.getStart(file) - 1)
  );
}

function argumentsOf(evaluator: Evaluator, call: ts.CallExpression, scope: Scope): readonly PlacedValue[] {
  const { items } = evaluator.items(call.arguments, scope);
  return items.map((item) => placedOf(item, evaluator.range(call)));
}

function emptyArguments(call: ts.CallExpression): TextRange {
  return { start: call.arguments.pos, end: Math.max(call.arguments.pos, call.arguments.end) };
}
