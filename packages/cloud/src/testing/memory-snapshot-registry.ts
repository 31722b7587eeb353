import { assertRegionId } from "../regions.ts";
import type {
  CloudSnapshot,
  CreateSnapshotRequest,
  SnapshotQuery,
  SnapshotRegistry,
} from "../snapshot-registry.ts";
import { memoryDisks } from "./memory-instance-registry.ts";
import type { MemoryPower, MemorySnapshot } from "./memory-instances.ts";
import { type MemoryWorld, refuse } from "./memory-world.ts";

/** The snapshots of an account, in memory: progress by the clock, client tokens, one at a time for a disk. */
export class MemorySnapshotRegistry implements SnapshotRegistry {
  readonly #world: MemoryWorld;
  readonly #power: MemoryPower;

  constructor(world: MemoryWorld, power: MemoryPower) {
    this.#world = world;
    this.#power = power;
  }

  async createSnapshot(region: string, request: CreateSnapshotRequest, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("createSnapshot", signal, () => {
      const doing = `taking a snapshot of ${request.diskId}`;
      const no = (code: string, status: number) => refuse("ecs", "CreateSnapshot", code, status, doing);
      const key = `CreateSnapshot ${region} ${request.clientToken}`;
      const known = this.#world.tokens.get(key);
      if (known !== undefined) {
        if (known.request === JSON.stringify(request)) return { snapshotId: known.imageId };
        throw no("IdempotentParameterMismatch", 400);
      }
      const disk = [...this.#world.instances.values()]
        .filter((instance) => instance.region === region)
        .flatMap(memoryDisks)
        .find((one) => one.diskId === request.diskId);
      if (disk === undefined) throw no("InvalidDiskId.NotFound", 404);
      const now = this.#world.clock.now();
      const isBusy = [...this.#world.snapshots.values()].some(
        (snapshot) => snapshot.request.diskId === request.diskId && snapshot.endsAtMs > now,
      );
      if (isBusy) throw no("IncorrectDiskStatus.CreatingSnapshot", 403);
      const snapshotId = this.#world.id("s-");
      this.#world.tokens.set(key, { request: JSON.stringify(request), imageId: snapshotId, taskId: "" });
      this.#world.snapshots.set(snapshotId, {
        snapshotId,
        region,
        request,
        kind: disk.kind,
        sizeBytes: disk.sizeBytes,
        beginsAtMs: now,
        endsAtMs: now + this.#power.snapshotMs,
        failed: this.#power.snapshotFails,
      });
      return { snapshotId };
    });
  }

  async listSnapshots(region: string, query: SnapshotQuery, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("listSnapshots", signal, () => {
      const { snapshotIds, tag } = query;
      return [...this.#world.snapshots.values()]
        .filter((snapshot) => snapshot.region === region)
        .map((snapshot) => this.#look(snapshot))
        .filter(
          (snapshot) =>
            (snapshotIds === undefined || snapshotIds.includes(snapshot.snapshotId)) &&
            (tag === undefined || snapshot.tags[tag.key] === tag.value),
        );
    });
  }

  async deleteSnapshot(region: string, snapshotId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("deleteSnapshot", signal, () => {
      const isUsed = [...this.#world.images.values()].some(
        ({ request }) =>
          "source" in request &&
          request.source.kind === "snapshots" &&
          request.source.disks.some((disk) => disk.snapshotId === snapshotId),
      );
      if (isUsed) {
        throw refuse(
          "ecs",
          "DeleteSnapshot",
          "SnapshotCreatedImage",
          403,
          `deleting ${snapshotId} in ${region}`,
        );
      }
      if (this.#world.snapshots.get(snapshotId)?.region === region) this.#world.snapshots.delete(snapshotId);
    });
  }

  #look(snapshot: MemorySnapshot): CloudSnapshot {
    const now = this.#world.clock.now();
    const { beginsAtMs, endsAtMs, request } = snapshot;
    const percent = Math.min(
      100,
      Math.floor(((now - beginsAtMs) / Math.max(1, endsAtMs - beginsAtMs)) * 100),
    );
    return {
      snapshotId: snapshot.snapshotId,
      region: snapshot.region,
      name: request.name,
      status: now < endsAtMs ? "progressing" : snapshot.failed ? "failed" : "accomplished",
      progressPercent: percent,
      diskId: request.diskId,
      diskKind: snapshot.kind,
      sizeBytes: snapshot.sizeBytes,
      tags: { ...request.tags },
    };
  }
}
