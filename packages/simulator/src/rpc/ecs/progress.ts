import type { ImageJob, ImageRecord } from "./records.ts";

/** State and progress of an image as callers see them. */
export interface ImageProgress {
  readonly status: "Waiting" | "Creating" | "Available" | "CreateFailed" | "Deprecated";
  readonly percent: number;
}

/** What is seen of an image at a moment. */
export function progressOf(image: ImageRecord, nowMs: number): ImageProgress {
  if (image.status !== "Waiting") {
    const failedAt = image.job.failure?.atPercent ?? 0;
    return { status: image.status, percent: image.status === "CreateFailed" ? failedAt : 100 };
  }
  const { job } = image;
  if (job.startsAtMs === null || nowMs < job.startsAtMs || job.hang?.status === "Waiting") {
    return { status: "Waiting", percent: 0 };
  }
  const elapsed = (nowMs - job.startsAtMs) / Math.max(1, job.durationMs);
  const percent = Math.min(99, Math.floor(elapsed * 100), job.hang?.atPercent ?? 99);
  return { status: "Creating", percent };
}

/** When a job ends, in simulated time; infinite for one that hangs or has not begun. */
export function endOf(job: Pick<ImageJob, "startsAtMs" | "durationMs" | "failure" | "hang">): number {
  if (job.hang || job.startsAtMs === null) return Number.POSITIVE_INFINITY;
  const share = job.failure ? Math.min(100, Math.max(0, job.failure.atPercent)) / 100 : 1;
  return job.startsAtMs + job.durationMs * share;
}

/** Whether a job has been taken up and not ended. */
export function isRunning(image: ImageRecord): boolean {
  return image.status === "Waiting" && image.job.startsAtMs !== null;
}
