import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import { z } from "zod";
import { canonicalJson, type Plan, parsePlan, planFingerprint } from "../plan/plan.ts";
import { type World, worldSchema } from "./world.ts";

/** A plan as it was written for later, with the world it was written for; `world` is `null` where nothing was looked at. */
export interface SavedPlan {
  readonly plan: Plan;
  readonly world: World | null;
}

const savedFile = z.strictObject({
  kind: z.literal("sampan.plan"),
  v: z.literal(1),
  plans: z
    .array(z.strictObject({ fingerprint: z.string(), plan: z.unknown(), world: worldSchema.nullable() }))
    .min(1),
  /** SHA-256 of everything else, in hex. */
  digest: z.string(),
});

/**
 * The JSON that `sampan plan --out` writes. The digest shows edits and damage; it is no signature.
 *
 * @example
 * ```ts
 * const { world } = await forecastOf(plan, options);
 * await writeFile("plan.json", JSON.stringify(savedPlansJson([{ plan, world }])));
 * ```
 */
export function savedPlansJson(plans: readonly SavedPlan[]): z.infer<typeof savedFile> {
  const content = {
    kind: "sampan.plan" as const,
    v: 1 as const,
    plans: plans.map(({ plan, world }) => ({ fingerprint: planFingerprint(plan), plan, world })),
  };
  return { ...content, digest: digestOf(content) };
}

/** Whether foreign JSON means to be what {@link savedPlansJson} makes. */
export function isSavedPlans(json: unknown): boolean {
  return typeof json === "object" && json !== null && "kind" in json && json.kind === "sampan.plan";
}

/**
 * Reads what {@link savedPlansJson} made.
 *
 * @throws `PLAN_FILE_CHANGED` for a file that was edited or damaged since, or is of a later version.
 *
 * @example
 * ```ts
 * for (const saved of readSavedPlans(JSON.parse(await readFile("plan.json", "utf8")), "plan.json")) {
 *   const changes = await changesSince(saved, options);
 *   if (changes.length > 0) throw worldChangedError(saved, changes);
 * }
 * ```
 */
export function readSavedPlans(json: unknown, path: string): readonly SavedPlan[] {
  const refuse = (problem: string, details: Readonly<Record<string, string>> = {}) =>
    new SampanError("PLAN_FILE_CHANGED", `reading ${path}: ${problem}`, { details: { path, ...details } });
  const version = (json as { readonly v?: unknown } | null)?.v;
  if (version !== 1)
    throw refuse(`its version is ${JSON.stringify(version) ?? "not given"}, and this program knows 1`);
  const read = savedFile.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = issue?.path.map(String).join(".") ?? "";
    throw refuse(`it is not as it was written: ${field === "" ? "" : `${field}: `}${issue?.message ?? ""}`, {
      field,
    });
  }
  const { digest, ...content } = read.data;
  if (digestOf(content) !== digest) {
    const changed = content.plans.findIndex(({ plan, fingerprint }) => fingerprintOf(plan) !== fingerprint);
    const where =
      changed < 0 ? "" : `: the plan${content.plans.length === 1 ? "" : ` ${changed + 1}`} in it is another`;
    throw refuse(`it was edited since it was written${where}`);
  }
  return content.plans.map(({ plan, world }) => ({ plan: parsePlan(plan), world }));
}

function fingerprintOf(plan: unknown): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

function digestOf(content: unknown): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
