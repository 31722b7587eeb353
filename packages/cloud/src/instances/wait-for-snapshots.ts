import { SampanError } from "@sampan/core";
import type { ImageCallOptions } from "../images/image-options.ts";
import type { CloudSnapshot, SnapshotRegistry } from "../snapshot-registry.ts";
import { watch } from "../watch.ts";

const defaultPollMs = 5_000;
const slowestFactor = 6;
const defaultStallMs = 600_000;
/** A new snapshot may take this long to show in lists. */
const appearanceMs = 120_000;

/** Ports, hooks and patience of waiting for snapshots. */
export interface SnapshotWaitOptions extends ImageCallOptions {
  /** First wait between two looks, 5 s by default; grows to six times as much while nothing changes. */
  readonly pollMs?: number;
  /** Without a change for this long, and again each time it passes, `onStall` is called; 10 minutes by default. */
  readonly stallMs?: number;
  /** Ends the waiting, not the snapshots, this long after the call: `CLOUD_DEADLINE`. Never when absent. */
  readonly deadlineMs?: number;
  /** Told of each change: bytes of the disks that the snapshots hold so far, by their percentages. */
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
  readonly onStall?: (stall: { readonly sinceMs: number; readonly note: string }) => void;
}

/**
 * Waits until snapshots are accomplished, by evidence of progress: there is no time after which a working cloud is given up.
 *
 * @throws `CLOUD_SNAPSHOT_FAILED`, `CLOUD_SNAPSHOT_NOT_FOUND` when one has gone or never appears, `CLOUD_DEADLINE`.
 */
export async function waitForSnapshots(
  snapshots: SnapshotRegistry,
  region: string,
  snapshotIds: readonly string[],
  options: SnapshotWaitOptions = {},
): Promise<readonly CloudSnapshot[]> {
  const { signal, pollMs = defaultPollMs, stallMs = defaultStallMs } = options;
  const appeared = new Set<string>();
  return watch(
    async ({ waitedMs }) => {
      const found = await snapshots.listSnapshots(region, { snapshotIds }, signal);
      assertSound(found, waitedMs);
      for (const snapshot of found) appeared.add(snapshot.snapshotId);
      const tell = () => options.onProgress?.(progressOf(found));
      if (found.length === snapshotIds.length && found.every(({ status }) => status === "accomplished")) {
        tell();
        return { done: found };
      }
      const seen = found.map(
        ({ snapshotId, status, progressPercent }) => `${snapshotId} ${status} ${progressPercent}`,
      );
      return { seen: seen.join(), tell };
    },
    {
      ...options,
      pollMs,
      slowestFactor,
      stallMs,
      late: (lastSeen, deadlineMs) =>
        new SampanError(
          "CLOUD_DEADLINE",
          `waiting for snapshots in ${region}: not accomplished after ${Math.round(deadlineMs / 60_000)} min, last seen ${lastSeen || "never"}`,
          { details: { region, snapshotIds: [...snapshotIds] } },
        ),
    },
  );

  function assertSound(found: readonly CloudSnapshot[], waitedMs: number): void {
    const failed = found.find(({ status }) => status === "failed");
    if (failed !== undefined) {
      throw new SampanError(
        "CLOUD_SNAPSHOT_FAILED",
        `taking snapshot ${failed.snapshotId} of ${failed.diskId} in ${region}: the cloud gave up on it`,
        { details: { snapshotId: failed.snapshotId, diskId: failed.diskId, region } },
      );
    }
    const known = new Set(found.map(({ snapshotId }) => snapshotId));
    const missing = snapshotIds.find(
      (id) => !known.has(id) && (appeared.has(id) || waitedMs >= appearanceMs),
    );
    if (missing === undefined) return;
    const gone = appeared.has(missing) ? "it has been deleted" : "it never appeared";
    throw new SampanError(
      "CLOUD_SNAPSHOT_NOT_FOUND",
      `waiting for snapshot ${missing} in ${region}: ${gone}`,
      {
        details: { snapshotId: missing, region },
      },
    );
  }
}

function progressOf(found: readonly CloudSnapshot[]) {
  const done = found.map(({ sizeBytes, progressPercent }) =>
    Math.round((sizeBytes * (progressPercent ?? 0)) / 100),
  );
  return {
    doneBytes: done.reduce((sum, bytes) => sum + bytes, 0),
    totalBytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
