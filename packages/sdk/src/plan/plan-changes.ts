import type { Plan, PlanStep } from "./plan.ts";
import { sourceTitle } from "./sources.ts";

/** What differs between two plans, one line a change, for people: an option with its values, a step that is new or gone. */
export function planChanges(before: Plan, after: Plan): readonly string[] {
  const changes: string[] = [];
  if (text(before.source) !== text(after.source)) {
    const [from, to] = [sourceTitle(before.source), sourceTitle(after.source)];
    changes.push(from === to ? `from ${to}: reached in another way` : `from ${from} → ${to}`);
  }
  changes.push(...optionChanges("with", before.context, after.context));
  const [old, now] = [numbered(before.steps), numbered(after.steps)];
  for (const [name, step] of now) {
    const was = old.get(name);
    if (was === undefined) changes.push(`${name} is new`);
    else changes.push(...optionChanges(name, was.options, step.options));
  }
  for (const name of old.keys()) if (!now.has(name)) changes.push(`${name} is gone`);
  const shared = (steps: ReadonlyMap<string, PlanStep>, others: ReadonlyMap<string, PlanStep>) =>
    [...steps.keys()].filter((name) => others.has(name)).join();
  if (shared(old, now) !== shared(now, old)) changes.push("the steps stand in another order");
  return changes;
}

/** Steps by verb; the second of a verb that may be called again is `copyTo 2`. */
function numbered(steps: readonly PlanStep[]): ReadonlyMap<string, PlanStep> {
  const named = new Map<string, PlanStep>();
  for (const step of steps) {
    let name: string = step.verb;
    for (let count = 2; named.has(name); count++) name = `${step.verb} ${count}`;
    named.set(name, step);
  }
  return named;
}

function optionChanges(name: string, before: object, after: object): readonly string[] {
  const [was, is] = [before, after].map((options) => new Map<string, unknown>(Object.entries(options)));
  return [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].flatMap((key) => {
    const [from, to] = [text(was?.get(key)), text(is?.get(key))];
    return from === to ? [] : [`${name} ${key} ${from} → ${to}`];
  });
}

const longest = 120;

function text(value: unknown): string {
  const json = value === undefined ? "not given" : JSON.stringify(value);
  return json.length > longest ? `${json.slice(0, longest)}…` : json;
}
