/** A virtual private cloud. */
export interface VpcRecord {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** A subnet of a VPC in one zone. */
export interface VSwitchRecord {
  readonly vSwitchId: string;
  readonly vpcId: string;
  readonly zoneId: string;
  readonly name: string;
  readonly description: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** A rule of a security group. Kept and shown; no packet is ever judged by it. */
export interface SecurityRule {
  readonly ruleId: string;
  readonly direction: "ingress" | "egress";
  readonly protocol: string;
  readonly portRange: string;
  readonly sourceCidr: string;
  readonly destinationCidr: string;
  readonly sourceGroupId: string;
  readonly policy: string;
  readonly priority: number;
  readonly description: string;
  readonly createdAtMs: number;
}

/** A security group. */
export interface SecurityGroupRecord {
  readonly securityGroupId: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly rules: readonly SecurityRule[];
  readonly createdAtMs: number;
}

/** The networks of one account in one region: one record, so that every change is whole. */
export interface NetworkRecord {
  readonly accountId: string;
  readonly region: string;
  readonly vpcs: readonly VpcRecord[];
  readonly vSwitches: readonly VSwitchRecord[];
  readonly securityGroups: readonly SecurityGroupRecord[];
}
