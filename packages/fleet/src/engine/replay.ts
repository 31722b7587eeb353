import type { SampanError } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import {
  type Pipeline,
  pipelineSteps,
  type RunRecord,
  type StageDefinition,
  stopHere,
} from "@sampan/sdk/engine";

/** A stage that is to be done now. */
export interface WantedStage {
  readonly key: string;
  readonly definition: StageDefinition<unknown, unknown>;
  readonly input: unknown;
}

/** How far a pipeline comes by what is recorded. */
export type Replayed =
  | { readonly kind: "finished" }
  /** It would go on beyond the last stage asked for. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "blocked"; readonly wanted: readonly WantedStage[] };

/**
 * Replays a pipeline by the record of its run: stages that have finished answer at once, those that have failed end it, and where it
 * waits for others it is left, with what it waits for.
 */
export async function replay(
  pipeline: Pipeline<Plan, unknown>,
  run: {
    readonly plan: Plan;
    readonly record: RunRecord;
    readonly keys: readonly string[];
    readonly lastKey: number;
    readonly failed: ReadonlyMap<string, SampanError>;
  },
): Promise<Replayed> {
  const wanted: WantedStage[] = [];
  const steps = pipelineSteps({
    ...run,
    perform(key, definition, input) {
      const error = run.failed.get(key);
      if (error !== undefined) return Promise.reject(error);
      wanted.push({ key, definition: definition as WantedStage["definition"], input });
      // Never answered: whoever goes on replays it anew.
      return new Promise(() => undefined);
    },
  });
  let ended: Replayed | undefined;
  pipeline.run(steps, run.plan).then(
    () => {
      ended = { kind: "finished" };
    },
    (error) => {
      ended = error === stopHere ? { kind: "stopped" } : { kind: "failed", error };
    },
  );
  // A pipeline awaits nothing but its steps: once all promises have been followed, it has ended or waits for a stage.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  return ended ?? { kind: "blocked", wanted };
}
