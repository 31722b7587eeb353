import type { RpcAction, RpcService } from "../call.ts";
import { cancelCopyImage, copyImage } from "./copy-image.ts";
import { describeImages } from "./describe-images.ts";
import { importImage } from "./import-image.ts";
import {
  deleteImage,
  describeImageSharePermission,
  modifyImageAttribute,
  modifyImageSharePermission,
} from "./manage-images.ts";
import { cancelTask, describeTaskAttribute, describeTasks } from "./tasks.ts";

const describeRegions: RpcAction = {
  name: "DescribeRegions",
  parameters: ["InstanceChargeType", "ResourceType", "AcceptLanguage"],
  run: async ({ world }) => ({
    Regions: {
      Region: world.options.regions.map((region) => ({
        RegionId: region.id,
        RegionEndpoint: `ecs.${region.id}.aliyuncs.com`,
        LocalName: region.name,
        Status: "available",
      })),
    },
  }),
};

/** Elastic Compute Service, 2014-05-26: what the way of an image needs. */
export const ecsService: RpcService = {
  service: "ecs",
  version: "2014-05-26",
  actions: [
    describeRegions,
    importImage,
    describeImages,
    describeTasks,
    describeTaskAttribute,
    cancelTask,
    copyImage,
    cancelCopyImage,
    deleteImage,
    modifyImageAttribute,
    modifyImageSharePermission,
    describeImageSharePermission,
  ],
};
