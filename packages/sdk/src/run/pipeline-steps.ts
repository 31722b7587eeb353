import type { RunRecord } from "./fold-run.ts";
import type { PipelineSteps, StageDefinition } from "./stage-definition.ts";

/** What unwinds a pipeline at the stage after the last one asked for. */
export const stopHere = Symbol("stop here");

/** What a pipeline is replayed from. */
export interface Replay {
  readonly record: Pick<RunRecord, "stages">;
  /** Keys of the pipeline's stages, in order. */
  readonly keys: readonly string[];
  /** Index of the last one to run. */
  readonly lastKey: number;
  /** Gives the output of a stage that has not finished. */
  perform<I, O>(key: string, definition: StageDefinition<I, O>, input: I): Promise<O>;
}

/** Makes the steps of a pipeline: a finished stage answers from the record, one that is beyond the last unwinds by {@link stopHere}. */
export function pipelineSteps({ record, keys, lastKey, perform }: Replay): PipelineSteps {
  return {
    stage<I, O>(definition: StageDefinition<I, O>, input: I, suffix?: string) {
      const key = suffix === undefined ? definition.name : `${definition.name}:${suffix}`;
      const known = record.stages.get(key);
      if (known?.state === "finished") return Promise.resolve(known.output as O);
      if (keys.indexOf(key) > lastKey) return Promise.reject(stopHere);
      return perform(key, definition, input);
    },
    async all(steps) {
      const settled = await Promise.allSettled(steps);
      for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
      return settled.map(
        (outcome) => (outcome as PromiseFulfilledResult<Awaited<(typeof steps)[number]>>).value,
      );
    },
  };
}
