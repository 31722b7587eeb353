import type { Clock, Random, RetryNotice, RetryPolicy } from "@sampan/core";
import type { CloudImageStatus, CopyImageRequest, ImportImageRequest } from "../image-registry.ts";

/** Ports and hooks that all waiting on images shares. */
export interface ImageCallOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly retry?: RetryPolicy;
  readonly signal?: AbortSignal;
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Told in one sentence, for people, what is being waited for. */
  readonly onNote?: (note: string) => void;
}

/** Which image to wait for. */
export interface ImageToWaitFor {
  readonly region: string;
  readonly imageId: string;
  /** Task of the import; how a failure is explained. */
  readonly taskId?: string | null;
  /** What makes the image; `import` when absent. */
  readonly made?: "import" | "copy" | "create";
}

/** What is known of an image being made. */
export interface ImageProgress {
  readonly status: CloudImageStatus | null;
  /** 0 to 100; `null` while the cloud says nothing. */
  readonly progressPercent: number | null;
  /** What is being waited for, for people; `null` when the numbers say all. */
  readonly note: string | null;
}

/** No sign of progress for a while. */
export interface ImageStall {
  /** Milliseconds since the last change of status or progress. */
  readonly sinceMs: number;
  readonly note: string;
}

/** Options of {@link waitForImage}. */
export interface WaitForImageOptions extends ImageCallOptions {
  /** Ends the waiting, not the cloud's task, this long after the call: `CLOUD_DEADLINE`. Never when absent. */
  readonly deadlineMs?: number;
  /** First wait between two looks, 5 s by default; grows to six times as much while nothing changes. */
  readonly pollMs?: number;
  /** Without a change for this long, and again each time it passes, `onStall` is called; 10 minutes by default. */
  readonly stallMs?: number;
  readonly onProgress?: (progress: ImageProgress) => void;
  readonly onStall?: (stall: ImageStall) => void;
}

/** What {@link importImage} starts. */
export interface ImportRequest extends ImportImageRequest {
  readonly region: string;
}

/** Options of {@link importImage}. */
export interface ImportOptions extends ImageCallOptions {
  /** Creates the import role where it is missing; otherwise its absence is `CLOUD_ROLE_MISSING`. False by default. */
  readonly createRole?: boolean;
  /** How long a role that exists may take to reach ECS; 3 minutes by default. */
  readonly rolePropagationMs?: number;
  /** Told that the import role was created. */
  readonly onRoleCreated?: (roleName: string) => void;
}

/** An import that is going on. */
export interface StartedImport {
  readonly region: string;
  readonly imageId: string;
  /** `null` when an image was adopted whose task is no longer listed. */
  readonly taskId: string | null;
  /** Whether an earlier attempt had started it. */
  readonly adopted: boolean;
}

/** What {@link copyImage} starts: `region` is where the image is. */
export interface CopyRequest extends CopyImageRequest {
  readonly region: string;
}

/** Options of {@link copyImage}. */
export interface CopyOptions extends ImageCallOptions {
  /** How long a copy may be refused as too early or in conflict before that is an error; 1 hour by default. */
  readonly patienceMs?: number;
}

/** A copy that is going on: `region` is the destination. */
export interface StartedCopy {
  readonly region: string;
  readonly imageId: string;
  readonly adopted: boolean;
}
