import { isSampanError, retryDelayMs, SampanError, systemClock, throwIfCancelled } from "@sampan/core";
import type { ImageBuild, ImageBuilder } from "../image-builder.ts";
import type { ImageCallOptions } from "./image-options.ts";

/** Options of {@link waitForBuild}. */
export interface WaitForBuildOptions extends ImageCallOptions {
  /** Ends the waiting, not the build, this long after the call: `CLOUD_DEADLINE`. Never when absent. */
  readonly deadlineMs?: number;
  /** Wait between two looks; 10 s by default. */
  readonly pollMs?: number;
  /** Without a change for this long, and again each time it passes, `onStall` is called; 20 minutes by default. */
  readonly stallMs?: number;
  readonly onStatus?: (build: ImageBuild) => void;
  readonly onStall?: (stall: { readonly sinceMs: number; readonly note: string }) => void;
}

/** A new build may take this long to show. */
const appearanceMs = 120_000;

/**
 * Waits until Image Builder has made an image, and gives the build. Looks that fail are told and made again; nothing but the
 * deadline and a cancel ends the waiting for a build that goes on.
 *
 * @throws `CLOUD_IMPORT_FAILED` with the vendor's explanation, also of a build that was cancelled or whose image was made but
 * not released; `CLOUD_IMAGE_NOT_FOUND` when the build never shows; `CLOUD_DEADLINE`; `CORE_CANCELLED`.
 */
export async function waitForBuild(
  builder: ImageBuilder,
  { region, executionId }: { readonly region: string; readonly executionId: string },
  options: WaitForBuildOptions = {},
): Promise<ImageBuild & { readonly imageId: string }> {
  const { clock = systemClock, random = Math.random, signal, pollMs = 10_000 } = options;
  const { deadlineMs = Number.POSITIVE_INFINITY, stallMs = 1_200_000 } = options;
  const doing = `building an image by ${executionId} in ${region}`;
  const startedAt = clock.now();
  let changedAt = startedAt;
  let stallsTold = 0;
  let failedLooks = 0;
  let last: ImageBuild | undefined;
  for (;;) {
    throwIfCancelled(signal);
    let waitMs = pollMs;
    try {
      const seen = await builder.describeExecution(region, executionId, signal);
      failedLooks = 0;
      if (seen !== undefined && seen.status !== last?.status) {
        changedAt = clock.now();
        stallsTold = 0;
        options.onStatus?.(seen);
      }
      if (seen === undefined && (last !== undefined || clock.now() - startedAt > appearanceMs)) {
        throw new SampanError("CLOUD_IMAGE_NOT_FOUND", `${doing}: there is no such build`, {
          details: { executionId, region },
        });
      }
      last = seen ?? last;
      if (seen !== undefined && hasEnded(seen)) return ended(seen, doing);
    } catch (error) {
      throwIfCancelled(signal);
      if (!isSampanError(error) || !error.retryable) throw error;
      failedLooks++;
      const policy = { attempts: 1, baseMs: pollMs, capMs: pollMs * 6 };
      waitMs = Math.max(pollMs, retryDelayMs(policy, failedLooks, random, error.retryAfterMs));
      options.onRetry?.({ attempt: failedLooks, error, waitMs });
    }
    const sinceMs = clock.now() - changedAt;
    if (sinceMs >= stallMs * (stallsTold + 1)) {
      stallsTold = Math.floor(sinceMs / stallMs);
      options.onStall?.({ sinceMs, note: `no change since: ${last?.status ?? "nothing is known yet"}` });
    }
    const leftMs = startedAt + deadlineMs - clock.now();
    if (leftMs <= 0) {
      throw new SampanError(
        "CLOUD_DEADLINE",
        `${doing}: not done in time, last seen ${last?.status ?? "never"}`,
        {
          details: { executionId, region, deadlineMs },
        },
      );
    }
    await clock.sleep(Math.min(waitMs, leftMs), signal);
  }
}

function hasEnded({ status }: ImageBuild): boolean {
  return /^(SUCCESS|PARTITION_SUCCESS|FAILED|TEST_FAILED|CANCELLED)$/.test(status);
}

function ended(build: ImageBuild, doing: string): ImageBuild & { readonly imageId: string } {
  const { status, imageId, failure } = build;
  if (/^(SUCCESS|PARTITION_SUCCESS)$/.test(status) && imageId !== null) return { ...build, imageId };
  const said = failure === null ? `it is ${status}` : `${status}: ${failure.code} ${failure.message}`;
  throw new SampanError(
    "CLOUD_IMPORT_FAILED",
    `${doing}: ${said.replace(/[\s\p{Cc}]+/gu, " ").slice(0, 300)}`,
    {
      details: {
        executionId: build.executionId,
        region: build.region,
        status,
        imageId,
        vendorCode: failure?.code ?? null,
      },
    },
  );
}
