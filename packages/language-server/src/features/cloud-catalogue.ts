import { knownRegions, type RegionEntry, regionsAsOf } from "@sampan/sdk/catalogue";
import type { Language } from "./plan-document.ts";

/** What is known of the cloud without asking it. */
export interface CloudCatalogue {
  /** The month in which it was last compared with the vendor's pages: `2026-11`. */
  readonly asOf: string;
  readonly regions: readonly RegionEntry[];
}

/** The catalogue that is shipped, without the regions that take nothing new. */
export const cloudCatalogue: CloudCatalogue = {
  asOf: regionsAsOf,
  regions: knownRegions.filter(({ closed }) => closed !== true),
};

/** Both names of a region, the reader's own first. */
export function regionTitle({ name, localName }: RegionEntry, language: Language): string {
  return language === "zh" ? `${localName} ${name}` : `${name} ${localName}`;
}

const timeZones: Readonly<Record<string, string>> = {
  "cn-hongkong": "Asia/Hong_Kong",
  "ap-northeast-1": "Asia/Tokyo",
  "ap-northeast-2": "Asia/Seoul",
  "ap-southeast-1": "Asia/Singapore",
  "ap-southeast-3": "Asia/Kuala_Lumpur",
  "ap-southeast-5": "Asia/Jakarta",
  "ap-southeast-6": "Asia/Manila",
  "ap-southeast-7": "Asia/Bangkok",
  "us-west-1": "America/Los_Angeles",
  "us-east-1": "America/New_York",
  "eu-central-1": "Europe/Berlin",
  "eu-west-1": "Europe/London",
  "me-east-1": "Asia/Dubai",
};

/** Time zone of a region in the IANA database; `undefined` where it is not known. */
export function timeZoneOf(regionId: string): string | undefined {
  if (Object.hasOwn(timeZones, regionId)) return timeZones[regionId];
  return regionId.startsWith("cn-") ? "Asia/Shanghai" : undefined;
}
