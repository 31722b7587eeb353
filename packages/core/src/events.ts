import type { ErrorRecord } from "./errors.ts";
import type { Finding, PatchRecord } from "./finding.ts";
import type { Json, JsonObject } from "./json.ts";

/** Version of the event format. Readers of version n also read version n − 1. */
export const eventVersion = 1;

/** What every event carries. */
export interface EventBase {
  readonly v: typeof eventVersion;
  readonly runId: string;
  /** Counts from 1 within a run and goes on after a resume; only dropped `stage.progress` events leave gaps. */
  readonly seq: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
}

interface StageBase extends EventBase {
  /** Key of the stage, unique in its run: the verb, and for one of several a colon and what tells it apart (`copy:cn-shanghai`). */
  readonly stage: string;
}

/** Something that now exists because of this run, and that someone may have to pay for or remove. */
export interface Resource {
  readonly kind:
    | "bucket"
    | "upload"
    | "object"
    | "role"
    | "task"
    | "image"
    | "snapshot"
    | "instance"
    | "file"
    /** A moment of a disk that a host which runs holds for us: a snapshot, or frozen file systems. */
    | "moment";
  /** The cloud's id, `oss://bucket/key`, or a path. */
  readonly id: string;
  /** Name a person gave it; `null` when it has none. */
  readonly name: string | null;
  readonly region: string | null;
  /** Whether keeping it costs money. */
  readonly billed: boolean;
  /** Profile of the account it is in, where that is not the account of the run. */
  readonly profile?: string;
  /** What it is on lets go of it by itself so long after its last use, in milliseconds; absent for what stays. */
  readonly leaseMs?: number;
}

/** The cloud a run talks to. */
export interface CloudIdentity {
  /** `simulator` or `alibaba`. */
  readonly name: string;
  /** True when nothing of it is real. */
  readonly rehearsal: boolean;
  readonly endpoint: string | null;
}

/**
 * One record of a run: plain JSON, the same in the Observable, the journal, `--json` output and the editor.
 *
 * The first is `run.started`, the last `run.finished`, `run.failed` or `run.cancelled`. Only `stage.progress` may be
 * dropped; it never reaches the journal.
 */
export type RunEvent =
  | (EventBase & {
      readonly type: "run.started";
      /** Fingerprint of the plan. */
      readonly plan: string;
      /** What the plan is called: the host, as given. */
      readonly title: string;
      /** Keys of the stages known beforehand, in order. */
      readonly stages: readonly string[];
      readonly cloud: CloudIdentity;
      /** Folder that holds the journal; `null` when the run keeps none. */
      readonly folder: string | null;
      /** Counts the starts of this run: 1 at first, one more for each resume. */
      readonly attempt: number;
    })
  | (StageBase & { readonly type: "stage.started"; readonly summary: string; readonly attempt: number })
  | (StageBase & {
      readonly type: "stage.progress";
      readonly doneBytes: number;
      /** `null` while unknown. */
      readonly totalBytes: number | null;
      /** Bytes a second over the last seconds of this stage; `null` while unknown. */
      readonly ratePerSecond: number | null;
      /** What is being done or waited for, for people; `null` when the numbers say all. */
      readonly note: string | null;
      /** How long the stage will still take, in milliseconds; `null` while that cannot be told, absent in events of earlier versions. */
      readonly etaMs?: number | null;
      /** How many earlier runs `etaMs` rests on, as the median of what they took; absent when it rests on the rate. */
      readonly etaRuns?: number;
      /** Bytes of the source that this attempt read to send it; holes are not read. Absent where nothing is sent. */
      readonly readBytes?: number;
      /** Bytes this attempt sent: not what the store kept of an earlier one or copied. Absent where nothing is sent. */
      readonly sentBytes?: number;
    })
  | (StageBase & {
      readonly type: "stage.retrying";
      readonly attempt: number;
      readonly waitMs: number;
      readonly error: ErrorRecord;
    })
  | (StageBase & { readonly type: "stage.stalled"; readonly sinceMs: number; readonly note: string })
  | (StageBase & { readonly type: "finding"; readonly finding: Finding })
  | (StageBase & { readonly type: "patch"; readonly patch: PatchRecord })
  | (StageBase & {
      readonly type: "checkpoint";
      /** The stage's state, replacing the one before; absent when only an item is added. */
      readonly state?: Json;
      /** One more item of the stage's growing list, such as a part that landed. */
      readonly item?: Json;
    })
  | (StageBase & { readonly type: "resource.created"; readonly resource: Resource })
  /** What was told by `resource.created` is gone, by this run's doing. */
  | (StageBase & { readonly type: "resource.removed"; readonly id: string })
  | (EventBase & {
      readonly type: "log";
      /** `null` for the run as a whole. */
      readonly stage: string | null;
      readonly level: "debug" | "info" | "warning";
      readonly message: string;
    })
  | (StageBase & {
      readonly type: "stage.finished";
      readonly output: Json;
      readonly tookMs: number;
    })
  | (StageBase & { readonly type: "stage.failed"; readonly error: ErrorRecord })
  | (EventBase & {
      readonly type: "run.finished";
      readonly result: JsonObject;
      /** How many warnings (accepted blockers included) the user should look at. */
      readonly warnings: number;
    })
  | (EventBase & {
      readonly type: "run.failed";
      readonly error: ErrorRecord;
      /** What the run made that is still there and costs money, or is on a host; absent in journals of earlier versions. */
      readonly left?: readonly Resource[];
    })
  | (EventBase & {
      readonly type: "run.cancelled";
      readonly reason: string;
      /** As for `run.failed`. */
      readonly left?: readonly Resource[];
    });

/** The `type` of an event. */
export type RunEventType = RunEvent["type"];

/** The event of one type. */
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { readonly type: T }>;

/** An event before the runner has numbered and dated it. */
export type RunEventBody = RunEvent extends infer E
  ? E extends EventBase
    ? Omit<E, keyof EventBase>
    : never
  : never;

/** True for the event that ends a run. */
export function isFinalEvent(event: RunEvent): boolean {
  return event.type === "run.finished" || event.type === "run.failed" || event.type === "run.cancelled";
}
