import {
  cancelledError,
  isSampanError,
  retryDelayMs,
  SampanError,
  systemClock,
  throwIfCancelled,
} from "@sampan/core";
import type { ImageCallOptions } from "../images/image-options.ts";
import type { CloudInstance, InstanceRegistry, InstanceStatus } from "../instance-registry.ts";

const defaultPollMs = 3_000;
const slowestFactor = 5;
/** A new instance may take this long to show in lists. */
const appearanceMs = 120_000;
/** An instance that is to start shows as stopped for a moment at most. */
const stoppedMs = 120_000;

/** Ports, hooks and patience of waiting for an instance. */
export interface InstanceWaitOptions extends ImageCallOptions {
  /** First wait between two looks, 3 s by default; grows to five times as much while nothing changes. */
  readonly pollMs?: number;
  /** How long the instance may take; 15 minutes by default. Then `CLOUD_INSTANCE_STATE`. */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 900_000;

/**
 * Waits until an instance has a status, and tells what is seen meanwhile.
 *
 * Failed looks (a broken line, throttling) do not end the waiting.
 *
 * @throws `CLOUD_INSTANCE_NOT_FOUND` when it has gone or never appears; `CLOUD_INSTANCE_STATE` when it does not get there
 * in time, or stops while it was to start.
 */
export async function waitForStatus(
  instances: InstanceRegistry,
  target: { readonly region: string; readonly instanceId: string; readonly status: "Running" | "Stopped" },
  options: InstanceWaitOptions = {},
): Promise<CloudInstance> {
  const { clock = systemClock, random = Math.random, signal, pollMs = defaultPollMs } = options;
  const { patienceMs = defaultPatienceMs } = options;
  const { region, instanceId, status: wanted } = target;
  const startedAt = clock.now();
  let seen: InstanceStatus | undefined;
  let seenAt = startedAt;
  let quiet = 0;
  let failedLooks = 0;
  const where = `waiting for ${instanceId} in ${region} to be ${wanted}`;

  for (;;) {
    throwIfCancelled(signal);
    let waitMs = Math.min(pollMs * 2 ** Math.min(quiet, 8), pollMs * slowestFactor);
    try {
      const [found] = await instances.listInstances(region, { instanceIds: [instanceId] }, signal);
      failedLooks = 0;
      if (found?.status === wanted) return found;
      if (found === undefined && (seen !== undefined || clock.now() - startedAt >= appearanceMs)) {
        throw new SampanError(
          "CLOUD_INSTANCE_NOT_FOUND",
          `${where}: ${seen === undefined ? "it never appeared" : "it has been deleted"}`,
          { details: { instanceId, region } },
        );
      }
      if (found?.status === seen) {
        quiet++;
      } else {
        seen = found?.status;
        seenAt = clock.now();
        quiet = 0;
        waitMs = pollMs;
        options.onNote?.(`the instance is ${seen ?? "not to be seen yet"}`);
      }
      if (wanted === "Running" && seen === "Stopped" && clock.now() - seenAt >= stoppedMs) {
        throw stuck(where, target, "it is Stopped and does not start");
      }
    } catch (error) {
      if (signal?.aborted) throw cancelledError(signal.reason);
      if (!isSampanError(error) || !error.retryable) throw error;
      failedLooks++;
      const policy = { attempts: 1, baseMs: pollMs, capMs: pollMs * slowestFactor };
      waitMs = Math.max(pollMs, retryDelayMs(policy, failedLooks, random, error.retryAfterMs));
      options.onRetry?.({ attempt: failedLooks, error, waitMs });
    }
    const leftMs = startedAt + patienceMs - clock.now();
    if (leftMs <= 0) {
      throw stuck(
        where,
        target,
        `after ${Math.round(patienceMs / 60_000)} min it is ${seen ?? "not to be seen"}`,
      );
    }
    await clock.sleep(Math.min(waitMs, leftMs), signal);
  }
}

function stuck(
  where: string,
  {
    region,
    instanceId,
    status,
  }: { readonly region: string; readonly instanceId: string; readonly status: string },
  found: string,
): SampanError {
  return new SampanError("CLOUD_INSTANCE_STATE", `${where}: ${found}`, {
    hint:
      status === "Stopped"
        ? "The guest does not obey the request to shut down, and is never forced: shut it down from inside, then resume the run."
        : "Look at the instance in the console, then resume the run.",
    details: { instanceId, region, wanted: status },
  });
}
