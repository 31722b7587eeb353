import type { Cloud } from "@sampan/cloud";
import { SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { listAccount } from "./list-account.ts";

const regions = ["cn-shanghai", "cn-beijing", "cn-hangzhou", "ap-southeast-1", "eu-central-1", "us-west-1"];
const refused = (region: string) =>
  new SampanError("CLOUD_PERMISSION_DENIED", `looking at images in ${region}`);

/** A cloud with an image in each region; those of `closed` refuse. Tells how many were asked at once at most. */
function cloudWith(closed: readonly string[]) {
  const seen = { now: 0, most: 0, closedStores: 0 };
  const images = {
    listRegions: async () => regions,
    listImages: async (region: string) => {
      seen.most = Math.max(seen.most, ++seen.now);
      await new Promise((done) => setImmediate(done));
      seen.now--;
      if (closed.includes(region)) throw refused(region);
      return [{ imageId: `m-${region}`, region }];
    },
  };
  const objects = (region: string) => ({
    listBuckets: async () => [
      { name: "b", region: "cn-shanghai" },
      { name: "a", region: "cn-hangzhou" },
    ],
    listObjects: async (bucket: string, prefix: string) => [{ bucket, key: `${prefix}${region}` }],
    close: async () => void seen.closedStores++,
  });
  return { cloud: { images, objects } as unknown as Cloud, seen };
}

describe("a list of an account", () => {
  it("goes through all regions, a few at once, and tells them in order", async () => {
    const { cloud, seen } = cloudWith([]);
    const { rows, missed } = await listAccount(cloud, { kind: "images", regions: [] });
    expect(rows).toEqual([...regions].sort().map((region) => ({ imageId: `m-${region}`, region })));
    expect(missed).toEqual([]);
    expect(seen.most).toBe(4);
  });

  it("names the regions that refuse, and lists the others", async () => {
    const { cloud } = cloudWith(["us-west-1", "cn-beijing"]);
    const { rows, missed } = await listAccount(cloud, { kind: "images", regions: [] });
    expect(rows).toHaveLength(4);
    expect(missed.map(({ region, code }) => [region, code])).toEqual([
      ["cn-beijing", "CLOUD_PERMISSION_DENIED"],
      ["us-west-1", "CLOUD_PERMISSION_DENIED"],
    ]);
  });

  it("fails where every region refuses, and where it is given up", async () => {
    const { cloud } = cloudWith(regions);
    await expect(listAccount(cloud, { kind: "images", regions: ["eu-central-1"] })).rejects.toMatchObject({
      code: "CLOUD_PERMISSION_DENIED",
    });
    const signal = AbortSignal.abort("by Ctrl+C");
    await expect(
      listAccount(cloudWith([]).cloud, { kind: "images", regions: [], signal }),
    ).rejects.toMatchObject({
      code: "CORE_CANCELLED",
    });
  });

  it("finds the region of a bucket for its objects, and gives up every store it was given", async () => {
    const { cloud, seen } = cloudWith([]);
    const { rows } = await listAccount(cloud, { kind: "objects", regions: [], bucket: "b", prefix: "p/" });
    expect(rows).toEqual([{ bucket: "b", key: "p/cn-shanghai", region: "cn-shanghai" }]);
    await expect(listAccount(cloud, { kind: "objects", regions: [], bucket: "gone" })).rejects.toMatchObject({
      code: "CLOUD_BUCKET_NOT_FOUND",
    });
    expect((await listAccount(cloud, { kind: "buckets", regions: ["cn-hangzhou"] })).rows).toEqual([
      { name: "a", region: "cn-hangzhou" },
    ]);
    expect(seen.closedStores).toBe(4);
  });
});
