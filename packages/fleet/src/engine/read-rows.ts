import type { Queue } from "bullmq";

const pageRows = 2000;

/** Gives the rows of a job's log from a place on, as many as there are. */
export async function* readRows(queue: Queue, job: string, from: number): AsyncGenerator<string> {
  for (let place = from; ; place += pageRows) {
    const { logs } = await queue.getJobLogs(job, place, place + pageRows - 1, true);
    yield* logs;
    if (logs.length < pageRows) return;
  }
}
