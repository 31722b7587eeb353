/** A region the simulator knows. */
export interface SimulatorRegion {
  /** `cn-hangzhou`; the OSS location is the same with `oss-` in front. */
  readonly id: string;
  /** English name, as DescribeRegions gives it with `AcceptLanguage=en-US`. */
  readonly name: string;
}

/**
 * Regions that exist by default.
 *
 * Source: vendor pages on regions and endpoints as of 2026; regions being closed are left out. The real account's list
 * comes from DescribeRegions, which the simulator answers from this table.
 */
export const simulatorRegions: readonly SimulatorRegion[] = [
  { id: "cn-qingdao", name: "China (Qingdao)" },
  { id: "cn-beijing", name: "China (Beijing)" },
  { id: "cn-zhangjiakou", name: "China (Zhangjiakou)" },
  { id: "cn-huhehaote", name: "China (Hohhot)" },
  { id: "cn-wulanchabu", name: "China (Ulanqab)" },
  { id: "cn-hangzhou", name: "China (Hangzhou)" },
  { id: "cn-shanghai", name: "China (Shanghai)" },
  { id: "cn-shenzhen", name: "China (Shenzhen)" },
  { id: "cn-heyuan", name: "China (Heyuan)" },
  { id: "cn-guangzhou", name: "China (Guangzhou)" },
  { id: "cn-chengdu", name: "China (Chengdu)" },
  { id: "cn-hongkong", name: "China (Hong Kong)" },
  { id: "ap-northeast-1", name: "Japan (Tokyo)" },
  { id: "ap-northeast-2", name: "South Korea (Seoul)" },
  { id: "ap-southeast-1", name: "Singapore" },
  { id: "ap-southeast-3", name: "Malaysia (Kuala Lumpur)" },
  { id: "ap-southeast-5", name: "Indonesia (Jakarta)" },
  { id: "ap-southeast-6", name: "Philippines (Manila)" },
  { id: "ap-southeast-7", name: "Thailand (Bangkok)" },
  { id: "us-west-1", name: "US (Silicon Valley)" },
  { id: "us-east-1", name: "US (Virginia)" },
  { id: "eu-central-1", name: "Germany (Frankfurt)" },
  { id: "eu-west-1", name: "UK (London)" },
  { id: "me-east-1", name: "UAE (Dubai)" },
];

/** Whether a region is subject to the rules for mainland China. */
export function isMainland(regionId: string): boolean {
  return regionId.startsWith("cn-") && regionId !== "cn-hongkong";
}
