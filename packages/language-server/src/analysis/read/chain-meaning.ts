import type ts from "typescript";
import type { PlacedValue, TextRange } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import type { Evaluator } from "./evaluator.ts";
import { type ChainMeaning, computed, type Meaning } from "./meaning.ts";
import type { Scope } from "./scope.ts";
import { endNames, type Link } from "./syntax.ts";

/** `Migration.from(…)` and `Migration.with(…)`. */
export function startChain(
  evaluator: Evaluator,
  on: Extract<Meaning, { kind: "migration" }>,
  { access, call }: Link,
  scope: Scope,
): Meaning {
  if (call === undefined) return computed(evaluator.range(access), sentence("why.not-called"));
  const [given] = argumentsOf(evaluator, call, scope);
  const nothing: PlacedValue = { kind: "scalar", value: undefined, range: emptyArguments(call) };
  if (access.name.text === "with") {
    return { kind: "migration", node: on.node, context: given ?? nothing };
  }
  if (access.name.text !== "from") {
    return computed(evaluator.range(call), sentence("why.no-member", { name: access.name.text }));
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

/** More verbs make no plan: without an end, a chain of constants that each go on from the last would take more memory than there is. */
const mostVerbs = 200;

/** The chain with all that is called on it: verbs, and what ends it. */
export function extendChain(
  evaluator: Evaluator,
  on: ChainMeaning,
  links: readonly Link[],
  scope: Scope,
): Meaning {
  const steps = [...on.steps];
  const nodes = [...on.nodes];
  let { node, range, end } = on;
  for (const { access, call } of links) {
    if (end !== undefined) {
      node = call ?? access;
      range = { start: range.start, end: node.end };
      continue;
    }
    // A name that nobody calls is half typed.
    if (call === undefined) continue;
    const name = access.name.text;
    const written = {
      nameRange: evaluator.range(access.name),
      callRange: { start: dotOf(access, evaluator.file), end: call.end },
    };
    node = call;
    range = whole(range, call, evaluator);
    nodes.push(call);
    if (endNames.has(name)) end = { name, ...written };
    else steps.push({ verb: name, ...written, args: argumentsOf(evaluator, call, scope) });
    if (steps.length > mostVerbs) return computed(range, sentence("why.too-many-steps"));
  }
  if (node === on.node) return on;
  if (on.end !== undefined) return { ...on, node, range };
  return { ...on, node, range, steps, nodes, ...(end && { end }), base: on };
}

/** From the first word of this expression to the end of the call; a chain begun elsewhere has a range of its own here. */
function whole(so: TextRange, call: ts.CallExpression, evaluator: Evaluator): TextRange {
  const start = call.getStart(evaluator.file);
  return { start: Math.min(start, so.end <= call.end ? so.start : start), end: call.end };
}

function dotOf(access: ts.PropertyAccessExpression, file: ts.SourceFile): number {
  return (
    access.questionDotToken?.getStart(file) ?? file.text.lastIndexOf(".", access.name.getStart(file) - 1)
  );
}

function argumentsOf(evaluator: Evaluator, call: ts.CallExpression, scope: Scope): readonly PlacedValue[] {
  const { items } = evaluator.items(call.arguments, scope);
  return items.map((item) => evaluator.place(item, evaluator.range(call)));
}

function emptyArguments(call: ts.CallExpression): TextRange {
  return { start: call.arguments.pos, end: Math.max(call.arguments.pos, call.arguments.end) };
}
