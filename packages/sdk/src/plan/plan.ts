import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { imageFormats } from "@sampan/image";
import { z } from "zod";
import { catalogue, type StageName, type Verb, type VerbEntry } from "../catalogue.ts";
import { contextOptions, stepOptions } from "./options.ts";

/** Where a plan's disk comes from. */
export const sourceSpec = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("image-file"),
    /** As written; {@link resolvePlan} makes it absolute. */
    path: z.string().min(1),
    /** Takes the file to be of this format instead of looking at its bytes. */
    format: z.enum(imageFormats).optional(),
    /** Which disk of an OVA or OVF is the host's only one: its file, its id or its number. Default: all, the first boots. */
    disk: z.union([z.string().min(1), z.int().min(0)]).optional(),
    /** Folders, besides the image's own, below which parents and parts that it names may lie; made absolute as `path` is. */
    allowPaths: z.array(z.string().min(1)).optional(),
    /** Name of an internal snapshot to take instead of the present state. */
    snapshot: z.string().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal("ecs"),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/, "a region id such as cn-hangzhou"),
    instanceId: z.string().regex(/^i-[A-Za-z0-9-]{1,60}$/, "an instance id such as i-bp1…"),
  }),
]);
/** A typed source: what the string given to `Migration.from` is read as. */
export type SourceSpec = z.infer<typeof sourceSpec>;
/** A disk image in a file, as a source. */
export type ImageFileSource = Extract<SourceSpec, { readonly kind: "image-file" }>;
/** An ECS instance, as a source. */
export type EcsSource = Extract<SourceSpec, { readonly kind: "ecs" }>;

/** A source as people write it: the path of a file, `ecs://REGION/INSTANCE`. */
export function sourceTitle(source: SourceSpec): string {
  return source.kind === "ecs" ? `ecs://${source.region}/${source.instanceId}` : source.path;
}

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
  const { kind } = plan.source;
  if (entry.hosts !== undefined && !entry.hosts.includes(kind)) {
    throw new SampanError(
      "PLAN_INVALID",
      `step ${number} of a plan: ${step.verb} is for ${kindNames[entry.hosts[0] ?? kind]}, and the host is ${kindNames[kind]}`,
      {
        hint:
          kind === "ecs"
            ? "An instance's disks are taken by `snapshot` and `createImage`, inside the cloud."
            : "A disk image is taken by `assess`, `capture`, a format, `upload` and `import`.",
        details,
      },
    );
  }
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
  return { ...plan, steps: [...plan.steps, step] };
}

const kindNames = { "image-file": "a disk image", ecs: "an ECS instance" } as const;

/** Checks a value against a schema; the first fault becomes a `PLAN_INVALID` that names its place. */
export function checked<T extends z.ZodType>(schema: T, value: unknown, doing: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  throw new SampanError(
    "PLAN_INVALID",
    `${doing}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "not valid"}`,
    {
      details: { path },
    },
  );
}

/** The step of a verb; `undefined` when the plan has none. */
export function stepOf<V extends Verb>(plan: Plan, verb: V): StepOf<V> | undefined {
  return plan.steps.find((step): step is StepOf<V> => step.verb === verb);
}

/** The plan with its source's paths made absolute, relative to `baseFolder`. */
export function resolvePlan(plan: Plan, baseFolder: string): Plan {
  if (plan.source.kind === "ecs") return plan;
  const { path, allowPaths } = plan.source;
  const absolute = (relative: string): string => resolve(baseFolder, relative);
  return {
    ...plan,
    source: {
      ...plan.source,
      path: absolute(path),
      ...(allowPaths === undefined ? {} : { allowPaths: allowPaths.map(absolute) }),
    },
  };
}

/** What tells one plan from another: SHA-256 of its canonical JSON, in hex. */
export function planFingerprint(plan: Plan): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

function canonicalJson(value: unknown): string {
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
