import { type Json, SampanError } from "@sampan/core";
import { type Plan, parsePlan } from "@sampan/sdk";
import type { CloudChoice } from "@sampan/sdk/engine";
import { z } from "zod";

const origin = z.object({ name: z.string(), origin: z.string() });

const cloud = z.union([
  z.object({
    kind: z.literal("simulator"),
    endpoint: z.string().optional(),
    profile: origin.optional(),
  }),
  z.object({
    kind: z.literal("alibaba"),
    profile: origin.optional(),
    region: z.object({ value: z.string(), origin: z.string() }).optional(),
  }),
]);

const stop = z.union([
  z.object({ kind: z.literal("cancel"), reason: z.string() }),
  z.object({ kind: z.literal("deadline"), deadlineMs: z.number() }),
]);

const deadline = z.object({ deadlineMs: z.number(), endsAtMs: z.number() });

/** How long a run may take, and when that time is over by the clock of who started it, in milliseconds since 1970. */
export type Deadline = z.infer<typeof deadline>;

/** Why a run is to stop. */
export type StopRequest = z.infer<typeof stop>;

const runData = z.object({
  v: z.literal(1),
  version: z.int(),
  plan: z.json(),
  cloud,
  /** `null`: any worker may do its stages. */
  site: z.string().nullable(),
  /** What it is of a fleet, as whoever started it said; runs from before that was recorded, and those of no fleet, have none. */
  host: z
    .object({ fleet: z.string(), folder: z.string().optional(), wave: z.string(), name: z.string() })
    .nullable()
    .default(null),
  /** Counts its starts. */
  epoch: z.int().min(1),
  /** Key of the last stage asked for, or a verb; all when `null`. */
  through: z.string().nullable(),
  deadline: deadline.nullable().default(null),
  /** What is to be told when it starts. */
  note: z.string().nullable(),
  stop: stop.nullable(),
  /** Digests under which the host and the plan are remembered. */
  hostDigest: z.string(),
  planDigest: z.string(),
});

/** What the job of a run holds. No secret is in it: its plan says where those are found. */
export interface RunData extends Omit<z.infer<typeof runData>, "plan" | "cloud"> {
  readonly plan: Plan;
  readonly cloud: CloudChoice;
}

/** What the job of a stage holds. */
export const stageData = z.object({
  v: z.literal(1),
  /** `leave`: what undoes what must not stay after a run that ended early; `deadline`: what asks the run to stop when its time is over. */
  kind: z.enum(["stage", "leave", "deadline"]),
  runId: z.string(),
  version: z.int(),
  key: z.string(),
  epoch: z.int().min(1),
});

export type StageData = z.infer<typeof stageData>;

/** Reads what a run's job holds; `RUN_JOURNAL_CORRUPT` when it is none of ours. */
export function readRunData(runId: string, data: unknown): RunData {
  const parsed = runData.safeParse(data);
  if (!parsed.success) throw unreadable(runId, parsed.error);
  try {
    return {
      ...parsed.data,
      plan: parsePlan(parsed.data.plan as Json),
      cloud: parsed.data.cloud as CloudChoice,
    };
  } catch (error) {
    throw unreadable(runId, error);
  }
}

function unreadable(runId: string, cause: unknown): SampanError {
  return new SampanError("RUN_JOURNAL_CORRUPT", `reading run ${runId} in the fleet's store`, { cause });
}
