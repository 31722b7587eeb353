import type {
  CloudZone,
  InstanceType,
  LaunchOffers,
  OfferedZone,
  SecurityGroup,
  VSwitch,
} from "../launch-offers.ts";
import { assertRegionId } from "../regions.ts";
import { type MemoryPower, memoryNetworks } from "./memory-instances.ts";
import type { MemoryWorld } from "./memory-world.ts";

/** What a memory cloud offers: four types, two zones a region, two VPCs. */
export class MemoryLaunchOffers implements LaunchOffers {
  readonly #world: MemoryWorld;
  readonly #power: MemoryPower;

  constructor(world: MemoryWorld, power: MemoryPower) {
    this.#world = world;
    this.#power = power;
  }

  async describeInstanceTypes(region: string, instanceTypes: readonly string[], signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("describeInstanceTypes", signal, (): readonly InstanceType[] =>
      this.#power.types.filter((type) => instanceTypes.includes(type.instanceType)),
    );
  }

  async listZones(region: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("listZones", signal, (): readonly CloudZone[] =>
      memoryNetworks(region).zones.map((zone) => ({
        zone,
        instanceTypes: this.#power.types.map(({ instanceType }) => instanceType),
      })),
    );
  }

  async offeredZones(region: string, instanceType: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("offeredZones", signal, (): readonly OfferedZone[] =>
      this.#power.types.some((type) => type.instanceType === instanceType)
        ? memoryNetworks(region)
            .zones.filter((zone) => !this.#power.soldOut.has(`${zone} ${instanceType}`))
            .map((zone) => ({ zone, systemDiskCategories: ["cloud_essd", "cloud_efficiency"] }))
        : [],
    );
  }

  async listVSwitches(
    region: string,
    query: { readonly vSwitchIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ) {
    assertRegionId(region);
    return this.#world.call("listVSwitches", signal, (): readonly VSwitch[] =>
      memoryNetworks(region).vSwitches.filter(
        ({ vSwitchId, vpcId }) =>
          (query.vSwitchIds === undefined || query.vSwitchIds.includes(vSwitchId)) &&
          (query.vpcId === undefined || query.vpcId === vpcId),
      ),
    );
  }

  async listSecurityGroups(
    region: string,
    query: { readonly securityGroupIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ) {
    assertRegionId(region);
    return this.#world.call("listSecurityGroups", signal, (): readonly SecurityGroup[] =>
      memoryNetworks(region).groups.filter(
        ({ securityGroupId, vpcId }) =>
          (query.securityGroupIds === undefined || query.securityGroupIds.includes(securityGroupId)) &&
          (query.vpcId === undefined || query.vpcId === vpcId),
      ),
    );
  }
}
