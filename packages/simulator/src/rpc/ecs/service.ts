import type { RpcAction, RpcService } from "../call.ts";
import {
  describeAvailableResource,
  describeImageSupportInstanceTypes,
  describeInstanceTypeFamilies,
  describeInstanceTypes,
  describeZones,
} from "./catalogue/describe-catalogue.ts";
import { cancelCopyImage, copyImage } from "./copy-image.ts";
import { describeImages } from "./describe-images.ts";
import { createImage } from "./disks/create-image.ts";
import { describeSnapshots } from "./disks/describe-snapshots.ts";
import { createDisk, deleteDisk, describeDisks } from "./disks/disks.ts";
import { createSnapshot, deleteSnapshot } from "./disks/snapshots.ts";
import { imagePipelineActions } from "./image-pipelines.ts";
import { importImage } from "./import-image.ts";
import {
  describeInstanceAttribute,
  describeInstanceStatus,
  describeInstances,
} from "./instances/describe-instances.ts";
import {
  describeCloudAssistantStatus,
  getInstanceConsoleOutput,
  getInstanceScreenshot,
} from "./instances/look-inside.ts";
import { allocatePublicIpAddress, modifyInstanceAttribute } from "./instances/manage-instances.ts";
import {
  deleteInstance,
  deleteInstances,
  rebootInstance,
  rebootInstances,
  startInstance,
  startInstances,
  stopInstance,
  stopInstances,
} from "./instances/power.ts";
import { createInstance, runInstances } from "./instances/run-instances.ts";
import {
  deleteImage,
  describeImageSharePermission,
  modifyImageAttribute,
  modifyImageSharePermission,
} from "./manage-images.ts";
import {
  authorizeSecurityGroup,
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroupAttribute,
  describeSecurityGroups,
} from "./network/security-groups.ts";
import { createVSwitch, deleteVSwitch, describeVSwitches } from "./network/v-switches.ts";
import { createVpc, deleteVpc, describeVpcs } from "./network/vpcs.ts";
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

const vpcActions = [describeVpcs, createVpc, deleteVpc, describeVSwitches, createVSwitch, deleteVSwitch];

/** Elastic Compute Service, 2014-05-26: what the way of an image needs, from an instance or to one. */
export const ecsService: RpcService = {
  service: "ecs",
  version: "2014-05-26",
  actions: [
    describeRegions,
    importImage,
    ...imagePipelineActions,
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
    createImage,
    createSnapshot,
    describeSnapshots,
    deleteSnapshot,
    describeDisks,
    createDisk,
    deleteDisk,
    describeZones,
    describeInstanceTypes,
    describeInstanceTypeFamilies,
    describeImageSupportInstanceTypes,
    describeAvailableResource,
    ...vpcActions,
    describeSecurityGroups,
    createSecurityGroup,
    authorizeSecurityGroup,
    describeSecurityGroupAttribute,
    deleteSecurityGroup,
    runInstances,
    createInstance,
    describeInstances,
    describeInstanceStatus,
    describeInstanceAttribute,
    startInstance,
    startInstances,
    stopInstance,
    stopInstances,
    rebootInstance,
    rebootInstances,
    deleteInstance,
    deleteInstances,
    modifyInstanceAttribute,
    allocatePublicIpAddress,
    getInstanceConsoleOutput,
    getInstanceScreenshot,
    describeCloudAssistantStatus,
  ],
};

/** Virtual Private Cloud, 2016-04-28: the same networks, by the version that is current for them. */
export const vpcService: RpcService = { service: "vpc", version: "2016-04-28", actions: vpcActions };
