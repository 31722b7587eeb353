import { performance } from "node:perf_hooks";
import { SampanError } from "@sampan/core";

/** Why work on a job ended before it was done. */
export type LeaseEnd = "stopped" | "lost" | "shutdown" | "done elsewhere";

const lookEveryMs = 250;

/**
 * The right to work on a job, which ends when it was not renewed for its length: somebody else may have the job by then. Time during
 * which the process stood still counts.
 */
export class Lease {
  readonly #work = new AbortController();
  readonly #lost = new AbortController();
  readonly #lengthMs: number;
  readonly #what: string;
  readonly #timer: NodeJS.Timeout;
  #renewedMs = performance.now();
  #end: LeaseEnd | undefined;

  constructor(what: string, lengthMs: number) {
    this.#what = what;
    // A renewal is heard of later than it began to count.
    this.#lengthMs = lengthMs * 0.95;
    this.#timer = setInterval(() => this.isHeld(), lookEveryMs);
    this.#timer.unref();
  }

  /** Aborts when the work is to stop; what it has to say may still be recorded, unless the lease was lost. */
  get signal(): AbortSignal {
    return this.#work.signal;
  }

  /** Aborts when nothing may be recorded any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Why the work was to stop; `undefined` while it goes on. */
  get end(): LeaseEnd | undefined {
    return this.#end;
  }

  renewed(): void {
    // One that has lapsed meanwhile stays lapsed: the answer may have waited while the process stood still.
    if (this.isHeld()) this.#renewedMs = performance.now();
  }

  /** Whether it still lasts; ends it when it was not renewed in time. */
  isHeld(): boolean {
    if (performance.now() - this.#renewedMs > this.#lengthMs) this.lose();
    return !this.#lost.signal.aborted;
  }

  /** Somebody else may have the job. */
  lose(): void {
    this.#abandon(
      "lost",
      new SampanError("RUN_LEASE_LOST", `${this.#what}: the store did not renew this worker's lease in time`),
    );
  }

  /** Somebody else has done it. */
  superseded(): void {
    this.#abandon(
      "done elsewhere",
      new SampanError("RUN_LEASE_LOST", `${this.#what}: another worker has done it`),
    );
  }

  /** Tells the work to stop; the first reason stands. */
  stop(end: "stopped" | "shutdown", reason: SampanError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#work.abort(reason);
  }

  /** The work is over: nobody looks after it any more. */
  close(): void {
    clearInterval(this.#timer);
  }

  #abandon(end: "lost" | "done elsewhere", reason: SampanError): void {
    if (this.#lost.signal.aborted) return;
    clearInterval(this.#timer);
    this.#lost.abort(reason);
    // What was to stop anyway, and can no longer say so, is left to whoever has the job now.
    this.#end = end;
    this.#work.abort(reason);
  }
}
