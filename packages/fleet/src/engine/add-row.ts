import type { Queue } from "bullmq";

const mostTurns = 100;

/**
 * Adds a row to the log of a job and gives how many there are. On PostgreSQL two that add at the same moment take the same place, of
 * whom one is refused: that one tries again at once.
 */
export async function addRow(queue: Queue, job: string, row: string): Promise<number> {
  for (let turn = 1; ; turn++) {
    try {
      return await queue.addJobLog(job, row);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "23505" || turn === mostTurns) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * Math.min(turn, 10)));
    }
  }
}

/** Whether a row could not be added, or a job not be looked at, because it is gone from the store. */
export function isJobMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Missing key for job");
}
