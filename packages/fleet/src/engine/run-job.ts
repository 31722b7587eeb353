import type { Job } from "bullmq";

/** How the job of a run has ended; `undefined` while it waits or is worked on. */
export async function endOfJob(job: Job): Promise<"completed" | "failed" | undefined> {
  const state = await job.getState();
  return state === "completed" || state === "failed" ? state : undefined;
}
