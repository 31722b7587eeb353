import { GiB } from "@sampan/core";
import type { MemoryCloud } from "./memory-cloud.ts";
import { memoryNetworks } from "./memory-instances.ts";
import { keyOf } from "./memory-object-store.ts";

/** An instance of a memory cloud, running, and the image it was made of. */
export interface SeededInstance {
  readonly region: string;
  readonly imageId: string;
  readonly instanceId: string;
}

/**
 * Puts a running instance with a system disk of 40 GiB and data disks into a memory cloud.
 *
 * `advance` moves the cloud's clock: to be given for one that does not jump over sleeps.
 */
export async function memoryInstance(
  cloud: MemoryCloud,
  options: {
    readonly region?: string;
    readonly dataDiskBytes?: readonly number[];
    readonly advance?: (ms: number) => void;
  } = {},
): Promise<SeededInstance> {
  const { region = "cn-hangzhou", dataDiskBytes = [] } = options;
  const advance = options.advance ?? ((ms: number) => cloud.clock.advance(ms));
  const bucket = `seed-${region}`;
  const disks = [40 * GiB, ...dataDiskBytes].map((sizeBytes, index) => ({
    bucket,
    key: `disk-${index}.vhd`,
    format: "VHD" as const,
    sizeBytes,
  }));
  const store = cloud.objects(region);
  await store.createBucket(bucket);
  await store.close();
  for (const { key } of disks) {
    const info = {
      bucket,
      key,
      sizeBytes: 1,
      etag: '"E"',
      crc64: null,
      metadata: {},
      storageClass: "Standard",
    };
    cloud.world.objects.set(keyOf({ bucket, key }), { info, bytes: new Uint8Array(1) });
  }
  const { imageId } = await cloud.images.importImage(region, {
    name: "seed",
    disks,
    osType: "linux",
    architecture: "x86_64",
    bootMode: "BIOS",
    clientToken: "seed-image",
  });
  advance(24 * 3_600_000);
  const { vSwitches, groups } = memoryNetworks(region);
  const { instanceId } = await cloud.instances.runInstance(region, {
    imageId,
    instanceType: "ecs.g7.large",
    vSwitchId: vSwitches[0]?.vSwitchId ?? "",
    securityGroupId: groups[0]?.securityGroupId ?? "",
    name: "web-01",
    systemDiskCategory: "cloud_essd",
    clientToken: "seed-instance",
  });
  advance(3_600_000);
  return { region, imageId, instanceId };
}
