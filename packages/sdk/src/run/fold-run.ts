import type { ErrorRecord, Json, JsonObject, RunEvent } from "@sampan/core";
import type { StageStatus } from "./runner.ts";
import type { Checkpoint } from "./stage-definition.ts";

/** What a journal says of one stage. */
export interface StageRecord {
  state: StageStatus["state"];
  attempts: number;
  output: Json | undefined;
  checkpoint: { state: Json; items: Json[] };
  tookMs: number | null;
}

/** What a journal says of its run. */
export interface RunRecord {
  readonly stages: Map<string, StageRecord>;
  /** Keys announced by the last start, in order. */
  keys: readonly string[];
  started: Extract<RunEvent, { type: "run.started" }> | undefined;
  firstAt: string | undefined;
  lastAt: string | undefined;
  lastSeq: number;
  result: JsonObject | null;
  error: ErrorRecord | null;
  end: "finished" | "failed" | "cancelled" | null;
  warnings: number;
}

/** Reads a run out of its events; the same events always give the same record. */
export function foldRun(events: Iterable<RunEvent>): RunRecord {
  const record = emptyRecord();
  for (const event of events) addEvent(record, event);
  return record;
}

/** The record of a run of which nothing is known. */
export function emptyRecord(): RunRecord {
  return {
    stages: new Map(),
    keys: [],
    started: undefined,
    firstAt: undefined,
    lastAt: undefined,
    lastSeq: 0,
    result: null,
    error: null,
    end: null,
    warnings: 0,
  };
}

/** The record of a stage, made when there is none. */
export function stageRecord(record: RunRecord, key: string): StageRecord {
  const known = record.stages.get(key);
  if (known) return known;
  const made: StageRecord = {
    state: "waiting",
    attempts: 0,
    output: undefined,
    checkpoint: { state: null, items: [] },
    tookMs: null,
  };
  record.stages.set(key, made);
  return made;
}

/** What a stage saved, as a value of its own. */
export function checkpointOf(stage: StageRecord): Checkpoint {
  return { state: stage.checkpoint.state, items: [...stage.checkpoint.items] };
}

/** Brings a record up to date with the event that follows. */
export function addEvent(record: RunRecord, event: RunEvent): void {
  record.firstAt ??= event.at;
  record.lastAt = event.at;
  record.lastSeq = event.seq;
  switch (event.type) {
    case "run.started":
      record.started = event;
      record.keys = event.stages;
      record.end = null;
      record.error = null;
      return;
    case "stage.started": {
      const stage = stageRecord(record, event.stage);
      stage.state = "running";
      stage.attempts = event.attempt;
      return;
    }
    case "checkpoint": {
      const { checkpoint } = stageRecord(record, event.stage);
      if (event.state !== undefined) checkpoint.state = event.state;
      if (event.item !== undefined) checkpoint.items.push(event.item);
      return;
    }
    case "stage.finished": {
      const stage = stageRecord(record, event.stage);
      stage.state = "finished";
      stage.output = event.output;
      stage.tookMs = event.tookMs;
      return;
    }
    case "stage.failed":
      stageRecord(record, event.stage).state = "failed";
      return;
    case "run.finished":
      record.end = "finished";
      record.result = event.result;
      record.warnings = event.warnings;
      return;
    case "run.failed":
      record.end = "failed";
      record.error = event.error;
      return;
    case "run.cancelled":
      record.end = "cancelled";
      return;
    default:
      return;
  }
}
