import type { OsTraits } from "../records.ts";

/** State of an instance as callers see it. */
export type InstanceState = "Pending" | "Starting" | "Running" | "Stopping" | "Stopped";

/** A change that will come about by itself. Times are simulated. */
export interface PlannedChange {
  readonly state: InstanceState;
  readonly atMs: number;
}

/** An instance as it is kept. Its disks are records of their own. */
export interface InstanceRecord {
  readonly instanceId: string;
  readonly region: string;
  readonly zoneId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly hostName: string;
  readonly description: string;
  readonly imageId: string;
  /** What the image was when the instance was made: it may be deleted since. */
  readonly os: OsTraits;
  /** How it starts: what the image and the type have in common. */
  readonly bootMode: "BIOS" | "UEFI";
  readonly instanceType: string;
  readonly vpcId: string;
  readonly vSwitchId: string;
  readonly securityGroupIds: readonly string[];
  readonly interfaceId: string;
  readonly privateIp: string;
  readonly publicIp: string | null;
  readonly macAddress: string;
  readonly bandwidthOutMbps: number;
  readonly bandwidthInMbps: number;
  readonly internetChargeType: string;
  readonly chargeType: string;
  readonly spotStrategy: string;
  readonly keyPairName: string;
  readonly ramRoleName: string;
  /** Base64, as it was sent. */
  readonly userData: string;
  readonly resourceGroupId: string;
  readonly deletionProtection: boolean;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  /** As it was asked for: a time of the service's clock. */
  readonly autoReleaseAtMs: number | null;
  /** When that is, in simulated time. */
  readonly releasesAtMs: number | null;
  readonly state: InstanceState;
  readonly plan: readonly PlannedChange[];
  readonly stoppedMode: "KeepCharging" | "StopCharging" | "Not-applicable";
  /** What it runs on: a machine, or nothing; `null` before it was ever started. */
  readonly machine: "booted" | "simulated" | null;
  /** What became of its machine, or why it has none, in a sentence; `null` when there is nothing to say. */
  readonly note: string | null;
}
