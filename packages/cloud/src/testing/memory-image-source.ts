import type { CreateImageRequest } from "../image-registry.ts";
import { memoryDisks } from "./memory-instance-registry.ts";
import { type MemoryImage, type MemoryWorld, refuse } from "./memory-world.ts";

/** Refuses an image of snapshots or an instance that are not there, or of snapshots that are not accomplished. */
export function assertImageSource(
  world: MemoryWorld,
  region: string,
  { source }: CreateImageRequest,
  doing: string,
): void {
  const no = (code: string, status: number) => refuse("ecs", "CreateImage", code, status, doing);
  if (source.kind === "instance") {
    if (world.instances.get(source.instanceId)?.region !== region)
      throw no("InvalidInstanceId.NotFound", 404);
    return;
  }
  for (const { snapshotId } of source.disks) {
    const snapshot = world.snapshots.get(snapshotId);
    if (snapshot?.region !== region) throw no("InvalidSnapshotId.NotFound", 404);
    if (world.clock.now() < snapshot.endsAtMs || snapshot.failed) throw no("InvalidSnapshotId.NotReady", 403);
  }
}

/** Sizes of an image's disks in bytes, the system disk first. */
export function diskBytesOf(world: MemoryWorld, { request }: MemoryImage): readonly number[] {
  if ("disks" in request) return request.disks.map((disk) => disk.sizeBytes);
  if (!("source" in request)) {
    const origin = world.images.get(request.imageId);
    return origin === undefined ? [] : diskBytesOf(world, origin);
  }
  const { source } = request;
  if (source.kind === "instance") {
    const instance = world.instances.get(source.instanceId);
    return instance === undefined ? [] : memoryDisks(instance).map((disk) => disk.sizeBytes);
  }
  return [...source.disks]
    .sort((a, b) => Number(a.kind === "data") - Number(b.kind === "data"))
    .map((disk) => world.snapshots.get(disk.snapshotId)?.sizeBytes ?? 0);
}
