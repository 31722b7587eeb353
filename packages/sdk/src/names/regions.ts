/** A region of the cloud. */
export interface KnownRegion {
  /** Such as `cn-hangzhou`. */
  readonly id: string;
  /** Its name in English. */
  readonly name: string;
}

/**
 * Regions as the vendor's pages on regions and endpoints listed them at {@link regionsAsOf}, those being closed left out. What an
 * account may use is asked of the cloud; a region that is missing here is no mistake in a plan.
 */
export const knownRegions: readonly KnownRegion[] = [
  { id: "cn-hangzhou", name: "China (Hangzhou)" },
  { id: "cn-shanghai", name: "China (Shanghai)" },
  { id: "cn-beijing", name: "China (Beijing)" },
  { id: "cn-shenzhen", name: "China (Shenzhen)" },
  { id: "cn-qingdao", name: "China (Qingdao)" },
  { id: "cn-zhangjiakou", name: "China (Zhangjiakou)" },
  { id: "cn-huhehaote", name: "China (Hohhot)" },
  { id: "cn-wulanchabu", name: "China (Ulanqab)" },
  { id: "cn-heyuan", name: "China (Heyuan)" },
  { id: "cn-guangzhou", name: "China (Guangzhou)" },
  { id: "cn-chengdu", name: "China (Chengdu)" },
  { id: "cn-hongkong", name: "China (Hong Kong)" },
  { id: "ap-southeast-1", name: "Singapore" },
  { id: "ap-southeast-3", name: "Malaysia (Kuala Lumpur)" },
  { id: "ap-southeast-5", name: "Indonesia (Jakarta)" },
  { id: "ap-southeast-6", name: "Philippines (Manila)" },
  { id: "ap-southeast-7", name: "Thailand (Bangkok)" },
  { id: "ap-northeast-1", name: "Japan (Tokyo)" },
  { id: "ap-northeast-2", name: "South Korea (Seoul)" },
  { id: "us-west-1", name: "US (Silicon Valley)" },
  { id: "us-east-1", name: "US (Virginia)" },
  { id: "eu-central-1", name: "Germany (Frankfurt)" },
  { id: "eu-west-1", name: "UK (London)" },
  { id: "me-east-1", name: "UAE (Dubai)" },
];

/** When {@link knownRegions} was last compared with the vendor's pages: year and month. */
export const regionsAsOf = "2026-11";
