/** An instance type, as far as launching an image depends on it. */
export interface InstanceType {
  readonly instanceType: string;
  /** `x86_64` or `arm64`, in the words of images. */
  readonly architecture: string;
  /** `BIOS`, `UEFI`; empty when the cloud does not say. */
  readonly bootModes: readonly string[];
  /** Whether its disks are NVMe devices: then the image has to support them. */
  readonly nvme: "required" | "supported" | "unsupported";
}

/** A zone of a region, with what the vendor offers there in general; stock is asked for a type by {@link LaunchOffers.offeredZones}. */
export interface CloudZone {
  readonly zone: string;
  readonly instanceTypes: readonly string[];
}

/** A zone in which an instance type can be had now. */
export interface OfferedZone {
  readonly zone: string;
  /** Categories the system disk may have there; empty when the cloud does not say. */
  readonly systemDiskCategories: readonly string[];
}

/** A vSwitch: one network of a VPC, in one zone. */
export interface VSwitch {
  readonly vSwitchId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly freeAddresses: number;
}

/** A security group: the firewall rules instances of one VPC share. */
export interface SecurityGroup {
  readonly securityGroupId: string;
  readonly vpcId: string | null;
  readonly name: string;
}

/**
 * A port to what an instance can be launched with in a region: types, stock, networks.
 *
 * Every method makes one call (a list as many as it has pages) and does not retry; it rejects only with SampanError.
 */
export interface LaunchOffers {
  /** The types asked for; one the cloud does not know is missing from the answer. */
  describeInstanceTypes(
    region: string,
    instanceTypes: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly InstanceType[]>;
  /** All zones of the region, with the types offered in each. */
  listZones(region: string, signal?: AbortSignal): Promise<readonly CloudZone[]>;
  /** Zones in which the type is in stock now, for pay-as-you-go. Empty when it is sold out or unknown. */
  offeredZones(region: string, instanceType: string, signal?: AbortSignal): Promise<readonly OfferedZone[]>;
  /** vSwitches by id, or all of a VPC, or all of the region. An unknown id is missing from the answer. */
  listVSwitches(
    region: string,
    query: { readonly vSwitchIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ): Promise<readonly VSwitch[]>;
  /** Security groups by id, or all of a VPC, or all of the region. An unknown id is missing from the answer. */
  listSecurityGroups(
    region: string,
    query: { readonly securityGroupIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ): Promise<readonly SecurityGroup[]>;
}
