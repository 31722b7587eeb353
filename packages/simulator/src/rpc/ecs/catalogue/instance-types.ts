/** An instance type as far as launching an image depends on it. */
export interface InstanceType {
  readonly id: string;
  readonly family: string;
  readonly generation: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly architecture: "X86" | "ARM";
  readonly bootModes: readonly ("BIOS" | "UEFI")[];
  readonly nvme: "required" | "supported" | "unsupported";
  readonly level: "EntryLevel" | "EnterpriseLevel";
  readonly category: string;
  readonly processor: string;
  readonly bandwidthKbps: number;
  readonly interfaces: number;
  readonly addressesPerInterface: number;
}

type Family = Omit<
  InstanceType,
  "id" | "family" | "cpus" | "memoryGiB" | "bandwidthKbps" | "interfaces" | "addressesPerInterface"
> & { readonly sizes: string };

const intelBoth = { architecture: "X86", bootModes: ["BIOS", "UEFI"] } as const;

/**
 * Families and their sizes, written `.size:vCPU:GiB`. Source: the vendor's page on instance families as of 2026, a part of
 * it: one old, two current and one new x86 family of each kind, a burstable one, an AMD one and an Arm one. What needs NVMe
 * and what starts by UEFI only follows the vendor's page on NVMe and boot modes.
 */
const families: Readonly<Record<string, Family>> = {
  "ecs.t6": {
    ...intelBoth,
    bootModes: ["BIOS"],
    generation: "ecs-5",
    nvme: "unsupported",
    level: "EntryLevel",
    category: "Shared",
    processor: "Intel(R) Xeon(R) Platinum 8269CY",
    sizes: "-c4m1.large:2:0.5 -c2m1.large:2:1 -c1m1.large:2:2 -c1m2.large:2:4 -c1m4.large:2:8",
  },
  "ecs.g6": {
    ...intelBoth,
    bootModes: ["BIOS"],
    generation: "ecs-5",
    nvme: "unsupported",
    level: "EnterpriseLevel",
    category: "General-purpose",
    processor: "Intel(R) Xeon(R) Platinum 8269CY",
    sizes: ".large:2:8 .xlarge:4:16 .2xlarge:8:32 .4xlarge:16:64",
  },
  "ecs.g7": {
    ...intelBoth,
    generation: "ecs-6",
    nvme: "supported",
    level: "EnterpriseLevel",
    category: "General-purpose",
    processor: "Intel(R) Xeon(R) Platinum 8369B",
    sizes: ".large:2:8 .xlarge:4:16 .2xlarge:8:32 .4xlarge:16:64",
  },
  "ecs.c7": {
    ...intelBoth,
    generation: "ecs-6",
    nvme: "supported",
    level: "EnterpriseLevel",
    category: "Compute-optimized",
    processor: "Intel(R) Xeon(R) Platinum 8369B",
    sizes: ".large:2:4 .xlarge:4:8 .2xlarge:8:16 .4xlarge:16:32",
  },
  "ecs.r7": {
    ...intelBoth,
    generation: "ecs-6",
    nvme: "supported",
    level: "EnterpriseLevel",
    category: "Memory-optimized",
    processor: "Intel(R) Xeon(R) Platinum 8369B",
    sizes: ".large:2:16 .xlarge:4:32 .2xlarge:8:64",
  },
  "ecs.g7a": {
    ...intelBoth,
    generation: "ecs-6",
    nvme: "supported",
    level: "EnterpriseLevel",
    category: "General-purpose",
    processor: "AMD EPYC(TM) MILAN",
    sizes: ".large:2:8 .xlarge:4:16 .2xlarge:8:32",
  },
  "ecs.c8i": {
    ...intelBoth,
    generation: "ecs-8",
    nvme: "required",
    level: "EnterpriseLevel",
    category: "Compute-optimized",
    processor: "Intel(R) Xeon(R) Platinum 8475B",
    sizes: ".large:2:4 .xlarge:4:8 .2xlarge:8:16 .4xlarge:16:32",
  },
  "ecs.g8i": {
    ...intelBoth,
    generation: "ecs-8",
    nvme: "required",
    level: "EnterpriseLevel",
    category: "General-purpose",
    processor: "Intel(R) Xeon(R) Platinum 8475B",
    sizes: ".large:2:8 .xlarge:4:16 .2xlarge:8:32 .4xlarge:16:64",
  },
  "ecs.g8y": {
    architecture: "ARM",
    bootModes: ["UEFI"],
    generation: "ecs-8",
    nvme: "required",
    level: "EnterpriseLevel",
    category: "General-purpose",
    processor: "YiTian 710",
    sizes: ".small:1:4 .large:2:8 .xlarge:4:16 .2xlarge:8:32",
  },
};

/** The instance types that exist, smallest first within a family. */
export const instanceTypes: readonly InstanceType[] = Object.entries(families).flatMap(
  ([family, { sizes, ...traits }]) =>
    sizes.split(" ").map((text) => {
      const [size = "", cpuText = "", memoryText = ""] = text.split(":");
      const cpus = Number(cpuText);
      const interfaces = Math.min(8, cpus <= 2 ? 3 : cpus);
      return {
        ...traits,
        id: `${family}${size}`,
        family,
        cpus,
        memoryGiB: Number(memoryText),
        bandwidthKbps: Math.min(10_000_000, cpus * 1_024_000),
        interfaces,
        addressesPerInterface: cpus <= 2 ? 6 : 15,
      };
    }),
);

/** The instance type of an id. */
export function findInstanceType(id: string): InstanceType | undefined {
  return instanceTypes.find((type) => type.id === id);
}
