/** A region of the cloud, as the vendor's pages name it. */
export interface CloudRegion {
  readonly id: string;
  readonly name: { readonly en: string; readonly zh: string };
  /** Name of its time zone in the IANA database. */
  readonly timeZone: string;
}

/** The month in which {@link cloudRegions} was last compared with the vendor's pages. */
export const cloudRegionsAsOf = "2026-11";

const china = "Asia/Shanghai";

/**
 * Regions that a plan may name, as the vendor's pages on regions list them. Regions that are being closed are left out; an account's own
 * list may hold more, for which there is the setting `extraRegions`.
 */
export const cloudRegions: readonly CloudRegion[] = [
  { id: "cn-qingdao", name: { en: "China (Qingdao)", zh: "华北1(青岛)" }, timeZone: china },
  { id: "cn-beijing", name: { en: "China (Beijing)", zh: "华北2(北京)" }, timeZone: china },
  { id: "cn-zhangjiakou", name: { en: "China (Zhangjiakou)", zh: "华北3(张家口)" }, timeZone: china },
  { id: "cn-huhehaote", name: { en: "China (Hohhot)", zh: "华北5(呼和浩特)" }, timeZone: china },
  { id: "cn-wulanchabu", name: { en: "China (Ulanqab)", zh: "华北6(乌兰察布)" }, timeZone: china },
  { id: "cn-hangzhou", name: { en: "China (Hangzhou)", zh: "华东1(杭州)" }, timeZone: china },
  { id: "cn-shanghai", name: { en: "China (Shanghai)", zh: "华东2(上海)" }, timeZone: china },
  { id: "cn-shenzhen", name: { en: "China (Shenzhen)", zh: "华南1(深圳)" }, timeZone: china },
  { id: "cn-heyuan", name: { en: "China (Heyuan)", zh: "华南2(河源)" }, timeZone: china },
  { id: "cn-guangzhou", name: { en: "China (Guangzhou)", zh: "华南3(广州)" }, timeZone: china },
  { id: "cn-chengdu", name: { en: "China (Chengdu)", zh: "西南1(成都)" }, timeZone: china },
  { id: "cn-hongkong", name: { en: "China (Hong Kong)", zh: "中国香港" }, timeZone: "Asia/Hong_Kong" },
  { id: "ap-northeast-1", name: { en: "Japan (Tokyo)", zh: "日本(东京)" }, timeZone: "Asia/Tokyo" },
  { id: "ap-northeast-2", name: { en: "South Korea (Seoul)", zh: "韩国(首尔)" }, timeZone: "Asia/Seoul" },
  { id: "ap-southeast-1", name: { en: "Singapore", zh: "新加坡" }, timeZone: "Asia/Singapore" },
  {
    id: "ap-southeast-3",
    name: { en: "Malaysia (Kuala Lumpur)", zh: "马来西亚(吉隆坡)" },
    timeZone: "Asia/Kuala_Lumpur",
  },
  {
    id: "ap-southeast-5",
    name: { en: "Indonesia (Jakarta)", zh: "印度尼西亚(雅加达)" },
    timeZone: "Asia/Jakarta",
  },
  {
    id: "ap-southeast-6",
    name: { en: "Philippines (Manila)", zh: "菲律宾(马尼拉)" },
    timeZone: "Asia/Manila",
  },
  { id: "ap-southeast-7", name: { en: "Thailand (Bangkok)", zh: "泰国(曼谷)" }, timeZone: "Asia/Bangkok" },
  {
    id: "us-west-1",
    name: { en: "US (Silicon Valley)", zh: "美国(硅谷)" },
    timeZone: "America/Los_Angeles",
  },
  { id: "us-east-1", name: { en: "US (Virginia)", zh: "美国(弗吉尼亚)" }, timeZone: "America/New_York" },
  {
    id: "eu-central-1",
    name: { en: "Germany (Frankfurt)", zh: "德国(法兰克福)" },
    timeZone: "Europe/Berlin",
  },
  { id: "eu-west-1", name: { en: "UK (London)", zh: "英国(伦敦)" }, timeZone: "Europe/London" },
  { id: "me-east-1", name: { en: "UAE (Dubai)", zh: "阿联酋(迪拜)" }, timeZone: "Asia/Dubai" },
];
