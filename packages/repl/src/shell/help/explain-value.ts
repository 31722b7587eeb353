import { isStage, type Plan } from "@sampan/sdk";
import { catalogue, type StageName, type Verb, type VerbEntry, verbsOf } from "@sampan/sdk/catalogue";
import { listed, say, translated } from "../../language/speech.ts";
import { isRun } from "../session.ts";
import { listViewOf } from "../views/list-views.ts";

/** What a value is, and what can be called on it. Calls nothing of it. */
export function explainValue(value: unknown): readonly string[] {
  if (isStage(value)) return explainPlan(value.plan());
  if (isRun(value)) {
    return [
      say(value.attached ? "value.run-attached" : "value.run", { runId: value.id }),
      say("value.run-ways"),
    ];
  }
  if (value instanceof Promise) return [say("shell.promise")];
  if (Array.isArray(value)) {
    const noun = listViewOf(value)?.view.noun;
    const count = value.length;
    const what = noun === undefined ? say("value.values", { count }) : say(`view.count.${noun}`, { count });
    return [say("value.list", { what })];
  }
  if (typeof value === "function") {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    return [
      say(isClass ? "value.class" : "value.function", {
        name: value.name || say("value.nothing-named"),
        count: value.length,
      }),
    ];
  }
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value);
    const methods = methodsOf(value);
    return [
      names.length === 0
        ? say("value.no-fields")
        : say("value.object", { names: listed(names.slice(0, 40)) }),
      ...(methods.length === 0 ? [] : [say("value.methods", { names: listed(methods.slice(0, 40)) })]),
    ];
  }
  return [value === undefined ? say("value.undefined") : `${value === null ? "null" : typeof value}`];
}

function explainPlan(plan: Plan): readonly string[] {
  const last = plan.steps.at(-1);
  const stage: StageName = last === undefined ? "SelectedHost" : catalogue[last.verb].to;
  const next = verbsOf(stage).filter((verb) => isLegal(verb, plan));
  return [
    say("value.plan", { stage, steps: plan.steps.length }),
    ...next.map((verb) =>
      say("help.named", {
        name: `.${catalogue[verb].signature}`,
        summary: translated(catalogue[verb].summary),
      }),
    ),
    say("value.plan-run"),
    say("value.plan-json"),
    say("value.plan-describe"),
  ];
}

function isLegal(verb: Verb, plan: Plan): boolean {
  const { repeatable, hosts }: VerbEntry = catalogue[verb];
  if (!repeatable && plan.steps.some((step) => step.verb === verb)) return false;
  return hosts === undefined || hosts.includes(plan.source.kind);
}

/** Names of methods along the prototypes, without calling a getter. */
function methodsOf(value: object): readonly string[] {
  const names = new Set<string>();
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let depth = 0; depth < 4 && prototype && prototype !== Object.prototype; depth++) {
    for (const [name, { value: member }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof member === "function" && name !== "constructor" && !name.startsWith("_")) names.add(name);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...names];
}
