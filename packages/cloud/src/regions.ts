import { SampanError } from "@sampan/core";

const regionId = /^[a-z]{2,4}(-[a-z]{2,16}){1,3}(-[0-9]{1,2})?$/;

/** Refuses what cannot be a region id (`cn-hangzhou`), OSS's spelling `oss-cn-hangzhou` included: `CLOUD_REGION_UNKNOWN`. */
export function assertRegionId(region: string): void {
  if (regionId.test(region) && !region.startsWith("oss-")) return;
  throw new SampanError("CLOUD_REGION_UNKNOWN", `using region ${JSON.stringify(region)}: no region id`, {
    details: { region },
  });
}

/** The region as ali-oss wants it: `oss-cn-hangzhou`. */
export function ossRegion(region: string): string {
  return `oss-${region}`;
}

/** The region id in a bucket's location (`oss-cn-hangzhou`) or endpoint (`oss-cn-hangzhou-internal.aliyuncs.com`). */
export function regionOfOssLocation(location: string): string {
  return location
    .trim()
    .replace(/\.aliyuncs\.com$/, "")
    .replace(/-internal$/, "")
    .replace(/^oss-/, "");
}
