import { cancelledError, type JsonObject, SampanError } from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import { EMPTY } from "rxjs";
import type { ExpectedStage } from "../advice/stage-times.ts";
import type { Resources } from "./resources.ts";

/**
 * Plays the run of a host: its stages one turn after the other, on what it shares with others.
 *
 * `failsIn` is the index of the stage in which it fails, at the end of that stage's turn. `onSettled` is called whenever the handle's
 * result has become known.
 */
export function playHost(
  id: string,
  stages: readonly ExpectedStage[],
  resources: Resources,
  options: { readonly failsIn: number | undefined; readonly onSettled: () => void },
): RunHandle<JsonObject> {
  const { failsIn, onSettled } = options;
  let settle!: (end: { readonly error?: unknown }) => void;
  const result = new Promise<JsonObject>((resolve, reject) => {
    settle = ({ error }) => {
      if (error === undefined) resolve({});
      else reject(error);
      onSettled();
    };
  });
  result.catch(() => undefined);
  let isCancelled = false;

  const turn = (from: number): void => {
    if (isCancelled) return;
    const first = stages[from];
    if (first === undefined) {
      settle({});
      return;
    }
    let to = from;
    while (stages[to]?.turn === first.turn) to++;
    let left = to - from;
    const done = (): void => {
      if (--left > 0 || isCancelled) return;
      if (failsIn === undefined || failsIn >= to) {
        turn(to);
        return;
      }
      const { stage } = stages[failsIn] ?? first;
      settle({ error: new SampanError("FLEET_SIMULATED_FAILURE", `simulating ${id}: failed in ${stage}`) });
    };
    for (let at = from; at < to; at++) resources.pass(stages[at] as ExpectedStage, done);
  };
  turn(0);

  return {
    id,
    attached: false,
    events: EMPTY,
    result,
    cancel(reason) {
      // What is under way keeps what it holds until its end, as tasks of the cloud do; nothing follows it.
      isCancelled = true;
      settle({ error: cancelledError(reason) });
    },
    // biome-ignore lint/suspicious/noThenProperty: a run that has been started is awaited safely; a plan never is.
    then(onFulfilled, onRejected) {
      return result.then(onFulfilled, onRejected);
    },
  };
}
