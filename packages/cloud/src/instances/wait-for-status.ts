import { SampanError } from "@sampan/core";
import type { ImageCallOptions } from "../images/image-options.ts";
import type { CloudInstance, InstanceRegistry } from "../instance-registry.ts";
import { watch } from "../watch.ts";

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
  const { signal, pollMs = defaultPollMs, patienceMs = defaultPatienceMs } = options;
  const { region, instanceId, status: wanted } = target;
  const where = `waiting for ${instanceId} in ${region} to be ${wanted}`;
  let appeared = false;
  return watch(
    async ({ seen, sinceMs, waitedMs }) => {
      const [found] = await instances.listInstances(region, { instanceIds: [instanceId] }, signal);
      if (found?.status === wanted) return { done: found };
      if (found === undefined && (appeared || waitedMs >= appearanceMs)) {
        throw new SampanError(
          "CLOUD_INSTANCE_NOT_FOUND",
          `${where}: ${appeared ? "it has been deleted" : "it never appeared"}`,
          { details: { instanceId, region } },
        );
      }
      appeared ||= found !== undefined;
      const status = found?.status ?? "not to be seen";
      if (wanted === "Running" && status === "Stopped" && seen === status && sinceMs >= stoppedMs) {
        throw stuck(where, target, "it is Stopped and does not start");
      }
      return { seen: status, tell: () => options.onNote?.(`the instance is ${status}`) };
    },
    {
      ...options,
      pollMs,
      slowestFactor,
      deadlineMs: patienceMs,
      late: (lastSeen) =>
        stuck(
          where,
          target,
          `after ${Math.round(patienceMs / 60_000)} min it is ${lastSeen || "not to be seen"}`,
        ),
    },
  );
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
