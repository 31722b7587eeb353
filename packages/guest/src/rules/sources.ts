import type { RuleSource } from "@sampan/core";

/*
 * Where the rules come from. Vendor pages move: the date says when each was written or read.
 */

/** A section of the image migration whitepaper, from which the profile `whitepaper-2017` is made. */
export function whitepaper(section: string): RuleSource {
  return {
    title: `Image Migration Technologies, Tools, and Processes in Application Migration Design, ${section}`,
    url: null,
    date: "2017-01-01",
  };
}

export const imageCheck: RuleSource = {
  title: "ECS: Check and repair custom images",
  url: "https://www.alibabacloud.com/help/en/ecs/user-guide/detect-custom-images-and-repair",
  date: "2026-11-01",
};

export const importRequirements: RuleSource = {
  title: "ECS: Check whether an image meets the import requirements",
  url: "https://www.alibabacloud.com/help/en/ecs/user-guide/check-whether-an-image-meets-the-import-requirements",
  date: "2026-11-01",
};

export const importImageApi: RuleSource = {
  title: "ECS API ImportImage, as described in @alicloud/ecs20140526 7.11.6",
  url: "https://alibabacloud.com/help/ja/ecs/api-importimage",
  date: "2026-11-01",
};

export const marketplaceImage: RuleSource = {
  title: "ECS: Specification of marketplace images",
  url: "https://www.alibabacloud.com/help/id/ecs/user-guide/cloud-marketplace-mirror-specification",
  date: "2026-04-28",
};

export const importInstructions: RuleSource = {
  title: "ECS: Instructions for importing images",
  url: "https://github.com/AlibabaCloudDocs/ecs",
  date: "2020-12-01",
};

export const imageCheckTool: RuleSource = {
  title: "ECS: The image_check tool and its items",
  url: "https://github.com/AlibabaCloudDocs/ecs",
  date: "2020-12-01",
};

export const migrationDrill: RuleSource = {
  title: "Server Migration Center: Items of the migration drill",
  url: "https://help.aliyun.com/en/smc/user-guide/migration-walkthrough-item-description",
  date: "2026-11-01",
};

/** For what no vendor page says: it follows from how ECS or the guest works. */
export const engineering: RuleSource = {
  title: "Sampan's own rule: it follows from how the guest boots, not from a page of the vendor",
  url: null,
  date: "2026-11-25",
};
