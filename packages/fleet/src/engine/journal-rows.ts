import { eventVersion, type RunEvent, type RunEventBody } from "@sampan/core";
import { isRunEvent } from "@sampan/sdk/engine";

/*
 * A run's journal in the store is the log of its job: rows that are only added, one event each. A row is numbered by its place, which
 * is the same for everybody who reads it. Several workers write to one journal, some of them believing wrongly that they still hold a
 * stage, and a row whose answer was lost is written twice; so each row says who wrote it, and readers leave out, all in the same way,
 * what must not count.
 */

/** Who writes rows. */
export interface RowWriter {
  /** Another one each time a worker takes a job. */
  readonly id: string;
  /** Grows with each time the stage is taken. */
  readonly generation: number;
}

interface Row {
  readonly w: string;
  /** Counts the writer's rows. */
  readonly n: number;
  readonly g: number;
  readonly e: object;
}

/** Makes a row of an event. */
export function rowOf(writer: RowWriter, n: number, body: RunEventBody, nowMs: number): string {
  const row: Row = {
    w: writer.id,
    n,
    g: writer.generation,
    e: { v: eventVersion, at: new Date(nowMs).toISOString(), ...body },
  };
  return JSON.stringify(row);
}

/** What a {@link RowFilter} knows after some rows: with it another goes on as if it had been given them. Plain JSON. */
export interface FilterState {
  readonly seq: number;
  readonly attempt: number;
  readonly ended: boolean;
  readonly runGeneration: number;
  readonly written: readonly (readonly [writer: string, n: number])[];
  readonly holders: readonly (readonly [stage: string, generation: number])[];
  readonly finished: readonly string[];
}

/** Decides, row by row, which events count. */
export class RowFilter {
  readonly #runId: string;
  readonly #written: Map<string, number>;
  readonly #holders: Map<string, number>;
  readonly #finished: Set<string>;
  #attempt: number;
  #ended: boolean;
  #runGeneration: number;
  #seq: number;

  /** @param after What another knew after the rows that this one is not given; none when absent. */
  constructor(runId: string, after?: FilterState) {
    this.#runId = runId;
    this.#written = new Map(after?.written);
    this.#holders = new Map(after?.holders);
    this.#finished = new Set(after?.finished);
    this.#attempt = after?.attempt ?? 0;
    this.#ended = after?.ended ?? false;
    this.#runGeneration = after?.runGeneration ?? 0;
    this.#seq = after?.seq ?? 0;
  }

  /** What it knows by now. */
  state(): FilterState {
    return {
      seq: this.#seq,
      attempt: this.#attempt,
      ended: this.#ended,
      runGeneration: this.#runGeneration,
      written: [...this.#written],
      holders: [...this.#holders],
      finished: [...this.#finished],
    };
  }

  /** The event of the next row; `undefined` when it does not count. */
  next(text: string): RunEvent | undefined {
    const seq = ++this.#seq;
    const row = parseRow(text);
    if (row === undefined) return undefined;
    const last = this.#written.get(row.w) ?? 0;
    if (row.n <= last) return undefined;
    this.#written.set(row.w, row.n);
    const event: unknown = { ...row.e, runId: this.#runId, seq };
    return isRunEvent(event) && this.#counts(event, row.g) ? event : undefined;
  }

  #counts(event: RunEvent, generation: number): boolean {
    switch (event.type) {
      case "run.started":
        if (event.attempt <= this.#attempt) return false;
        this.#attempt = event.attempt;
        this.#runGeneration = generation;
        this.#ended = false;
        return true;
      case "run.finished":
      case "run.failed":
      case "run.cancelled":
        // Nor does an end count that whoever drove an earlier start told late.
        if (this.#ended || generation < this.#runGeneration) return false;
        this.#ended = true;
        return true;
      case "stage.started":
      case "stage.finished":
      case "stage.failed":
      case "checkpoint": {
        if (this.#ended || this.#finished.has(event.stage)) return false;
        // Of whoever took the stage later all counts, of those before nothing any more.
        if (generation < (this.#holders.get(event.stage) ?? 0)) return false;
        this.#holders.set(event.stage, generation);
        if (event.type === "stage.finished") this.#finished.add(event.stage);
        return true;
      }
      default:
        // What was found or made in the world is told whoever tells it.
        return true;
    }
  }
}

function parseRow(text: string): Row | undefined {
  try {
    const row = JSON.parse(text) as Partial<Row> | null;
    const isRow =
      typeof row?.w === "string" &&
      typeof row.n === "number" &&
      typeof row.g === "number" &&
      typeof row.e === "object" &&
      row.e !== null;
    return isRow ? (row as Row) : undefined;
  } catch {
    return undefined;
  }
}
