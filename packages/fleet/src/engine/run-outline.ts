import type { Json, RunEvent } from "@sampan/core";
import { addEvent, emptyRecord, isRunEvent, type RunRecord, stageRecord } from "@sampan/sdk/engine";
import type { Job, Queue } from "bullmq";
import { z } from "zod";
import { type FilterState, RowFilter } from "./journal-rows.ts";
import { readRows } from "./read-rows.ts";
import type { RunJournal } from "./run-journal.ts";

/*
 * Where a run stands is what its journal says, and a journal may have thousands of rows. So what its first rows come to is kept beside it,
 * in the progress of the run's job, which comes with the job wherever that is read. It says how many rows those are. Rows are only added: whoever
 * reads on from there comes to what the whole journal says, however old what was kept is, and whoever wrote it.
 */

const state = z.enum(["waiting", "running", "finished", "failed"]);
const counts = z.array(z.tuple([z.string(), z.number()]));

const kept = z.object({
  v: z.literal(1),
  filter: z.object({
    seq: z.int().min(1),
    attempt: z.int(),
    ended: z.boolean(),
    runGeneration: z.number(),
    written: counts,
    holders: counts,
    finished: z.array(z.string()),
  }),
  stages: z.array(z.tuple([z.string(), state, z.int(), z.number().nullable()])),
  started: z.unknown().optional(),
  firstAt: z.string().optional(),
  lastAt: z.string().optional(),
  lastSeq: z.int(),
  result: z.record(z.string(), z.json()).nullable(),
  error: z.unknown(),
  end: z.enum(["finished", "failed", "cancelled"]).nullable(),
  warnings: z.int(),
});

// What goes on is written down anew when so many rows have been read again: less costs more than it saves.
const worthRows = 200;

/** Where a run stands: its record without what stages saved and gave, read from the first row on that what was kept does not know. */
export class RunOutline {
  readonly #queue: Queue;
  readonly #job: Job;
  readonly #filter: RowFilter;
  #keptRows: number;
  #keptEnd: number;
  #rows: number;
  readonly record: RunRecord;

  constructor(queue: Queue, job: Job) {
    this.#queue = queue;
    this.#job = job;
    const known = readKept(job.progress);
    this.#filter = new RowFilter(job.id ?? "", known?.filter);
    this.record = known?.record ?? emptyRecord();
    this.#rows = known?.filter.seq ?? 0;
    this.#keptRows = this.#rows;
    this.#keptEnd = this.#endedStart;
  }

  /** Number of the start that has ended; 0 while one goes on. */
  get #endedStart(): number {
    return this.record.end === null ? 0 : (this.record.started?.attempt ?? 0);
  }

  /** How many rows of the journal it knows. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether the start of that number has ended. */
  hasEnded(epoch: number): boolean {
    return this.record.started?.attempt === epoch && this.record.end !== null;
  }

  /** Reads on to the end of the journal, and keeps what it comes to where that spares others much. */
  async read(): Promise<void> {
    for await (const row of readRows(this.#queue, this.#job.id ?? "", this.#rows)) {
      this.#rows++;
      const event = this.#filter.next(row);
      if (event !== undefined) addOutline(this.record, event);
    }
    const isNews = this.#endedStart !== 0 && this.#endedStart !== this.#keptEnd;
    if (!isNews && this.#rows - this.#keptRows < worthRows) return;
    this.#keptEnd = this.#endedStart;
    this.#keptRows = this.#rows;
    await keep(this.#job, this.#filter.state(), this.record);
  }
}

/** Keeps where a run stands by what was read of its journal. Where that fails nothing is wrong: others read the journal. */
export function keepOutline(job: Job, journal: RunJournal): Promise<void> {
  return journal.rows === 0 ? Promise.resolve() : keep(job, journal.filterState, journal.record);
}

async function keep(job: Job, filter: FilterState, record: RunRecord): Promise<void> {
  await job.updateProgress(outlineOf(filter, record) as object).catch(() => undefined);
}

/** What is kept, as JSON. */
export function outlineOf(filter: FilterState, record: RunRecord): Json {
  const { stages, keys: _, ...rest } = record;
  return JSON.parse(
    JSON.stringify({
      v: 1,
      filter,
      stages: [...stages].map(([key, stage]) => [key, stage.state, stage.attempts, stage.tookMs]),
      ...rest,
    }),
  ) as Json;
}

/** Reads what was kept; `undefined` where nothing was, or by another version. */
export function readKept(
  progress: unknown,
): { readonly filter: FilterState; readonly record: RunRecord } | undefined {
  const parsed = kept.safeParse(progress);
  if (!parsed.success) return undefined;
  const { filter, stages, started, error, firstAt, lastAt, ...rest } = parsed.data;
  if (started !== undefined && !isStart(started)) return undefined;
  const record: RunRecord = {
    ...emptyRecord(),
    ...rest,
    result: rest.result as RunRecord["result"],
    error: error as RunRecord["error"],
    started,
    keys: started?.stages ?? [],
    firstAt,
    lastAt,
  };
  for (const [key, known, attempts, tookMs] of stages)
    Object.assign(stageRecord(record, key), { state: known, attempts, tookMs });
  return { filter, record };
}

function isStart(event: unknown): event is Extract<RunEvent, { type: "run.started" }> {
  return isRunEvent(event) && event.type === "run.started";
}

/** Brings an outline up to date with the event that follows. */
export function addOutline(record: RunRecord, event: RunEvent): void {
  addEvent(record, event);
  if (event.type === "checkpoint") stageRecord(record, event.stage).checkpoint = { state: null, items: [] };
  if (event.type === "stage.finished") stageRecord(record, event.stage).output = undefined;
}
