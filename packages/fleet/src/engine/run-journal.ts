import {
  type ErrorRecord,
  foldResources,
  type Resource,
  type RunEvent,
  type RunEventBody,
} from "@sampan/core";
import { addEvent, emptyRecord, type RunRecord } from "@sampan/sdk/engine";
import type { Queue } from "bullmq";
import { addRow } from "./add-row.ts";
import { type FilterState, RowFilter, type RowWriter, rowOf } from "./journal-rows.ts";
import { readRows } from "./read-rows.ts";

/** Reads the journal of a run, each time what is new. */
export class RunJournal {
  readonly #queue: Queue;
  readonly #runId: string;
  readonly #filter: RowFilter;
  #rows = 0;
  /** What it says so far. */
  readonly record: RunRecord = emptyRecord();
  /** What the last attempt at a stage failed by, since the run was last started, by the stage. */
  readonly failures = new Map<string, ErrorRecord>();

  /** What its runs made and did not remove. */
  resources: readonly Resource[] = [];

  constructor(queue: Queue, runId: string) {
    this.#queue = queue;
    this.#runId = runId;
    this.#filter = new RowFilter(runId);
  }

  /** How many rows were read. */
  get rows(): number {
    return this.#rows;
  }

  /** What decides which of the rows that follow count. */
  get filterState(): FilterState {
    return this.#filter.state();
  }

  /** Reads on; gives the events that are new. */
  async read(): Promise<readonly RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const row of readRows(this.#queue, this.#runId, this.#rows)) {
      this.#rows++;
      const event = this.#filter.next(row);
      if (event === undefined) continue;
      this.#add(event);
      events.push(event);
    }
    return events;
  }

  #add(event: RunEvent): void {
    addEvent(this.record, event);
    this.resources = foldResources(this.resources, event);
    if (event.type === "run.started") this.failures.clear();
    if (event.type === "stage.failed") this.failures.set(event.stage, event.error);
    if (event.type === "stage.started") this.failures.delete(event.stage);
  }

  /** Whether its start of that number has ended. */
  hasEnded(epoch: number): boolean {
    const { started, end } = this.record;
    return started?.attempt === epoch && end !== null;
  }
}

/** Adds rows to a run's journal, in order. */
export class RowAppender {
  readonly #queue: Queue;
  readonly #runId: string;
  readonly #writer: RowWriter;
  #n = 0;

  constructor(queue: Queue, runId: string, writer: RowWriter) {
    this.#queue = queue;
    this.#runId = runId;
    this.#writer = writer;
  }

  /** Makes the row of an event; rows count in the order they are made. */
  row(body: RunEventBody, nowMs: number): string {
    return rowOf(this.#writer, ++this.#n, body, nowMs);
  }

  /** Adds a row; gives how many there are. May be called again with a row of which nobody knows whether it was added. */
  add(row: string): Promise<number> {
    return addRow(this.#queue, this.#runId, row);
  }
}
