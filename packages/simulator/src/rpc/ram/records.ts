/** A policy attached to a user, group or role. */
export interface AttachedPolicy {
  readonly name: string;
  readonly type: "System" | "Custom";
  readonly attachedAtMs: number;
}

/** A role as it is kept. Times are simulated ones: propagation is judged by them. */
export interface RoleRecord {
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly description: string;
  readonly trustPolicy: string;
  readonly createdAtMs: number;
  readonly trustChangedAtMs: number;
  /** Longest session, in seconds. Absent in records of earlier versions: an hour. */
  readonly maxSessionSeconds?: number;
  readonly policies: readonly AttachedPolicy[];
}

/** An access key of a user. */
export interface UserKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly isActive: boolean;
  readonly createdAtMs: number;
}

/** A RAM user as it is kept. */
export interface UserRecord {
  readonly accountId: string;
  readonly userName: string;
  readonly userId: string;
  readonly displayName: string;
  readonly mobilePhone: string;
  readonly email: string;
  readonly comments: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly keys: readonly UserKey[];
  readonly policies: readonly AttachedPolicy[];
  readonly groups: readonly Membership[];
}

/** A user's place in a group. */
export interface Membership {
  readonly groupName: string;
  readonly joinedAtMs: number;
}

/** A group of users as it is kept; who is in it stands with the users. */
export interface GroupRecord {
  readonly accountId: string;
  readonly groupName: string;
  readonly groupId: string;
  readonly comments: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly policies: readonly AttachedPolicy[];
}

/** A custom policy as it is kept. */
export interface PolicyRecord {
  readonly accountId: string;
  readonly policyName: string;
  readonly description: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly defaultVersion: string;
  readonly versions: readonly PolicyVersion[];
  /** The number the next version gets: numbers are not used twice. */
  readonly nextVersion: number;
}

/** One version of a custom policy. */
export interface PolicyVersion {
  readonly versionId: string;
  readonly document: string;
  readonly createdAtMs: number;
}

/** The alias of an account as it is kept. */
export interface AliasRecord {
  readonly accountId: string;
  readonly alias: string;
}
