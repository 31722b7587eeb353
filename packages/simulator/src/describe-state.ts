import { progressOf } from "./rpc/ecs/progress.ts";
import { whatIsLeft } from "./what-is-left.ts";
import type { World } from "./world.ts";

/**
 * What is in a simulator, as `GET /_sampan/state` and `Simulator.state()` show it. Plain JSON, no secrets. At most
 * `objectLimit` objects of each bucket are listed; all are counted.
 */
export function describeState(world: World, objectLimit = Number.POSITIVE_INFINITY) {
  const { oss, ecs, ram, clock, accounts } = world;
  const nowMs = clock.now();
  return {
    clock: clock.describe(),
    storedBytes: oss.blobs.usedBytes,
    buckets: oss.buckets().map(({ name }) => describeBucket(world, name, objectLimit)),
    images: ecs.images().map((image) => ({
      imageId: image.imageId,
      region: image.region,
      ownerId: image.ownerId,
      name: image.name,
      sizeBytes: image.disks.reduce((sum, disk) => sum + disk.content.sizeBytes, 0),
      ...progressOf(image, nowMs),
    })),
    instances: ecs.instances
      .all()
      .map(({ instanceId, region, ownerId, name, imageId, state, machine, note }) => ({
        instanceId,
        region,
        ownerId,
        name,
        imageId,
        state,
        machine,
        note,
        // Where the guest can be reached: its port, and the port of the loopback that leads there.
        ports: Object.fromEntries(ecs.machines.machine(instanceId)?.ports ?? []),
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
    left: whatIsLeft(world),
  };
}

function describeBucket({ oss }: World, name: string, objectLimit: number) {
  const bucket = oss.bucket(name);
  const sizeOf = (key: string) => oss.object(name, key)?.content.sizeBytes ?? 0;
  const keys = oss.keys(name);
  return {
    name,
    region: bucket?.region ?? "",
    ownerId: bucket?.ownerId ?? "",
    objectCount: keys.length,
    sizeBytes: keys.reduce((sum, key) => sum + sizeOf(key), 0),
    objects: keys.slice(0, objectLimit).map((key) => ({ key, sizeBytes: sizeOf(key) })),
    uploads: oss.uploads(name).map(({ uploadId, key }) => {
      const parts = oss.parts(uploadId);
      const sizeBytes = parts.reduce((sum, part) => sum + part.content.sizeBytes, 0);
      return { uploadId, key, parts: parts.length, sizeBytes };
    }),
  };
}

/** See `GET /_sampan/state`. */
export type SimulatorState = ReturnType<typeof describeState>;
