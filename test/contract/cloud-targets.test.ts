import { setTimeout as wait } from "node:timers/promises";
import { type Cloud, connectAlibabaCloud, credentialsFromEnvironment, uploadObject } from "@sampan/cloud";
import {
  imageRegistryContract,
  instanceRegistryContract,
  memoryCloud,
  objectStoreContract,
  seededBytes,
} from "@sampan/cloud/testing";
import { Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { describe, it, vi } from "vitest";

/*
 * The suites of the ports, unchanged, against the target that SAMPAN_TEST_TARGET names: `memory`, `simulator` (both when it is
 * not set) or `live`. What a live run needs, from the environment:
 *
 * | variable                       | what                                                                                   |
 * |--------------------------------|----------------------------------------------------------------------------------------|
 * | ALIBABA_CLOUD_ACCESS_KEY_ID, … | a key that may use OSS, ECS and RAM                                                     |
 * | SAMPAN_TEST_BUCKET             | how names of buckets begin: -contract, -elsewhere, -images are made and stay, emptied   |
 * | SAMPAN_TEST_REGION             | where; cn-hangzhou by default                                                          |
 * | SAMPAN_TEST_OTHER_REGION       | another region; cn-shanghai by default                                                 |
 * | SAMPAN_TEST_DISK               | images only: `bucket/key` of an importable VHD of at most 1 GiB in that region          |
 * | SAMPAN_TEST_ACCOUNT            | images only: id of the key's account                                                   |
 * | SAMPAN_TEST_ACCOUNTS           | images only: ids of eleven or more others to share with, separated by commas            |
 * | SAMPAN_TEST_IMAGE              | instances only: id of an available x86_64 image of that region                          |
 * | SAMPAN_TEST_INSTANCE_TYPE      | instances only: ecs.g7.large by default; the region's first vSwitch that has it is used  |
 *
 * Live runs cost a little money and, with images, an hour or so. A part for which something is not set is skipped by name.
 * ImageRegistry and InstanceRegistry run against memory and simulator beside their code, in packages/cloud/src.
 */

const { env } = process;
const target = env.SAMPAN_TEST_TARGET;
const region = env.SAMPAN_TEST_REGION ?? "cn-hangzhou";
const otherRegion = env.SAMPAN_TEST_OTHER_REGION ?? "cn-shanghai";

function storesOf(cloud: Cloud, prefix: string, close: () => Promise<void>) {
  return { store: cloud.objects(region), otherRegion: cloud.objects(otherRegion), prefix, close };
}

/** Runs a suite against the real cloud, or says by name what it lacks. */
function live(suite: string, needed: readonly string[], run: () => void): void {
  const missing = needed.filter((name) => !env[name]);
  if (missing.length === 0) {
    vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 3_600_000 });
    run();
    return;
  }
  describe(`${suite}: live`, () => {
    it.skip(`is not run: ${missing.join(", ")} not set`, () => {});
  });
}

const credentialNames = ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"];

if (target === undefined || target === "memory") {
  objectStoreContract("memory", async () => {
    const cloud = memoryCloud();
    return storesOf(cloud, "target", () => cloud.close());
  });
}

if (target === undefined || target === "simulator") {
  objectStoreContract("simulator", async () => {
    // Its rules at their strictest: no V1, no checksum for parts that were copied.
    const simulator = await Simulator.start({ switches: { acceptV1: false, crcOfCopies: "absent" } });
    const { accessKeyId, accessKeySecret } = simulator.credentials;
    const cloud = connectAlibabaCloud({
      endpoints: { simulator: simulator.endpoint },
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
    });
    return storesOf(cloud, "target", async () => {
      await cloud.close();
      await simulator.stop();
    });
  });
}

if (target === "live") {
  live("ObjectStore", [...credentialNames, "SAMPAN_TEST_BUCKET"], () =>
    objectStoreContract("live", async () => {
      const cloud = connectAlibabaCloud({ credentials: credentialsFromEnvironment(env), region });
      return storesOf(cloud, env.SAMPAN_TEST_BUCKET ?? "", () => cloud.close());
    }),
  );

  const forImages = ["SAMPAN_TEST_BUCKET", "SAMPAN_TEST_DISK", "SAMPAN_TEST_ACCOUNT", "SAMPAN_TEST_ACCOUNTS"];
  live("ImageRegistry", [...credentialNames, ...forImages], () =>
    imageRegistryContract("live", async () => {
      const cloud = connectAlibabaCloud({ credentials: credentialsFromEnvironment(env), region });
      const store = cloud.objects(region);
      const brokenDisk = { bucket: `${env.SAMPAN_TEST_BUCKET}-images`, key: "broken.vhd" };
      await store.createBucket(brokenDisk.bucket);
      const bytes = seededBytes(1024 * 1024, 1);
      const read = async ({ offset, length }: { offset: number; length: number }, into: Uint8Array) => {
        into.set(bytes.subarray(offset, offset + length));
      };
      await uploadObject(store, { sizeBytes: bytes.length, read }, brokenDisk);
      const [bucket = "", ...key] = (env.SAMPAN_TEST_DISK ?? "").split("/");
      return {
        cloud,
        region,
        otherRegion,
        goodDisk: { bucket, key: key.join("/") },
        brokenDisk,
        accounts: {
          own: env.SAMPAN_TEST_ACCOUNT ?? "",
          others: (env.SAMPAN_TEST_ACCOUNTS ?? "").split(/[\s,]+/).filter((id) => id !== ""),
        },
        advance: (ms) => wait(ms),
        async close() {
          await store.deleteObject(brokenDisk);
          await cloud.close();
        },
      };
    }),
  );

  live("InstanceRegistry", [...credentialNames, "SAMPAN_TEST_IMAGE"], () =>
    instanceRegistryContract("live", async () => {
      const cloud = connectAlibabaCloud({ credentials: credentialsFromEnvironment(env), region });
      return {
        cloud,
        region,
        imageId: env.SAMPAN_TEST_IMAGE ?? "",
        instanceType: env.SAMPAN_TEST_INSTANCE_TYPE ?? "ecs.g7.large",
        advance: (ms) => wait(ms),
        close: () => cloud.close(),
      };
    }),
  );
}

if (target !== undefined && !["memory", "simulator", "live"].includes(target)) {
  throw new Error(`SAMPAN_TEST_TARGET is ${target}: use memory, simulator or live`);
}
