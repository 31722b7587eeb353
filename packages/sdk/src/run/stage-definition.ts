import type { BandwidthBudget, Cloud } from "@sampan/cloud";
import type { Clock, Finding, Json, PatchRecord, Random, Resource, SampanError } from "@sampan/core";
import type { Host } from "@sampan/host";
import type { SourceSpec } from "../plan/sources.ts";

/** Where a stage wants to run; the embedded runner has one place for all. */
export interface StagePlace {
  /** `disks`: in the data centre the host's disks are in, since it reads them or works on the host. */
  readonly near: "disks" | "anywhere";
  /** What all runs together may use only so often at once. */
  readonly pool?: StagePool;
}

/** A limited resource. */
export interface StagePool {
  /** Letters, digits and `-`, such as `copy-cn-hangzhou`. */
  readonly name: string;
  /** How many stages may use it at once. */
  readonly atOnce: number;
}

/** The {@link StageDefinition.place} of stages that read the disks or work on the host. */
export const nearDisks = (): StagePlace => ({ near: "disks" });

/** What a stage saved before it was interrupted. */
export interface Checkpoint {
  /** The last state given to `save`; `null` when none was. */
  readonly state: Json;
  /** Every item given to `record`, in order. */
  readonly items: readonly Json[];
}

/** Files a run keeps for its own stages, such as an overlay. Names are single path segments. */
export interface Artifacts {
  /** Stores bytes durably before it resolves, replacing what was there. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  /** Reads them back; `undefined` when there are none. */
  load(name: string): Promise<Uint8Array | undefined>;
  /** Where an artifact lies, for people. */
  pathOf(name: string): string;
}

/** What the run that is refreshed recorded, to reuse what still holds. */
export interface EarlierRun {
  readonly runId: string;
  readonly artifacts: Pick<Artifacts, "load">;
  /** Output (`null` when it has not finished) and checkpoint of one of its stages; `undefined` when it was never begun. */
  stage(key: string): { readonly output: Json; readonly checkpoint: Checkpoint } | undefined;
}

/** What a stage may reach besides its input. */
export interface Services {
  openHost(source: SourceSpec): Promise<Host>;
  /** The cloud of the run, connected on first use; by the credentials of a profile, when one is named. */
  cloud(profile?: string): Promise<Cloud>;
  /** True in the built-in simulator, where what the plan needs may be made without being asked: nobody else sees it. */
  readonly isBuiltIn: boolean;
  readonly artifacts: Artifacts;
  /** The run this one refreshes; absent where everything is done anew. */
  readonly earlier?: EarlierRun;
  /** What the uploads of several runs may send together; unlimited when absent. */
  readonly bandwidth?: BandwidthBudget;
  readonly clock: Clock;
  readonly random: Random;
}

/** What was read of the source and what was sent: two numbers, since holes are not read, and kept and copied parts not sent. */
export interface TravelledBytes {
  readonly readBytes: number;
  readonly sentBytes: number;
}

/** What the runner hands to a stage. */
export interface StageContext {
  readonly runId: string;
  /** ASCII, at most 64 characters, the same on every attempt: the client token of what the stage creates. */
  readonly key: string;
  /** Counts from 1, over resumes too. */
  readonly attempt: number;
  /** Aborts on cancel, a lost lock, or a journal that cannot be written; its reason tells which. */
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
  readonly services: Services;
  /** Replaces the stage's state; durable before it resolves. */
  save(state: Json): Promise<void>;
  /** Adds an item to the stage's list; durable before it resolves. */
  record(item: Json): Promise<void>;
  /** Tells how far the stage is. Lossy: may be called as often as one likes. */
  progress(progress: {
    readonly doneBytes: number;
    readonly totalBytes: number | null;
    readonly note?: string;
    /** Of a stage that sends: what this attempt read of the source, and what it sent. */
    readonly travel?: TravelledBytes;
  }): void;
  /** Tells that the work goes on where there is nothing to count yet: the stage does not stand still. */
  alive(): void;
  finding(finding: Finding): Promise<void>;
  patch(patch: PatchRecord): Promise<void>;
  resource(resource: Resource): Promise<void>;
  /** Tells that what `resource` told of is there no more, by its id. */
  resourceGone(id: string): Promise<void>;
  stalled(sinceMs: number, note: string): void;
  retrying(notice: { readonly attempt: number; readonly waitMs: number; readonly error: unknown }): void;
  log(level: "debug" | "info" | "warning", message: string): void;
}

/** What a stage waits for in the cloud, as far as it decides how long that takes. */
export interface CloudWait {
  readonly region: string | null;
  readonly sizeBytes: number | null;
}

/**
 * One step of a pipeline, knowing no runner.
 *
 * Input and output are small JSON; big things are references. It must be idempotent and go on from its checkpoint.
 */
export interface StageDefinition<I, O> {
  /** Stable: part of the record's key. */
  readonly name: string;
  /** One sentence for people: what this stage does with this input. */
  summary(input: I): string;
  /** Anywhere when absent. */
  place?(input: I): StagePlace;
  /**
   * Of a stage that waits for work of the cloud: for what. How long it will take is then told by what earlier runs took, and it
   * stands still after ten minutes without progress instead of one.
   */
  waitsFor?(input: I): CloudWait;
  readonly retry?: { readonly attempts: number; readonly backoffMs: number };
  run(input: I, context: StageContext): Promise<O>;
}

/** What a pipeline may await, and nothing else. */
export interface PipelineSteps {
  /** Runs a stage, or gives its recorded output. `suffix` tells several calls of one stage apart. */
  stage<I, O>(stage: StageDefinition<I, O>, input: I, suffix?: string): Promise<O>;
  /** Waits for all; when some fail, the others still end before the first failure is thrown. */
  all<T>(steps: readonly Promise<T>[]): Promise<T[]>;
}

/** A pure async function that awaits only its steps, so that it can be replayed from the record. */
export interface Pipeline<I, O> {
  readonly name: string;
  /** Raised when the sequence of stages changes; a run is resumed only by the version that started it. */
  readonly version: number;
  /** Other names people know its stages by: the verbs of a plan. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Keys of the stages this input will run, in order. */
  keys(input: I): readonly string[];
  run(steps: PipelineSteps, input: I): Promise<O>;
  /** Whether a run that ended early has something for `leave` to undo, by what its stages gave; always when absent. */
  mustLeave?(outputs: ReadonlyMap<string, Json | undefined>): boolean;
  /**
   * Called when a run ends before its last stage, by failure, on cancel or where it was told to stop: undoes what must not stay
   * until somebody goes on with it. Gives the ids of resources that are gone. May throw: the run has ended anyway.
   */
  leave?(
    input: I,
    outputs: ReadonlyMap<string, Json | undefined>,
    services: Services,
    /** What ended it; `null` where it was told to stop. */
    error: SampanError | null,
  ): Promise<readonly string[]>;
}
