import { assertRegionId } from "./regions.ts";

/** A service, and where it is reached from the public network. */
export interface ServiceEndpoint {
  readonly service: "OSS" | "ECS" | "RAM" | "STS";
  readonly url: URL;
}

// The vendor's ECS client 7.11 sends calls to this region there.
const ecsOf: Readonly<Record<string, string>> = { "cn-hangzhou": "ecs-cn-hangzhou.aliyuncs.com" };

/** The endpoints that a migration to a region uses; `CLOUD_REGION_UNKNOWN` for a malformed one. */
export function serviceEndpoints(region: string): readonly ServiceEndpoint[] {
  assertRegionId(region);
  const ecs = ecsOf[region] ?? `ecs.${region}.aliyuncs.com`;
  return [
    { service: "OSS", url: new URL(`https://oss-${region}.aliyuncs.com`) },
    { service: "ECS", url: new URL(`https://${ecs}`) },
    { service: "RAM", url: new URL("https://ram.aliyuncs.com") },
    { service: "STS", url: new URL("https://sts.aliyuncs.com") },
  ];
}
