import { progressOf } from "./rpc/ecs/progress.ts";
import type { World } from "./world.ts";

/** What is in a simulator, as `GET /_sampan/state` and `Simulator.state()` show it. Plain JSON, no secrets. */
export function describeState(world: World) {
  const { oss, ecs, ram, clock, accounts } = world;
  const nowMs = clock.now();
  return {
    clock: clock.describe(),
    storedBytes: oss.blobs.usedBytes,
    buckets: oss.buckets().map((bucket) => ({
      name: bucket.name,
      region: bucket.region,
      ownerId: bucket.ownerId,
      objects: oss
        .keys(bucket.name)
        .map((key) => ({ key, sizeBytes: oss.object(bucket.name, key)?.content.sizeBytes ?? 0 })),
      uploads: oss.uploads(bucket.name).map((upload) => ({
        uploadId: upload.uploadId,
        key: upload.key,
        parts: oss.parts(upload.uploadId).length,
      })),
    })),
    images: ecs.images().map((image) => ({
      imageId: image.imageId,
      region: image.region,
      ownerId: image.ownerId,
      name: image.name,
      ...progressOf(image, nowMs),
    })),
    tasks: ecs.tasks().map(({ taskId, region, imageId, status, failure }) => ({
      taskId,
      region,
      imageId,
      status,
      failure,
    })),
    roles: accounts.accounts.flatMap((account) =>
      ram.roles(account.accountId).map((role) => ({
        accountId: role.accountId,
        roleName: role.roleName,
        policies: role.policies.map((policy) => policy.name),
      })),
    ),
  };
}

/** See `GET /_sampan/state`. */
export type SimulatorState = ReturnType<typeof describeState>;
