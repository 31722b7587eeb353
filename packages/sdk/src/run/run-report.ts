import {
  type CloudIdentity,
  type ErrorRecord,
  type Finding,
  foldResources,
  type Json,
  type JsonObject,
  type PatchRecord,
  type Resource,
  type RunEvent,
} from "@sampan/core";
import { describePlan, type Plan, planFingerprint } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { foldRun } from "./fold-run.ts";

/** What one stage of a run took. */
export interface StageReport {
  readonly stage: string;
  readonly state: "waiting" | "running" | "finished" | "failed";
  /** How often it was begun. */
  readonly attempts: number;
  /** Milliseconds it was worked on, all attempts together; those a crash cut off count up to their last record. */
  readonly workedMs: number;
  /** Bytes that landed in it; `null` for a stage that moves none. */
  readonly bytes: number | null;
  /** `bytes` by `workedMs`; `null` where either says nothing. */
  readonly bytesPerSecond: number | null;
  /** What was tried again in it, by error code. */
  readonly retries: readonly { readonly code: string; readonly count: number }[];
  /** How often it stood still. */
  readonly stalls: number;
}

/** A run as a document for filing: plain JSON, made from its plan and its journal alone. */
export interface RunReport {
  readonly v: 1;
  readonly runId: string;
  readonly title: string;
  readonly state: "finished" | "failed" | "cancelled" | "unfinished";
  readonly cloud: CloudIdentity | null;
  /** Fingerprint of the plan, and the plan in words, a line a step. */
  readonly plan: { readonly fingerprint: string; readonly steps: readonly string[] };
  readonly startedAt: string | null;
  readonly updatedAt: string | null;
  /** How often the run was started. */
  readonly starts: number;
  readonly findings: readonly Finding[];
  readonly patch: PatchRecord | null;
  readonly stages: readonly StageReport[];
  /** What proves that the bytes are the same: digests by what they are of. */
  readonly digests: readonly { readonly of: string; readonly kind: string; readonly value: string }[];
  /** What the run made and did not remove. */
  readonly resources: readonly Resource[];
  /** What `run.finished` gave; `null` before. */
  readonly result: JsonObject | null;
  readonly error: ErrorRecord | null;
}

/**
 * Makes the report of a run from its plan and its recorded events. Pure: the same record gives the same report.
 *
 * @example
 * ```ts
 * const report = reportOf(await runner.plan(id), await runner.recorded(id));
 * ```
 */
export function reportOf(plan: Plan, events: readonly RunEvent[]): RunReport {
  const record = foldRun(events);
  const keys = [...new Set([...record.keys, ...record.stages.keys()])];
  // A stage that is judged again after a resume finds the same again.
  const findings = new Map<string, Finding>();
  let patch: PatchRecord | null = null;
  for (const event of events) {
    if (event.type === "finding") findings.set(JSON.stringify([event.stage, event.finding]), event.finding);
    if (event.type === "patch") patch = event.patch;
  }
  return {
    v: 1,
    runId: events[0]?.runId ?? "",
    title: record.started?.title ?? sourceTitle(plan.source),
    state: record.end ?? "unfinished",
    cloud: record.started?.cloud ?? null,
    plan: { fingerprint: planFingerprint(plan), steps: describePlan(plan).split("\n") },
    startedAt: record.firstAt ?? null,
    updatedAt: record.lastAt ?? null,
    starts: record.started?.attempt ?? 0,
    findings: [...findings.values()],
    patch,
    stages: keys.map((stage) => stageReport(stage, record.stages.get(stage)?.state ?? "waiting", events)),
    digests: [...record.stages].flatMap(([stage, { output }]) => digestsIn(stage, output)),
    resources: events.reduce<readonly Resource[]>(foldResources, []),
    result: record.result,
    error: record.error,
  };
}

function stageReport(stage: string, state: StageReport["state"], events: readonly RunEvent[]): StageReport {
  let attempts = 0;
  let workedMs = 0;
  let bytes: number | null = null;
  let stalls = 0;
  const retries = new Map<string, number>();
  // Since when an attempt has been at work, and up to when it is known to have been.
  let since: number | null = null;
  let until = 0;
  const ends = () => {
    if (since !== null) workedMs += Math.max(0, until - since);
    since = null;
  };
  for (const event of events) {
    const at = Date.parse(event.at);
    if (event.type === "run.started") ends();
    if (!("stage" in event) || event.stage !== stage) continue;
    until = at;
    if (event.type === "stage.started") {
      ends();
      attempts++;
      since = at;
    } else if (event.type === "stage.finished" || event.type === "stage.failed") ends();
    else if (event.type === "stage.stalled") stalls++;
    else if (event.type === "stage.retrying")
      retries.set(event.error.code, (retries.get(event.error.code) ?? 0) + 1);
    else if (event.type === "checkpoint") {
      const landed = landedBytes(event.item);
      if (landed !== null) bytes = (bytes ?? 0) + landed;
    }
  }
  ends();
  return {
    stage,
    state,
    attempts,
    workedMs,
    bytes,
    bytesPerSecond: bytes === null || workedMs === 0 ? null : Math.round((bytes * 1000) / workedMs),
    retries: [...retries].map(([code, count]) => ({ code, count })),
    stalls,
  };
}

/** Bytes of a part, where an item of a checkpoint is one. */
function landedBytes(item: Json | undefined): number | null {
  const part = isObject(item) ? item.part : undefined;
  return isObject(part) && typeof part.sizeBytes === "number" ? part.sizeBytes : null;
}

/** Digests in what a stage gave: of a captured disk's map, of an object. */
function digestsIn(stage: string, output: Json | undefined): RunReport["digests"] {
  if (!isObject(output)) return [];
  const found: { of: string; kind: string; value: string }[] = [];
  for (const disk of listIn(output.disks)) {
    if (typeof disk.mapDigest !== "string" || !isObject(disk.disk)) continue;
    found.push({ of: `blocks of ${String(disk.disk.name)}`, kind: "allocation map", value: disk.mapDigest });
  }
  for (const object of listIn(output.objects)) {
    const name = `oss://${String(object.bucket)}/${String(object.key)}`;
    if (typeof object.crc64 === "string") found.push({ of: name, kind: "CRC-64/XZ", value: object.crc64 });
    if (typeof object.etag === "string") found.push({ of: name, kind: "ETag", value: object.etag });
  }
  // Later stages carry on what an earlier one gave.
  return stage === "capture" || stage === "upload" ? found : [];
}

function listIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
