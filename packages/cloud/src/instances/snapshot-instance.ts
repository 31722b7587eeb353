import { isSampanError, retryDelayMs, SampanError, systemClock } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import { tokenAfter, tokenTag, withTokenTag } from "../images/own-image.ts";
import { retrying } from "../images/retrying.ts";
import type { CloudInstance, InstanceDisk } from "../instance-registry.ts";
import type { CloudSnapshot } from "../snapshot-registry.ts";
import { type SnapshotWaitOptions, waitForSnapshots } from "./wait-for-snapshots.ts";
import { waitForStatus } from "./wait-for-status.ts";

const busyPatienceMs = 3_600_000;

/** What {@link snapshotInstance} takes. */
export interface SnapshotRequest {
  readonly region: string;
  readonly instanceId: string;
  /** Beginning of the snapshots' names; 2 to 100 characters, not beginning with `auto`. */
  readonly name: string;
  /** Shuts the guest down first and starts it again afterwards when it was running. Without it: as after a power cut. */
  readonly stop: boolean;
  /** `system` leaves the data disks out. */
  readonly disks: "all" | "system";
  readonly tags?: Readonly<Record<string, string>>;
  /** The same on every attempt: each disk's snapshot has a token made from it. */
  readonly clientToken: string;
}

/** What has to be remembered of {@link snapshotInstance} over a crash. */
export interface SnapshotState {
  /** The instance was stopped by this call and has to be started again. */
  readonly restart: boolean;
}

/** Options of {@link snapshotInstance}. */
export interface SnapshotOptions extends SnapshotWaitOptions {
  /** What an earlier attempt gave to `onState`. */
  readonly state?: SnapshotState;
  /** Must keep the state durably before it resolves: the instance is stopped only then. */
  readonly onState?: (state: SnapshotState) => Promise<void>;
  /** Told of each snapshot as soon as it has begun, also of those an earlier attempt began. */
  readonly onSnapshot?: (snapshot: TakenSnapshot) => Promise<void> | void;
}

/** A snapshot of one disk of the instance. */
export interface TakenSnapshot {
  readonly snapshotId: string;
  readonly diskId: string;
  readonly kind: "system" | "data";
  readonly device: string;
  /** Size of the disk, in bytes. */
  readonly sizeBytes: number;
  readonly name: string;
  /** Whether an earlier attempt had begun it. */
  readonly adopted: boolean;
}

/** What {@link snapshotInstance} gives. */
export interface InstanceSnapshots {
  /** The system disk first. */
  readonly snapshots: readonly TakenSnapshot[];
  /** `stopped`: the guest had shut down. `crash`: it ran, and its file systems are as after a power cut. */
  readonly consistency: "stopped" | "crash";
}

/**
 * Takes snapshots of an instance's disks, all at once, and waits until they are accomplished.
 *
 * An instance that is stopped for it, never by force, is started again also when a snapshot fails or the call is cancelled.
 * Snapshots an earlier attempt began are found by their tag and waited for, not taken again.
 *
 * @throws `CLOUD_INSTANCE_NOT_FOUND`, `CLOUD_INSTANCE_STATE`, `CLOUD_SNAPSHOT_FAILED`, `CLOUD_QUOTA`, `CLOUD_DEADLINE`.
 * @example
 * ```ts
 * const { snapshots } = await snapshotInstance(cloud, { region: "cn-hangzhou", instanceId: "i-bp1…", name: "web-01",
 *   stop: true, disks: "all", clientToken: runId });
 * ```
 */
export async function snapshotInstance(
  cloud: Cloud,
  request: SnapshotRequest,
  options: SnapshotOptions = {},
): Promise<InstanceSnapshots> {
  const { region, instanceId } = request;
  const instance = await findInstance(cloud, region, instanceId, options);
  const disks = (
    await retrying(options, () => cloud.instances.listDisks(region, instanceId, options.signal))
  ).filter((disk) => disk.kind === "system" || request.disks === "all");
  if (!disks.some((disk) => disk.kind === "system")) {
    throw new SampanError(
      "CLOUD_INSTANCE_STATE",
      `taking snapshots of ${instanceId}: it has no system disk`,
      {
        details: { instanceId, region },
      },
    );
  }
  const own = new Map(
    await Promise.all(
      disks.map(async (disk) => [disk.diskId, await findOwn(cloud, request, disk, options)] as const),
    ),
  );
  const isComplete = disks.every(
    (disk) => own.get(disk.diskId)?.status !== undefined && !hasFailed(own.get(disk.diskId)),
  );
  let restart = options.state?.restart ?? false;
  try {
    if (request.stop && !isComplete && instance.status !== "Stopped") {
      restart = true;
      await options.onState?.({ restart });
      options.onNote?.("shutting the instance down");
      await retrying(options, () => cloud.instances.stopInstance(region, instanceId, options.signal));
      await waitForStatus(cloud.instances, { region, instanceId, status: "Stopped" }, waitOptions(options));
    }
    const snapshots = await Promise.all(
      disks.map((disk, index) => take(cloud, request, disk, index, own.get(disk.diskId), options)),
    );
    const ids = snapshots.map((snapshot) => snapshot.snapshotId);
    await waitForSnapshots(cloud.snapshots, region, ids, options);
    if (restart) await startAgain(cloud, request, options);
    return { snapshots, consistency: request.stop || instance.status === "Stopped" ? "stopped" : "crash" };
  } catch (error) {
    if (restart) await startDespite(cloud, request, options);
    throw error;
  }
}

/** The instance; `CLOUD_INSTANCE_NOT_FOUND` when there is none, `CLOUD_ACCOUNT_BLOCKED` for a locked one. */
export async function findInstance(
  cloud: Cloud,
  region: string,
  instanceId: string,
  options: SnapshotWaitOptions,
): Promise<CloudInstance> {
  const [instance] = await retrying(options, () =>
    cloud.instances.listInstances(region, { instanceIds: [instanceId] }, options.signal),
  );
  const details = { instanceId, region };
  if (instance === undefined) {
    const where = `looking for instance ${instanceId} in ${region}`;
    throw new SampanError("CLOUD_INSTANCE_NOT_FOUND", `${where}: there is none`, { details });
  }
  if (instance.lockReasons.length > 0) {
    const reasons = instance.lockReasons.join(", ");
    throw new SampanError(
      "CLOUD_ACCOUNT_BLOCKED",
      `using instance ${instanceId}: the cloud has locked it (${reasons})`,
      {
        details,
      },
    );
  }
  return instance;
}

/** The newest snapshot of the disk that this very request began, in whatever state. */
async function findOwn(cloud: Cloud, request: SnapshotRequest, disk: InstanceDisk, options: SnapshotOptions) {
  const value = tokenAfter(request.clientToken, disk.diskId);
  const found = await retrying(options, () =>
    cloud.snapshots.listSnapshots(request.region, { tag: { key: tokenTag, value } }, options.signal),
  );
  return found.find((snapshot) => !hasFailed(snapshot)) ?? found[0];
}

function hasFailed(snapshot: CloudSnapshot | undefined): boolean {
  return snapshot?.status === "failed";
}

async function take(
  cloud: Cloud,
  request: SnapshotRequest,
  disk: InstanceDisk,
  index: number,
  own: CloudSnapshot | undefined,
  options: SnapshotOptions,
): Promise<TakenSnapshot> {
  const { region, clientToken, tags, instanceId } = request;
  const { diskId, kind, device, sizeBytes } = disk;
  const name = `${request.name}-${kind === "system" ? "system" : `data-${index}`}`;
  const token = tokenAfter(clientToken, diskId);
  let snapshotId = hasFailed(own) ? undefined : own?.snapshotId;
  const adopted = snapshotId !== undefined;
  if (snapshotId === undefined) {
    let asked = token;
    if (own !== undefined) {
      options.onNote?.(`deleting ${own.snapshotId}, an earlier snapshot that failed`);
      await retrying(options, () => cloud.snapshots.deleteSnapshot(region, own.snapshotId, options.signal));
      asked = tokenAfter(token, own.snapshotId);
    }
    snapshotId = await whenFree(options, diskId, async () => {
      const made = await cloud.snapshots.createSnapshot(
        region,
        {
          diskId,
          name,
          description: `${device} of ${instanceId}`,
          tags: withTokenTag(tags, token),
          clientToken: asked,
        },
        options.signal,
      );
      return made.snapshotId;
    });
  }
  const taken = { snapshotId, diskId, kind, device, sizeBytes, name, adopted };
  await options.onSnapshot?.(taken);
  return taken;
}

/** Makes a call again while another snapshot of the disk is being taken. */
async function whenFree(
  options: SnapshotOptions,
  diskId: string,
  work: () => Promise<string>,
): Promise<string> {
  const { clock = systemClock, random = Math.random } = options;
  const giveUpAt = clock.monotonic() + busyPatienceMs;
  const policy = { attempts: Number.POSITIVE_INFINITY, baseMs: 5_000, capMs: 30_000 };
  for (let attempt = 1; ; attempt++) {
    try {
      return await retrying(
        { ...options, retry: options.retry ?? { attempts: 5, baseMs: 500, capMs: 8_000 } },
        work,
      );
    } catch (error) {
      const waitMs = retryDelayMs(policy, attempt, random, policy.baseMs);
      if (!isSampanError(error, "CLOUD_IMAGE_BUSY") || clock.monotonic() + waitMs > giveUpAt) throw error;
      options.onNote?.(`waiting until another snapshot of ${diskId} has ended`);
      await clock.sleep(waitMs, options.signal);
    }
  }
}

async function startAgain(cloud: Cloud, request: SnapshotRequest, options: SnapshotOptions): Promise<void> {
  const { region, instanceId } = request;
  options.onNote?.("starting the instance again");
  await retrying(options, () => cloud.instances.startInstance(region, instanceId, options.signal));
  await waitForStatus(cloud.instances, { region, instanceId, status: "Running" }, waitOptions(options));
  await options.onState?.({ restart: false });
}

/** Starts the instance again after a failure or a cancel, whose own error stays the one that is told. */
async function startDespite(cloud: Cloud, request: SnapshotRequest, options: SnapshotOptions): Promise<void> {
  const { region, instanceId } = request;
  const { signal: _cancelled, ...rest } = options;
  try {
    await retrying(rest, () => cloud.instances.startInstance(region, instanceId));
    options.onNote?.("the instance is being started again");
  } catch (error) {
    options.onNote?.(
      `the instance could not be started again: ${isSampanError(error) ? error.message : String(error)}`,
    );
  }
}

function waitOptions(options: SnapshotOptions) {
  const { clock, random, signal, onNote, onRetry, pollMs } = options;
  return {
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
    ...(signal === undefined ? {} : { signal }),
    ...(onNote === undefined ? {} : { onNote }),
    ...(onRetry === undefined ? {} : { onRetry }),
    ...(pollMs === undefined ? {} : { pollMs }),
  };
}
