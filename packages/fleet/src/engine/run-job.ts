import type { Job } from "bullmq";

/** So long nobody takes a run up whose journal is not there yet; no other waits for so long. */
export const heldBackMs = 365 * 24 * 3600 * 1000;

/** Whether a run is one that is being taken over from a home, and still waits for its journal. */
export async function isHeldBack(job: Job): Promise<boolean> {
  return job.delay === heldBackMs && (await job.isDelayed());
}

/** How the job of a run has ended; `undefined` while it waits or is worked on. */
export async function endOfJob(job: Job): Promise<"completed" | "failed" | undefined> {
  const state = await job.getState();
  return state === "completed" || state === "failed" ? state : undefined;
}
