import type { InstanceRegistry, InstanceStatus, RunInstanceRequest } from "../instance-registry.ts";
import type { LaunchOffers } from "../launch-offers.ts";
import type { CreateSnapshotRequest, SnapshotRegistry } from "../snapshot-registry.ts";

/** An instance in memory; its state follows from the clock. */
export interface MemoryInstance {
  readonly instanceId: string;
  readonly region: string;
  readonly request: RunInstanceRequest;
  readonly vpcId: string;
  readonly zone: string;
  readonly createdAtMs: number;
  /** Sizes of its disks in bytes, the system disk first. */
  readonly diskBytes: readonly number[];
  /** What it is on the way to, and when it gets there. */
  target: "Running" | "Stopped";
  targetAtMs: number;
  /** While it is made it is Pending first. */
  starts: number;
}

/** A snapshot in memory; its progress follows from the clock. */
export interface MemorySnapshot {
  readonly snapshotId: string;
  readonly region: string;
  readonly request: CreateSnapshotRequest;
  readonly kind: "system" | "data";
  readonly sizeBytes: number;
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  readonly failed: boolean;
}

/** A type that a memory cloud offers. */
export interface MemoryType {
  readonly instanceType: string;
  readonly architecture: string;
  readonly bootModes: readonly string[];
  readonly nvme: "required" | "supported" | "unsupported";
}

/** How long a memory cloud's instances take, what they write, and what is sold out; tests change it. */
export interface MemoryPower {
  startMs: number;
  stopMs: number;
  snapshotMs: number;
  /** How the snapshots begun from now on end. */
  snapshotFails: boolean;
  /** What a running instance has written to its console. */
  console: string;
  /** What Cloud Assistant says of a running instance. */
  assistant: boolean;
  /** `zone type` pairs that are sold out. */
  readonly soldOut: Set<string>;
  /** Zones whose stock list says nothing of being sold out, until one launches. */
  readonly soldOutSilently: Set<string>;
  readonly types: MemoryType[];
  osType: "linux" | "windows";
}

/** The methods of the ports to instances, snapshots and offers. */
export type MemoryInstanceCall = keyof InstanceRegistry | keyof SnapshotRegistry | keyof LaunchOffers;

/** Power of a memory cloud unless a test changes it: seconds to start, one minute for a snapshot. */
export function memoryPower(): MemoryPower {
  const both = ["BIOS", "UEFI"];
  return {
    startMs: 20_000,
    stopMs: 30_000,
    snapshotMs: 60_000,
    snapshotFails: false,
    console: "[    0.000000] Linux version 6.1.0\n\nDebian GNU/Linux 12 web-01 ttyS0\n\nweb-01 login: ",
    assistant: false,
    soldOut: new Set(),
    soldOutSilently: new Set(),
    types: [
      { instanceType: "ecs.g6.large", architecture: "x86_64", bootModes: ["BIOS"], nvme: "unsupported" },
      { instanceType: "ecs.g7.large", architecture: "x86_64", bootModes: both, nvme: "supported" },
      { instanceType: "ecs.c8i.large", architecture: "x86_64", bootModes: both, nvme: "required" },
      { instanceType: "ecs.g8y.large", architecture: "arm64", bootModes: ["UEFI"], nvme: "required" },
    ],
    osType: "linux",
  };
}

/** Ids of the networks every region of a memory cloud has: two zones, one VPC, and another VPC in the first zone. */
export function memoryNetworks(region: string) {
  const zones = [`${region}-a`, `${region}-b`];
  const vpcId = `vpc-${region}`;
  const otherVpcId = `vpc-other-${region}`;
  return {
    vSwitches: [
      ...zones.map((zone) => ({ vSwitchId: `vsw-${zone}`, vpcId, zone, freeAddresses: 250 })),
      {
        vSwitchId: `vsw-other-${region}`,
        vpcId: otherVpcId,
        zone: zones[0] as string,
        freeAddresses: 250,
      },
    ],
    groups: [
      { securityGroupId: `sg-${region}`, vpcId, name: "default" },
      { securityGroupId: `sg-other-${region}`, vpcId: otherVpcId, name: "other" },
    ],
    zones,
  };
}

/** Where an instance is on its way at a time. */
export function memoryStatus(instance: MemoryInstance, nowMs: number): InstanceStatus {
  const { target, targetAtMs, createdAtMs, starts } = instance;
  if (nowMs >= targetAtMs) return target;
  if (target === "Stopped") return "Stopping";
  const half = createdAtMs + (targetAtMs - createdAtMs) / 2;
  return starts === 1 && nowMs < half ? "Pending" : "Starting";
}
