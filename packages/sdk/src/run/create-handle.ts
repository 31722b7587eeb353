import { cancelledError, type JsonObject, type RunEvent } from "@sampan/core";
import { Observable } from "rxjs";
import type { RunHandle } from "./run-handle.ts";

/** What executing a run gives: its events at once, its result in the end. */
export interface Execution {
  readonly events: Observable<RunEvent>;
  readonly result: Promise<JsonObject>;
}

/** Starts an execution and makes the handle that watches and cancels it. */
export function createHandle(
  id: string,
  outer: AbortSignal | undefined,
  execute: (signal: AbortSignal) => Promise<Execution>,
  attached = false,
): RunHandle<JsonObject> {
  const controller = new AbortController();
  const onOuter = () => controller.abort(cancelledError(outer?.reason));
  if (outer?.aborted) onOuter();
  else outer?.addEventListener("abort", onOuter, { once: true });

  const opened = execute(controller.signal);
  const settled = opened
    .then((execution) => execution.result)
    .finally(() => outer?.removeEventListener("abort", onOuter));
  // Whoever only watches the events must not meet an unhandled rejection; `result` hands it to those who ask.
  settled.catch(() => undefined);

  return {
    id,
    attached,
    events: new Observable((subscriber) => {
      let inner: { unsubscribe(): void } | undefined;
      let left = false;
      opened.then(
        (execution) => {
          if (!left) inner = execution.events.subscribe(subscriber);
        },
        // A run that could not even be opened (locked, no journal) has no events; `result` tells why.
        () => subscriber.complete(),
      );
      return () => {
        left = true;
        inner?.unsubscribe();
      };
    }),
    get result() {
      return settled.then((value) => value);
    },
    cancel(reason) {
      controller.abort(cancelledError(reason));
    },
    // biome-ignore lint/suspicious/noThenProperty: a run that has been started is awaited safely; a plan never is.
    then(onFulfilled, onRejected) {
      return settled.then(onFulfilled, onRejected);
    },
  };
}
