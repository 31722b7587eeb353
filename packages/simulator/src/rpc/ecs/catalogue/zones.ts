/**
 * Letters of the zones of each region, as of 2026: two or three of those the vendor's page on regions and zones names.
 * A region of the simulator's own gets the first two letters.
 */
const lettersByRegion: Readonly<Record<string, string>> = {
  "cn-qingdao": "bc",
  "cn-beijing": "hkl",
  "cn-zhangjiakou": "abc",
  "cn-huhehaote": "ab",
  "cn-wulanchabu": "abc",
  "cn-hangzhou": "ijk",
  "cn-shanghai": "blm",
  "cn-shenzhen": "def",
  "cn-heyuan": "ab",
  "cn-guangzhou": "ab",
  "cn-chengdu": "ab",
  "cn-hongkong": "bcd",
  "ap-northeast-1": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-5": "abc",
  "us-east-1": "ab",
  "eu-central-1": "abc",
};

/** Ids of a region's zones: `cn-hangzhou-i` in China, `us-east-1a` elsewhere. */
export function zonesOf(region: string): readonly string[] {
  const letters = Object.hasOwn(lettersByRegion, region) ? lettersByRegion[region] : undefined;
  const separator = /\d$/.test(region) ? "" : "-";
  return [...(letters ?? "ab")].map((letter) => `${region}${separator}${letter}`);
}
