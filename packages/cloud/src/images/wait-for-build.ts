import { SampanError } from "@sampan/core";
import type { ImageBuild, ImageBuilder } from "../image-builder.ts";
import { cleanText } from "../vendor-failure.ts";
import { watch } from "../watch.ts";
import type { ImageCallOptions } from "./image-options.ts";

/** Options of {@link waitForBuild}. */
export interface WaitForBuildOptions extends ImageCallOptions {
  /** Ends the waiting, not the build, this long after the call: `CLOUD_DEADLINE`. Never when absent. */
  readonly deadlineMs?: number;
  /** First wait between two looks, 10 s by default; grows to six times as much while nothing changes. */
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
  const { signal, pollMs = 10_000, stallMs = 1_200_000 } = options;
  const doing = `building an image by ${executionId} in ${region}`;
  let appeared = false;
  return watch(
    async ({ seen, waitedMs }) => {
      const found = await builder.describeExecution(region, executionId, signal);
      if (found === undefined) {
        if (!appeared && waitedMs <= appearanceMs) return { seen };
        throw new SampanError("CLOUD_IMAGE_NOT_FOUND", `${doing}: there is no such build`, {
          details: { executionId, region },
        });
      }
      appeared = true;
      const tell = () => options.onStatus?.(found);
      if (!hasEnded(found)) return { seen: found.status, tell };
      tell();
      return { done: ended(found, doing) };
    },
    {
      ...options,
      pollMs,
      slowestFactor: 6,
      stallMs,
      late: (lastSeen, deadlineMs) =>
        new SampanError("CLOUD_DEADLINE", `${doing}: not done in time, last seen ${lastSeen || "never"}`, {
          details: { executionId, region, deadlineMs },
        }),
    },
  );
}

function hasEnded({ status }: ImageBuild): boolean {
  return /^(SUCCESS|PARTITION_SUCCESS|FAILED|TEST_FAILED|CANCELLED)$/.test(status);
}

function ended(build: ImageBuild, doing: string): ImageBuild & { readonly imageId: string } {
  const { status, imageId, failure } = build;
  if (/^(SUCCESS|PARTITION_SUCCESS)$/.test(status) && imageId !== null) return { ...build, imageId };
  const said = failure === null ? `it is ${status}` : `${status}: ${failure.code} ${failure.message}`;
  throw new SampanError("CLOUD_IMPORT_FAILED", `${doing}: ${cleanText(said, [])}`, {
    details: {
      executionId: build.executionId,
      region: build.region,
      status,
      imageId,
      vendorCode: failure?.code ?? null,
    },
  });
}
