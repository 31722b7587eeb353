import { createRequire } from "node:module";
import { Secret } from "@sampan/core";
import { expect, it } from "vitest";

const vendors = /node_modules\/(ali-oss|@alicloud|@darabonba|urllib|hash-wasm)\//;

function loadedVendors(): string[] {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).filter((path) => vendors.test(path));
}

it("loads none of the vendor's modules until a call needs them", async () => {
  const { connectAlibabaCloud } = await import("./index.ts");
  const cloud = connectAlibabaCloud({
    endpoints: { simulator: "http://127.0.0.1:9" },
    credentials: { accessKeyId: "LTAItest", accessKeySecret: new Secret("secret") },
  });
  const store = cloud.objects("cn-hangzhou");
  expect(loadedVendors()).toEqual([]);

  await store.describeBucket("some-bucket").catch(() => {});
  expect(loadedVendors().some((path) => path.includes("/ali-oss/"))).toBe(true);
  expect(loadedVendors().some((path) => path.includes("/@alicloud/"))).toBe(false);

  await cloud.images.listRegions().catch(() => {});
  expect(loadedVendors().some((path) => path.includes("/@alicloud/ecs20140526/"))).toBe(true);
  await cloud.close();
});
