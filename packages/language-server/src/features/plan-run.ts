import { z } from "zod";
import type { LastRun } from "../analysis/last-run.ts";

/* What a client tells of runs by the notification `sampan/runs`: the server starts nothing and reads no journal. */

const count = z.number().int().min(0);
const positive = z.number().min(0);
const short = z.string().max(200);

const finding = z.object({
  rule: short,
  severity: z.enum(["blocker", "warning", "info"]),
  message: z.string().max(2000),
  hint: z.string().max(2000),
  fixup: short.nullable(),
});

const hostFacts = z.object({
  disks: z
    .array(z.object({ name: short, sizeBytes: count, system: z.boolean() }))
    .max(64)
    .optional(),
  architecture: short.optional(),
  bootMode: z.enum(["BIOS", "UEFI"]).optional(),
  platform: short.optional(),
});

const progress = z.object({
  /** Key of the stage, as events carry it: `upload`, `copy:cn-shanghai`. */
  stage: short,
  doneBytes: positive,
  totalBytes: positive.nullable(),
  ratePerSecond: positive.nullable(),
  etaMs: positive.nullable().optional(),
});

const planRun = z.object({
  /** The plan file. */
  uri: z.string().max(8192),
  /** Id of the chain in it, as lenses give it to commands. */
  chainId: short,
  runId: short,
  status: z.enum(["running", "failed", "cancelled", "finished"]),
  /** True from the moment a stop was asked for until the run has ended. */
  stopping: z.boolean().optional(),
  /** The verb it stopped at, when it can be resumed. */
  stoppedAt: short.optional(),
  /** How many of how many parts of that verb are done. */
  parts: z.object({ done: count, total: count }).optional(),
  progress: progress.optional(),
  profile: z.enum(["current", "whitepaper-2017"]).optional(),
  findings: z.array(finding).max(200).optional(),
  host: hostFacts.optional(),
  /** The name the host was found to have, which images and objects get. */
  hostName: short.optional(),
  leftovers: z.array(short).max(50).optional(),
  /** How long the last whole run took, in milliseconds. */
  tookMs: positive.optional(),
  /** How long each stage took, and the bytes it moved, by its verb. */
  stages: z
    .array(z.object({ verb: short, tookMs: positive, bytes: positive.optional() }))
    .max(64)
    .optional(),
});

/**
 * What the client knows of the last run of one chain. `startedAt` and the like are the client's business: of several runs of a chain
 * it tells the newest.
 */
export type PlanRun = z.infer<typeof planRun>;

/** Longest list that is read. */
const mostRuns = 2000;

/** Reads what came with `sampan/runs`. What is malformed is left out and counted: a newer client never takes the others away. */
export function readPlanRuns(params: unknown): {
  readonly runs: readonly PlanRun[];
  readonly refused: number;
} {
  const given = (params as { readonly runs?: unknown } | null | undefined)?.runs;
  if (!Array.isArray(given)) return { runs: [], refused: given === undefined ? 0 : 1 };
  const read = given.slice(0, mostRuns).map((entry) => planRun.safeParse(entry));
  const runs = read.flatMap((result) => (result.success ? [result.data] : []));
  return { runs, refused: given.length - runs.length };
}

/** The runs of one file by the id of their chain, in the form that the analysis takes. */
export function lastRunsOf(runs: readonly PlanRun[], uri: string): Readonly<Record<string, LastRun>> {
  const own = runs.filter((run) => run.uri === uri);
  return Object.fromEntries(own.map((run) => [run.chainId, lastRun(run)]));
}

function lastRun(run: PlanRun): LastRun {
  const { runId, status, stoppedAt, profile, findings, leftovers, tookMs, host } = run;
  return {
    runId,
    status,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(profile === undefined ? {} : { profile }),
    ...(findings === undefined ? {} : { findings }),
    ...(leftovers === undefined ? {} : { leftovers }),
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(host === undefined ? {} : { host: withoutUndefined(host) }),
  };
}

/** Drops absent properties that zod keeps as `undefined`. */
function withoutUndefined<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never;
}
