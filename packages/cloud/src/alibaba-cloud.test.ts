import { Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { connectAlibabaCloud } from "./alibaba-cloud.ts";
import { imageRegistryContract } from "./testing/image-registry-contract.ts";
import { instanceRegistryContract } from "./testing/instance-registry-contract.ts";
import { objectStoreContract } from "./testing/object-store-contract.ts";
import { seededBytes } from "./testing/random-bytes.ts";
import { uploadObject } from "./upload/upload-object.ts";

/** A simulator and a cloud over it. */
async function simulated() {
  const simulator = await Simulator.start({ switches: { importRole: "ready", crcOfCopies: "present" } });
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const cloud = connectAlibabaCloud({
    endpoints: { simulator: simulator.endpoint },
    credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
  });
  const close = async () => {
    await cloud.close();
    await simulator.stop();
  };
  return { simulator, cloud, close };
}

/** A fixed VHD of 1 MiB, as its specification of 2006 says. */
function fixedVhd(): Buffer {
  const sizeBytes = 1024 * 1024;
  const footer = Buffer.alloc(512);
  footer.write("conectix", 0, "latin1");
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x0001_0000, 12);
  footer.writeBigUInt64BE(0xffff_ffff_ffff_ffffn, 16);
  footer.write("test", 28, "latin1");
  footer.writeBigUInt64BE(BigInt(sizeBytes), 40);
  footer.writeBigUInt64BE(BigInt(sizeBytes), 48);
  footer.writeUInt32BE(2, 60);
  footer.writeUInt32BE(~footer.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
  return Buffer.concat([seededBytes(sizeBytes, 1), footer]);
}

objectStoreContract("OSS over the simulator", async () => {
  const { cloud, close } = await simulated();
  return {
    store: cloud.objects("cn-hangzhou"),
    otherRegion: cloud.objects("cn-shanghai"),
    prefix: "simulated",
    close,
  };
});

imageRegistryContract("ECS over the simulator", async () => {
  const { simulator, cloud, close } = await simulated();
  const region = "cn-hangzhou";
  const bucket = "simulated-images";
  const store = cloud.objects(region);
  await store.createBucket(bucket);
  const good = fixedVhd();
  const broken = Buffer.from(good);
  broken.fill(7, broken.length - 300);
  for (const [key, bytes] of [
    ["good.vhd", good],
    ["broken.vhd", broken],
  ] as const) {
    const read = async ({ offset, length }: { offset: number; length: number }, into: Uint8Array) => {
      into.set(bytes.subarray(offset, offset + length));
    };
    await uploadObject(store, { sizeBytes: bytes.length, read }, { bucket, key });
  }
  simulator.clock.freeze();
  return {
    cloud,
    region,
    otherRegion: "cn-shanghai",
    goodDisk: { bucket, key: "good.vhd" },
    brokenDisk: { bucket, key: "broken.vhd" },
    accounts: {
      own: simulator.credentials.accountId,
      others: Array.from({ length: 12 }, (_, index) => String(2_000_000_000_000_000 + index)),
    },
    advance: async (ms) => simulator.clock.advance(ms),
    close,
  };
});

instanceRegistryContract("ECS over the simulator", async () => {
  const { simulator, cloud, close } = await simulated();
  simulator.clock.freeze();
  const region = "cn-hangzhou";
  const images = await cloud.images.listImages(region, { owners: ["system"] });
  const image = images.find(({ platform }) => platform === "Debian");
  return {
    cloud,
    region,
    imageId: image?.imageId ?? "",
    instanceType: "ecs.g7.large",
    advance: async (ms) => simulator.clock.advance(ms),
    close,
  };
});
