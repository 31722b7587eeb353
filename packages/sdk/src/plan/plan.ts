import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { z } from "zod";
import { catalogue, type StageName, type Verb, type VerbEntry } from "../catalogue.ts";
import { checked } from "./checked.ts";
import { contextOptions, stepOptions } from "./options.ts";
import { refuseForeignKind } from "./refusals.ts";
import { refuseStep } from "./refuse-step.ts";
import { resolveSource } from "./resolve-source.ts";
import { sourceSpec, sourceTitle } from "./sources.ts";

function stepSchema<V extends Verb>(verb: V) {
  return z.strictObject({ verb: z.literal(verb), options: stepOptions[verb] });
}

const planStep = z.discriminatedUnion("verb", [
  stepSchema("assess"),
  stepSchema("snapshot"),
  stepSchema("createImage"),
  stepSchema("prepare"),
  stepSchema("capture"),
  stepSchema("toVhd"),
  stepSchema("toRaw"),
  stepSchema("toQcow2"),
  stepSchema("upload"),
  stepSchema("import"),
  stepSchema("copyTo"),
  stepSchema("shareWith"),
  stepSchema("launch"),
  stepSchema("verify"),
]);

/** One verb of a plan with its options. */
export type PlanStep = z.infer<typeof planStep>;
export type StepOf<V extends Verb> = Extract<PlanStep, { readonly verb: V }>;

const planSchema = z.strictObject({
  v: z.literal(1),
  source: sourceSpec,
  context: contextOptions,
  steps: z.array(planStep),
});

/** What would be done: immutable data, plain JSON. */
export type Plan = z.infer<typeof planSchema>;

/** Checks foreign JSON to be a plan whose verbs stand in a legal order; `PLAN_INVALID` names the field at fault. */
export function parsePlan(json: unknown): Plan {
  const { steps, ...start } = checked(planSchema, json, "reading a plan");
  return steps.reduce<Plan>(appendStep, { ...start, steps: [] });
}

/** The stage a plan has reached. */
export function planStage(plan: Plan): StageName {
  const last = plan.steps.at(-1);
  return last === undefined ? "SelectedHost" : catalogue[last.verb].to;
}

/** The plan with one more step; `PLAN_INVALID` when its verb cannot come next, or only once and was already there. */
export function appendStep(plan: Plan, step: PlanStep): Plan {
  const entry: VerbEntry = catalogue[step.verb];
  const stage = planStage(plan);
  const number = plan.steps.length + 1;
  const details = { step: number, verb: step.verb };
  refuseForeignKind(plan.source, step.verb, entry, details);
  if (!entry.from.includes(stage)) {
    throw new SampanError("PLAN_INVALID", `step ${number} of a plan: ${step.verb} cannot follow ${stage}`, {
      hint: `${step.verb} comes after ${entry.from.join(" or ")}.`,
      details,
    });
  }
  if (!entry.repeatable && plan.steps.some((earlier) => earlier.verb === step.verb)) {
    throw new SampanError("PLAN_INVALID", `step ${number} of a plan: ${step.verb} was already called`, {
      hint: `Give all options of ${step.verb} in one call.`,
      details,
    });
  }
  refuseStep(plan, step);
  return { ...plan, steps: [...plan.steps, step] };
}

/** The step of a verb; `undefined` when the plan has none. */
export function stepOf<V extends Verb>(plan: Plan, verb: V): StepOf<V> | undefined {
  return plan.steps.find((step): step is StepOf<V> => step.verb === verb);
}

/** The plan with the paths of this machine made absolute, relative to `baseFolder`: its source's, and the share's of a capture. */
export function resolvePlan(plan: Plan, baseFolder: string): Plan {
  const steps = plan.steps.map((step): PlanStep => {
    if (step.verb !== "capture" || step.options.share === undefined) return step;
    const share = { ...step.options.share, here: resolve(baseFolder, step.options.share.here) };
    return { ...step, options: { ...step.options, share } };
  });
  return { ...plan, source: resolveSource(plan.source, baseFolder), steps };
}

/** What tells one plan from another: SHA-256 of its canonical JSON, in hex. */
export function planFingerprint(plan: Plan): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

/** JSON whose objects have their fields in order, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What would be done, one line a step, for people. */
export function describePlan(plan: Plan): string {
  const lines = [`from ${sourceTitle(plan.source)}`];
  for (const step of plan.steps) {
    const options = Object.entries(step.options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    lines.push(
      `${step.verb}${options.length > 0 ? ` (${options.join(", ")})` : ""} — ${catalogue[step.verb].summary}`,
    );
  }
  return lines.join("\n");
}
