import { createHash } from "node:crypto";
import type { JsonFiles } from "../../../state/json-files.ts";
import { zonesOf } from "../catalogue/zones.ts";
import { RecordTable } from "../record-table.ts";
import type { NetworkRecord, SecurityGroupRecord, VpcRecord, VSwitchRecord } from "./records.ts";

/** When the networks every account finds ready were made: long ago, the same in every simulator. */
const readySinceMs = Date.UTC(2026, 0, 1);

/**
 * VPCs, vSwitches and security groups.
 *
 * Every account finds one VPC, a vSwitch in each zone and a security group in every region, with ids that follow from the
 * account and the region. They are worked out when asked for, and written only once something is changed.
 */
export class NetworkStore {
  readonly #table: RecordTable<NetworkRecord>;
  readonly #ready = new Map<string, NetworkRecord>();

  constructor(files: JsonFiles) {
    this.#table = new RecordTable<NetworkRecord>(files, "networks", keyOf);
  }

  load(): Promise<void> {
    return this.#table.load();
  }

  /** The networks of an account in a region. */
  of(accountId: string, region: string): NetworkRecord {
    const key = keyOf({ accountId, region });
    const known = this.#table.get(key) ?? this.#ready.get(key);
    if (known) return known;
    const made = readyNetwork(accountId, region);
    this.#ready.set(key, made);
    return made;
  }

  /** Replaces the networks of an account in a region. */
  put(network: NetworkRecord): Promise<void> {
    return this.#table.put(network);
  }
}

function keyOf({ accountId, region }: { readonly accountId: string; readonly region: string }): string {
  return `${accountId}_${region}`;
}

function readyNetwork(accountId: string, region: string): NetworkRecord {
  const id = (prefix: string, what: string) => {
    const hash = createHash("sha256").update(`${accountId} ${region} ${what}`).digest("hex");
    return `${prefix}-bp1${hash.slice(0, 17)}`;
  };
  const vpc: VpcRecord = {
    vpcId: id("vpc", "vpc"),
    name: "default-vpc",
    description: "",
    cidr: "172.16.0.0/12",
    isDefault: true,
    createdAtMs: readySinceMs,
  };
  const vSwitches = zonesOf(region).map(
    (zoneId, index): VSwitchRecord => ({
      vSwitchId: id("vsw", zoneId),
      vpcId: vpc.vpcId,
      zoneId,
      name: `default-vswitch-${zoneId}`,
      description: "",
      cidr: `172.16.${index * 16}.0/20`,
      isDefault: true,
      createdAtMs: readySinceMs,
    }),
  );
  const group: SecurityGroupRecord = {
    securityGroupId: id("sg", "security group"),
    vpcId: vpc.vpcId,
    name: "default-security-group",
    description: "",
    type: "normal",
    resourceGroupId: "",
    tags: [],
    rules: [22, 3389].map((port) => ({
      ruleId: id("sgr", `port ${port}`),
      direction: "ingress",
      protocol: "TCP",
      portRange: `${port}/${port}`,
      sourceCidr: "0.0.0.0/0",
      destinationCidr: "",
      sourceGroupId: "",
      policy: "Accept",
      priority: 100,
      description: "",
      createdAtMs: readySinceMs,
    })),
    createdAtMs: readySinceMs,
  };
  return { accountId, region, vpcs: [vpc], vSwitches, securityGroups: [group] };
}
