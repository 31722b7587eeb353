import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { misfit } from "../instances/fit.ts";
import { diskCategories, requireOneOf, requireRegion } from "../rules.ts";
import { requireVisibleImage } from "../visible-images.ts";
import { findInstanceType, type InstanceType, instanceTypes } from "./instance-types.ts";
import { zonesOf } from "./zones.ts";

/** DescribeZones: the zones of a region and what can be had there. */
export const describeZones: RpcAction = {
  name: "DescribeZones",
  parameters: ["RegionId", "InstanceChargeType", "SpotStrategy", "AcceptLanguage", "Verbose"],
  run: async (call) => {
    const region = requireRegion(call);
    return {
      Zones: {
        Zone: zonesOf(region).map((zoneId) => {
          const types = instanceTypes.filter((type) => call.world.ecs.settings.isInStock(zoneId, type.id));
          return {
            ZoneId: zoneId,
            ZoneType: "AvailabilityZone",
            LocalName: zoneNameOf(call, region, zoneId),
            AvailableDiskCategories: { DiskCategories: diskCategories },
            AvailableVolumeCategories: { VolumeCategories: [] },
            AvailableInstanceTypes: { InstanceTypes: types.map((type) => type.id) },
            AvailableResourceCreation: { ResourceTypes: ["VSwitch", "IoOptimized", "Instance", "Disk"] },
            AvailableDedicatedHostTypes: { DedicatedHostType: [] },
            DedicatedHostGenerations: { DedicatedHostGeneration: [] },
            AvailableResources: {
              ResourcesInfo: [
                {
                  IoOptimized: true,
                  SystemDiskCategories: { supportedSystemDiskCategory: diskCategories },
                  DataDiskCategories: { supportedDataDiskCategory: diskCategories },
                  NetworkTypes: { supportedNetworkCategory: ["vpc"] },
                  InstanceTypes: { supportedInstanceType: types.map((type) => type.id) },
                  InstanceTypeFamilies: {
                    supportedInstanceTypeFamily: [...new Set(types.map((type) => type.family))],
                  },
                  InstanceGenerations: {
                    supportedInstanceGeneration: [...new Set(types.map((type) => type.generation))],
                  },
                },
              ],
            },
          };
        }),
      },
    };
  },
};

/** DescribeInstanceTypes: the catalogue, all of it or as far as it is asked for. */
export const describeInstanceTypes: RpcAction = {
  name: "DescribeInstanceTypes",
  parameters: (
    "InstanceTypes.N InstanceTypeFamily InstanceTypeFamilies.N CpuArchitecture CpuArchitectures.N InstanceCategory " +
    "InstanceCategories.N InstanceFamilyLevel NvmeSupport MinimumCpuCoreCount MaximumCpuCoreCount MinimumMemorySize " +
    "MaximumMemorySize MaxResults NextToken AdditionalAttributes.N"
  ).split(" "),
  run: async (call) => {
    const { parameters } = call;
    const among = (one: string, many: string, of: (type: InstanceType) => string) => {
      const wanted = [parameters.text(one), ...parameters.list(many)].filter((text) => text !== undefined);
      return (type: InstanceType) => wanted.length === 0 || wanted.includes(of(type));
    };
    const number = (name: string) => {
      const value = parameters.text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,6}(\.\d{1,2})?$/.test(value)) {
        throw new RpcError(400, `InvalidParameter.${name}`, `${name} must be a number.`);
      }
      return Number(value);
    };
    const least = { cpus: number("MinimumCpuCoreCount"), memory: number("MinimumMemorySize") };
    const most = { cpus: number("MaximumCpuCoreCount"), memory: number("MaximumMemorySize") };
    const tests = [
      among("", "InstanceTypes", (type) => type.id),
      among("InstanceTypeFamily", "InstanceTypeFamilies", (type) => type.family),
      among("CpuArchitecture", "CpuArchitectures", (type) => type.architecture),
      among("InstanceCategory", "InstanceCategories", (type) => type.category),
      among("InstanceFamilyLevel", "", (type) => type.level),
      among("NvmeSupport", "", (type) => type.nvme),
      (type: InstanceType) => type.cpus >= (least.cpus ?? 0) && type.cpus <= (most.cpus ?? 1e9),
      (type: InstanceType) => type.memoryGiB >= (least.memory ?? 0) && type.memoryGiB <= (most.memory ?? 1e9),
    ];
    const found = instanceTypes.filter((type) => tests.every((test) => test(type)));
    const size = parameters.integer("MaxResults", { min: 1, max: 1600 }) ?? 1600;
    const start = readOffset(parameters.text("NextToken"));
    const end = start + size;
    return {
      NextToken: end < found.length ? Buffer.from(String(end)).toString("base64url") : "",
      InstanceTypes: { InstanceType: found.slice(start, end).map(describe) },
    };
  },
};

/** DescribeInstanceTypeFamilies. */
export const describeInstanceTypeFamilies: RpcAction = {
  name: "DescribeInstanceTypeFamilies",
  parameters: ["RegionId", "Generation"],
  run: async (call) => {
    requireRegion(call);
    const generation = call.parameters.text("Generation");
    const families = new Map(instanceTypes.map((type) => [type.family, type.generation]));
    return {
      InstanceTypeFamilies: {
        InstanceTypeFamily: [...families]
          .filter(([, of]) => generation === undefined || of === generation)
          .map(([family, of]) => ({ InstanceTypeFamilyId: family, Generation: of })),
      },
    };
  },
};

/** DescribeImageSupportInstanceTypes: the types an image can be launched on. */
export const describeImageSupportInstanceTypes: RpcAction = {
  name: "DescribeImageSupportInstanceTypes",
  parameters: ["RegionId", "ImageId", "ActionType", "Filter.N.Key", "Filter.N.Value"],
  run: async (call) => {
    const region = requireRegion(call);
    const image = requireVisibleImage(call, region);
    const filters = call.parameters.structures("Filter").map(({ fields }) => {
      const key = fields.required("Key");
      const value = fields.required("Value");
      if (key === "imageSupportInstanceType.instanceTypeFamily" || key === "InstanceTypeFamily") {
        return (type: InstanceType) => type.family === value;
      }
      if (key === "imageSupportInstanceType.instanceType" || key === "InstanceType") {
        return (type: InstanceType) => type.id === value;
      }
      throw new RpcError(404, "InvalidFilterKey.NotFound", `The filter ${key} is not known.`);
    });
    return {
      RegionId: region,
      ImageId: image.imageId,
      InstanceTypes: {
        InstanceType: instanceTypes
          .filter((type) => misfit(image, type) === undefined && filters.every((filter) => filter(type)))
          .map((type) => ({
            InstanceTypeId: type.id,
            InstanceTypeFamily: type.family,
            CpuCoreCount: type.cpus,
            MemorySize: type.memoryGiB,
          })),
      },
    };
  },
};

const destinations = ["Zone", "IoOptimized", "InstanceType", "SystemDisk", "DataDisk", "Network", "ddh"];

/** DescribeAvailableResource: what can be had in each zone, and what is sold out. */
export const describeAvailableResource: RpcAction = {
  name: "DescribeAvailableResource",
  parameters: (
    "RegionId ZoneId DestinationResource InstanceType IoOptimized SystemDiskCategory DataDiskCategory NetworkCategory " +
    "InstanceChargeType SpotStrategy SpotDuration DedicatedHostId ResourceType Scope Cores Memory"
  ).split(" "),
  run: async (call) => {
    const { parameters } = call;
    const region = requireRegion(call);
    const destination = parameters.required("DestinationResource");
    requireOneOf(destination, destinations, "Invalid.DestinationResource");
    const zoneId = parameters.text("ZoneId");
    const typeId = parameters.text("InstanceType");
    if (typeId !== undefined && !findInstanceType(typeId)) {
      throw new RpcError(
        400,
        "InvalidInstanceType.ValueNotSupported",
        `There is no instance type ${typeId}.`,
      );
    }
    const cores = parameters.integer("Cores", { min: 1, max: 10_000 });
    const memory = parameters.text("Memory");
    const types = instanceTypes.filter(
      (type) =>
        (typeId === undefined || type.id === typeId) &&
        (cores === undefined || type.cpus === cores) &&
        (memory === undefined || type.memoryGiB === Number(memory)),
    );
    const zones = zonesOf(region).filter((zone) => zoneId === undefined || zone === zoneId);
    return {
      AvailableZones: {
        AvailableZone: zones.map((zone) => {
          const resources = resourcesOf(call, destination, zone, types);
          const hasSome = types.some((type) => call.world.ecs.settings.isInStock(zone, type.id));
          return {
            RegionId: region,
            ZoneId: zone,
            ...stockFields(hasSome),
            AvailableResources: {
              AvailableResource: [
                { Type: destination, SupportedResources: { SupportedResource: resources } },
              ],
            },
          };
        }),
      },
    };
  },
};

function resourcesOf(
  call: RpcCall,
  destination: string,
  zone: string,
  types: readonly InstanceType[],
): JsonObject[] {
  const { settings } = call.world.ecs;
  const plain = (values: readonly string[]) =>
    values.map((value) => ({ Value: value, ...stockFields(true) }));
  switch (destination) {
    case "InstanceType":
      return types.map((type) => ({ Value: type.id, ...stockFields(settings.isInStock(zone, type.id)) }));
    case "SystemDisk":
    case "DataDisk": {
      const [min, max] = destination === "SystemDisk" ? [20, 2048] : [20, 65_536];
      return plain(diskCategories).map((disk) => ({ ...disk, Min: min, Max: max, Unit: "GiB" }));
    }
    case "IoOptimized":
      return plain(["optimized"]);
    case "Network":
      return plain(["vpc"]);
    case "Zone":
      return plain([zone]);
    default:
      return [];
  }
}

function stockFields(hasStock: boolean) {
  return hasStock
    ? { Status: "Available", StatusCategory: "WithStock" }
    : { Status: "SoldOut", StatusCategory: "WithoutStock" };
}

function describe(type: InstanceType): JsonObject {
  return {
    InstanceTypeId: type.id,
    InstanceTypeFamily: type.family,
    InstanceFamilyLevel: type.level,
    InstanceCategory: type.category,
    CpuCoreCount: type.cpus,
    MemorySize: type.memoryGiB,
    CpuArchitecture: type.architecture,
    PhysicalProcessorModel: type.processor,
    CpuOptions: {
      Core: Math.max(1, type.cpus / 2),
      CoreFactor: 1,
      ThreadsPerCore: type.architecture === "ARM" ? 1 : 2,
      HyperThreadingAdjustable: false,
      SupportedTopologyTypes: { SupportedTopologyType: [] },
    },
    SupportedBootModes: { SupportedBootMode: type.bootModes },
    NvmeSupport: type.nvme,
    DiskQuantity: 17,
    EniQuantity: type.interfaces,
    EniTotalQuantity: type.interfaces,
    EniPrivateIpAddressQuantity: type.addressesPerInterface,
    EniIpv6AddressQuantity: type.addressesPerInterface,
    EniTrunkSupported: false,
    EriQuantity: 0,
    GPUAmount: 0,
    GPUSpec: "",
    GPUMemorySize: 0,
    LocalStorageCategory: "",
    InstanceBandwidthRx: type.bandwidthKbps,
    InstanceBandwidthTx: type.bandwidthKbps,
    InstancePpsRx: 500_000,
    InstancePpsTx: 500_000,
    NetworkCardQuantity: 1,
    NetworkCards: { NetworkCardInfo: [{ NetworkCardIndex: 0 }] },
    Attributes: { Attribute: [] },
  };
}

function zoneNameOf(call: RpcCall, region: string, zoneId: string): string {
  const name = call.world.options.regions.find((candidate) => candidate.id === region)?.name ?? region;
  return `${name} Zone ${zoneId.slice(-1).toUpperCase()}`;
}

function readOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = Buffer.from(token.slice(0, 16), "base64url").toString("latin1");
  if (!/^\d{1,6}$/.test(text)) {
    throw new RpcError(400, "InvalidParameter.NextToken", "The NextToken is none given before.");
  }
  return Number(text);
}
