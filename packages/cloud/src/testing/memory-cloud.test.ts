import { virtualClock } from "@sampan/core/testing";
import { imageRegistryContract } from "./image-registry-contract.ts";
import { instanceRegistryContract } from "./instance-registry-contract.ts";
import { memoryCloud } from "./memory-cloud.ts";
import { memoryInstance } from "./memory-instance.ts";
import { keyOf } from "./memory-object-store.ts";
import { objectStoreContract } from "./object-store-contract.ts";
import { seededBytes } from "./random-bytes.ts";

objectStoreContract("memory", async () => {
  const cloud = memoryCloud();
  return {
    store: cloud.objects("cn-hangzhou"),
    otherRegion: cloud.objects("cn-shanghai"),
    prefix: "memory",
    close: () => cloud.close(),
  };
});

imageRegistryContract("memory", async () => {
  const clock = virtualClock({ jump: false });
  const cloud = memoryCloud({ clock });
  const region = "cn-hangzhou";
  const bucket = "memory-images";
  await cloud.objects(region).createBucket(bucket);
  const broken = { bucket, key: "broken.vhd" };
  for (const key of ["good.vhd", broken.key]) {
    const bytes = seededBytes(100, 1);
    const info = {
      bucket,
      key,
      sizeBytes: bytes.length,
      etag: '"E"',
      crc64: null,
      metadata: {},
      storageClass: "Standard",
    };
    cloud.world.objects.set(keyOf({ bucket, key }), { info, bytes });
  }
  const images = cloud.images;
  const importImage = images.importImage.bind(images);
  // The memory cloud does not read disks: told which one is broken, it fails that import.
  images.importImage = (where, request, signal) => {
    const isBroken = request.disks.some((disk) => disk.key === broken.key);
    cloud.pace.importFailure = isBroken
      ? { code: "InvalidImageFormat", message: "the disk cannot be read" }
      : null;
    return importImage(where, request, signal);
  };
  return {
    cloud,
    region,
    otherRegion: "cn-shanghai",
    goodDisk: { bucket, key: "good.vhd" },
    brokenDisk: broken,
    accounts: {
      own: "1000000000000001",
      others: Array.from({ length: 12 }, (_, index) => String(2_000_000_000_000_000 + index)),
    },
    advance: async (ms) => clock.advance(ms),
    close: () => cloud.close(),
  };
});

instanceRegistryContract("memory", async () => {
  const clock = virtualClock({ jump: false });
  const cloud = memoryCloud({ clock });
  const { region, imageId } = await memoryInstance(cloud, { advance: (ms) => clock.advance(ms) });
  return {
    cloud,
    region,
    imageId,
    instanceType: "ecs.g7.large",
    advance: async (ms) => clock.advance(ms),
    close: () => cloud.close(),
  };
});
