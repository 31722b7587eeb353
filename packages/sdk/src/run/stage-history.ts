import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CloudIdentity } from "@sampan/core";
import type { RunRecord } from "./fold-run.ts";
import { journalName } from "./journal.ts";
import { isRunId } from "./run-id.ts";
import type { CloudWait } from "./stage-definition.ts";
import type { Expectation } from "./time-left.ts";

/** What a stage took in an earlier run. */
export interface StageSample extends CloudWait {
  /** Name of the stage, without what tells several of one run apart. */
  readonly name: string;
  readonly tookMs: number;
}

// The last runs say most; a home may hold thousands.
const mostRuns = 20;
/** A journal that is larger is not read for what it tells of times: that of a large upload has megabytes. */
export const mostJournalBytes = 32 * 1024 * 1024;

/** Ids of the last runs of a home, the newest first; none where there is no home. */
export function lastRuns(home: string, except = ""): readonly string[] {
  try {
    const ids = readdirSync(join(home, "runs")).filter((name) => isRunId(name) && name !== except);
    return ids.sort().reverse().slice(0, mostRuns);
  } catch {
    return [];
  }
}

/**
 * Reads what stages took in the last runs of a home in the same cloud: those that were done at the first attempt. What cannot be
 * read is left out; nothing is ever thrown.
 */
export function readHistory(home: string, cloud: CloudIdentity, except: string): readonly StageSample[] {
  return lastRuns(home, except).flatMap((id) => samplesOf(join(home, "runs", id, journalName), cloud));
}

/** What the stages of a run took that were done at the first attempt. */
export function samplesOfRun({ stages }: RunRecord): readonly StageSample[] {
  return [...stages].flatMap(([stage, { state, attempts, tookMs, output }]) =>
    state === "finished" && attempts === 1 && tookMs !== null && tookMs > 0
      ? [{ name: nameOf(stage), tookMs, ...waitOf(output) }]
      : [],
  );
}

function samplesOf(path: string, cloud: CloudIdentity): readonly StageSample[] {
  const samples: StageSample[] = [];
  try {
    if (statSync(path).size > mostJournalBytes) return [];
    const attempts = new Map<unknown, unknown>();
    for (const line of readFileSync(path, "utf8").split("\n")) {
      // Most lines are parts: only those that count are parsed.
      const [, type] = /"type":"(run\.started|stage\.started|stage\.finished)"/.exec(line) ?? [];
      if (type === undefined) continue;
      const event = JSON.parse(line) as Record<string, unknown>;
      if (event.type === "run.started" && !sameCloud(event.cloud, cloud)) return [];
      if (event.type === "stage.started") attempts.set(event.stage, event.attempt);
      if (event.type !== "stage.finished" || attempts.get(event.stage) !== 1) continue;
      const { tookMs } = event;
      if (typeof tookMs !== "number" || !(tookMs > 0)) continue;
      samples.push({ name: nameOf(String(event.stage)), tookMs, ...waitOf(event.output) });
    }
  } catch {
    // A journal of another version, or one that is torn: what was read of it before counts.
  }
  return samples;
}

/** Whether a run was in this cloud, by its first event. */
export function sameCloud(value: unknown, { name, rehearsal }: CloudIdentity): boolean {
  const cloud = value as Partial<CloudIdentity> | null;
  return cloud?.name === name && cloud.rehearsal === rehearsal;
}

/** Where, and of how much, a stage's output tells. */
function waitOf(output: unknown): CloudWait {
  const { image, launched } = (output ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const region = image?.region ?? launched?.region;
  const sizeBytes = image?.sizeBytes;
  return {
    region: typeof region === "string" ? region : null,
    sizeBytes: typeof sizeBytes === "number" ? sizeBytes : null,
  };
}

function nameOf(stage: string): string {
  return stage.split(":")[0] ?? stage;
}

/**
 * What a stage is expected to take: the median of what it took before, in the same region where that is known, by the size of what
 * was waited for. `undefined` when there is nothing to go by.
 */
export function expectedTime(
  samples: readonly StageSample[],
  stage: string,
  wait: CloudWait,
): Expectation | undefined {
  const alike = samples.filter(({ name }) => name === nameOf(stage));
  const near = alike.filter(({ region }) => region !== null && region === wait.region);
  const used = near.length > 0 ? near : alike;
  const times = used.map((sample) => sample.tookMs * sizeRatio(wait, sample)).sort((a, b) => a - b);
  const middle = times.length >> 1;
  const upper = times[middle];
  if (upper === undefined) return undefined;
  const lower = times.length % 2 === 0 ? (times[middle - 1] ?? upper) : upper;
  const tookMs = (lower + upper) / 2;
  return Number.isFinite(tookMs) && tookMs > 0 ? { tookMs, runs: times.length } : undefined;
}

/** How many times as much there is. Sizes far apart say little, since every task takes some time of its own. */
function sizeRatio({ sizeBytes }: CloudWait, { sizeBytes: before }: CloudWait): number {
  if (sizeBytes === null || before === null || !(sizeBytes > 0) || !(before > 0)) return 1;
  return Math.min(8, Math.max(1 / 8, sizeBytes / before));
}
