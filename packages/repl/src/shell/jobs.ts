import { asSampanError, type JsonObject, type SampanError } from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import { emptyRunView, foldEvent, type RunView } from "../render/run-view.ts";

/** A run that was started, or is followed, in a session of the shell. */
export interface Job {
  /** From 1 on; what `:fg` and `:cancel` are told. */
  readonly number: number;
  readonly handle: RunHandle<JsonObject>;
  readonly startedMs: number;
  /** The run as far as its events tell. */
  readonly view: RunView;
  readonly end: JobEnd | null;
  /** Resolves when the run has ended; never rejects. */
  readonly ended: Promise<JobEnd>;
}

/** What a run came to. */
export interface JobEnd {
  readonly result: JsonObject | null;
  readonly error: SampanError | null;
  readonly tookMs: number;
}

/** The jobs of a session. */
export interface Jobs {
  /** Takes a run as a job; one that is a job already stays the one it is. */
  add(handle: RunHandle<JsonObject>): Job;
  all(): readonly Job[];
  /** Jobs whose run goes on. */
  running(): readonly Job[];
  /** The job of a number, or of a run whose id begins so. */
  find(text: string): Job | undefined;
}

/** Makes the jobs of a session; `onEnd` is told of each run that ends. */
export function createJobs(onEnd: (job: Job) => void): Jobs {
  const jobs: Job[] = [];
  return {
    add(handle) {
      const known = jobs.find((job) => job.handle.id === handle.id && job.end === null);
      if (known !== undefined) return known;
      const startedMs = Date.now();
      let view = emptyRunView;
      let end: JobEnd | null = null;
      const watched = new Promise<void>((resolve) => {
        handle.events.subscribe({
          next: (event) => {
            view = foldEvent(view, event);
          },
          complete: resolve,
          error: () => resolve(),
        });
      });
      const ended = (async (): Promise<JobEnd> => {
        let result: JsonObject | null = null;
        let error: SampanError | null = null;
        try {
          result = await handle.result;
        } catch (thrown) {
          error = asSampanError(thrown);
        }
        await watched;
        end = { result, error, tookMs: Date.now() - startedMs };
        queueMicrotask(() => onEnd(job));
        return end;
      })();
      const job: Job = {
        number: jobs.length + 1,
        handle,
        startedMs,
        get view() {
          return view;
        },
        get end() {
          return end;
        },
        ended,
      };
      jobs.push(job);
      return job;
    },
    all: () => jobs,
    running: () => jobs.filter((job) => job.end === null),
    find: (text) =>
      /^\d{1,6}$/.test(text)
        ? jobs[Number(text) - 1]
        : jobs.findLast((job) => text !== "" && job.handle.id.startsWith(text)),
  };
}
