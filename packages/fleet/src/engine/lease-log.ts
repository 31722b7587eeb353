import { type Clock, cancelledError, eventVersion, type RunEvent, type RunEventBody } from "@sampan/core";
import { type StageLog, tellRunEvent } from "@sampan/sdk/engine";
import type { Queue } from "bullmq";
import { isJobMissing } from "./add-row.ts";
import type { RowWriter } from "./journal-rows.ts";
import type { Lease } from "./lease.ts";
import { orAborted } from "./or-aborted.ts";
import { RowAppender, type RunJournal } from "./run-journal.ts";
import type { SignalSender } from "./signals.ts";

const progressEveryMs = 1000;
const retryEveryMs = 500;

/** What a {@link LeaseLog} writes to, and for whom. */
export interface LeaseLogParts {
  readonly queue: Queue;
  readonly runId: string;
  readonly writer: RowWriter;
  /** What was read of the run before. */
  readonly journal: RunJournal;
  readonly lease: Lease;
  readonly signals: SignalSender;
  readonly clock: Clock;
  /** Called when the beginning of a stage is recorded, and all that was recorded before it read: its last parts, perhaps its end. */
  readonly onStarted?: () => void;
  /** Told of each event once it is recorded, and of progress. What it throws is for nobody. */
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Records what a worker does in the run's journal in the store, as long as it holds the lease; while the store is away it waits, until
 * the lease is lost.
 */
export class LeaseLog implements StageLog {
  readonly #parts: LeaseLogParts;
  readonly #rows: RowAppender;
  #last: Promise<void> = Promise.resolve();
  #lastSeq = 0;
  #progressMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LeaseLogParts) {
    this.#parts = parts;
    this.#rows = new RowAppender(parts.queue, parts.runId, parts.writer);
  }

  emit(body: RunEventBody): Promise<void> {
    tellRunEvent(this.#parts.runId, body);
    if (body.type === "stage.progress") {
      this.#tellProgress(body);
      return Promise.resolve();
    }
    const added = this.#last.then(() => this.#add(body));
    // One that could not be recorded ends the lease, and with it those that follow.
    this.#last = added.catch(() => undefined);
    return added;
  }

  #tellProgress(body: Extract<RunEventBody, { type: "stage.progress" }>): void {
    const { clock, runId, journal, signals } = this.#parts;
    const nowMs = clock.monotonic();
    if (body.doneBytes !== body.totalBytes && nowMs - this.#progressMs < progressEveryMs) return;
    this.#progressMs = nowMs;
    const at = new Date(clock.now()).toISOString();
    // Not recorded, so it has no place of its own: it is told as of the last that has.
    const seq = Math.max(1, this.#lastSeq, journal.record.lastSeq);
    const event = { v: eventVersion, runId, seq, at, ...body } as RunEvent;
    signals.progress(event);
    this.#tell(event);
  }

  async #add(body: RunEventBody): Promise<void> {
    const { runId, journal, signals, clock, lease } = this.#parts;
    const nowMs = clock.now();
    const row = this.#rows.row(body, nowMs);
    this.#lastSeq = await this.#surely(() => this.#rows.add(row));
    if (body.type === "stage.started") {
      await this.#surely(() => journal.read());
      this.#parts.onStarted?.();
    }
    if (body.type !== "checkpoint") signals.journal(runId);
    const at = new Date(nowMs).toISOString();
    this.#tell({ v: eventVersion, runId, seq: Math.max(1, this.#lastSeq), at, ...body } as RunEvent);
    if (!lease.isHeld()) throw cancelledError(lease.lost.reason);
  }

  #tell(event: RunEvent): void {
    try {
      this.#parts.onEvent?.(event);
    } catch {
      // Whoever listens keeps no work from going on.
    }
  }

  /** Asks the store, however often it takes, until the lease has ended. */
  async #surely<T>(ask: () => Promise<T>): Promise<T> {
    const { lease } = this.#parts;
    for (;;) {
      if (!lease.isHeld()) throw cancelledError(lease.lost.reason);
      try {
        return await orAborted(ask(), lease.lost);
      } catch (error) {
        if (!lease.isHeld()) throw cancelledError(lease.lost.reason);
        if (isJobMissing(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryEveryMs));
      }
    }
  }
}
