/** When the list of regions was last held against the vendor's. */
export const regionsAsOf = "2026-11";

/** A region of Alibaba Cloud. */
export interface RegionEntry {
  /** `cn-hangzhou`, as ECS and this program write it; OSS puts `oss-` in front. */
  readonly id: string;
  /** English name. */
  readonly name: string;
  /** Name in Chinese, as the vendor's console shows it. */
  readonly localName: string;
  /** True for a region that takes no new resources. */
  readonly closed?: true;
}

/**
 * Regions as the vendor's pages name them at {@link regionsAsOf}. The account's own list (DescribeRegions) is the truth; this one is
 * for where nobody can be asked.
 */
export const knownRegions: readonly RegionEntry[] = [
  { id: "cn-qingdao", name: "China (Qingdao)", localName: "华北1（青岛）" },
  { id: "cn-beijing", name: "China (Beijing)", localName: "华北2（北京）" },
  { id: "cn-zhangjiakou", name: "China (Zhangjiakou)", localName: "华北3（张家口）" },
  { id: "cn-huhehaote", name: "China (Hohhot)", localName: "华北5（呼和浩特）" },
  { id: "cn-wulanchabu", name: "China (Ulanqab)", localName: "华北6（乌兰察布）" },
  { id: "cn-hangzhou", name: "China (Hangzhou)", localName: "华东1（杭州）" },
  { id: "cn-shanghai", name: "China (Shanghai)", localName: "华东2（上海）" },
  { id: "cn-nanjing", name: "China (Nanjing)", localName: "华东5（南京）", closed: true },
  { id: "cn-fuzhou", name: "China (Fuzhou)", localName: "华东6（福州）", closed: true },
  { id: "cn-shenzhen", name: "China (Shenzhen)", localName: "华南1（深圳）" },
  { id: "cn-heyuan", name: "China (Heyuan)", localName: "华南2（河源）" },
  { id: "cn-guangzhou", name: "China (Guangzhou)", localName: "华南3（广州）" },
  { id: "cn-chengdu", name: "China (Chengdu)", localName: "西南1（成都）" },
  { id: "cn-hongkong", name: "China (Hong Kong)", localName: "中国香港" },
  { id: "ap-northeast-1", name: "Japan (Tokyo)", localName: "日本（东京）" },
  { id: "ap-northeast-2", name: "South Korea (Seoul)", localName: "韩国（首尔）" },
  { id: "ap-southeast-1", name: "Singapore", localName: "新加坡" },
  { id: "ap-southeast-2", name: "Australia (Sydney)", localName: "澳大利亚（悉尼）", closed: true },
  { id: "ap-southeast-3", name: "Malaysia (Kuala Lumpur)", localName: "马来西亚（吉隆坡）" },
  { id: "ap-southeast-5", name: "Indonesia (Jakarta)", localName: "印度尼西亚（雅加达）" },
  { id: "ap-southeast-6", name: "Philippines (Manila)", localName: "菲律宾（马尼拉）" },
  { id: "ap-southeast-7", name: "Thailand (Bangkok)", localName: "泰国（曼谷）" },
  { id: "ap-south-1", name: "India (Mumbai)", localName: "印度（孟买）", closed: true },
  { id: "us-west-1", name: "US (Silicon Valley)", localName: "美国（硅谷）" },
  { id: "us-east-1", name: "US (Virginia)", localName: "美国（弗吉尼亚）" },
  { id: "eu-central-1", name: "Germany (Frankfurt)", localName: "德国（法兰克福）" },
  { id: "eu-west-1", name: "UK (London)", localName: "英国（伦敦）" },
  { id: "me-east-1", name: "UAE (Dubai)", localName: "阿联酋（迪拜）" },
];

/** Families of instance types that are of ARM, as of {@link regionsAsOf}; all others known by then are x86. */
export const armFamilies: readonly string[] = ["c6r", "g6r", "c8y", "g8y", "r8y", "c8r", "g8r"];
