import { isStage, type Plan } from "@sampan/sdk";
import { catalogue, type StageName, type Verb, type VerbEntry, verbsOf } from "@sampan/sdk/catalogue";
import { isRun } from "../session.ts";
import { listViewOf } from "../views/list-views.ts";

/** What a value is, and what can be called on it. Calls nothing of it. */
export function explainValue(value: unknown): readonly string[] {
  if (isStage(value)) return explainPlan(value.plan());
  if (isRun(value)) {
    return [
      `a run, ${value.attached ? "followed" : "started"}: ${value.id}`,
      "`await` it for its result; .cancel(reason?) stops it; .events is an Observable of what happens",
    ];
  }
  if (value instanceof Promise) return ["a promise: `await` it for its value"];
  if (Array.isArray(value)) {
    const noun = listViewOf(value)?.view.noun;
    return [`a list of ${value.length} ${noun === undefined ? "values" : `${noun}s`}`];
  }
  if (typeof value === "function") {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    return [
      `a ${isClass ? "class" : "function"} named ${value.name || "nothing"} of ${value.length} arguments`,
    ];
  }
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value);
    const methods = methodsOf(value);
    return [
      `an object with ${names.length === 0 ? "no fields" : names.slice(0, 40).join(", ")}`,
      ...(methods.length === 0 ? [] : [`methods: ${methods.slice(0, 40).join(", ")}`]),
    ];
  }
  return [value === undefined ? "nothing (undefined)" : `${value === null ? "null" : typeof value}`];
}

function explainPlan(plan: Plan): readonly string[] {
  const last = plan.steps.at(-1);
  const stage: StageName = last === undefined ? "SelectedHost" : catalogue[last.verb].to;
  const next = verbsOf(stage).filter((verb) => isLegal(verb, plan));
  return [
    `a plan that has come to ${stage} (${plan.steps.length} steps); nothing of it is done until \`.run()\``,
    ...next.map((verb) => `.${catalogue[verb].signature}: ${catalogue[verb].summary}`),
    ".run(options?): starts it",
    ".plan(): gives it as JSON",
    ".describe(): says what it would do",
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
