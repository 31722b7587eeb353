/** A list as the cloud gave it. */
export interface Listed<T> {
  /** False when only a part was asked for or allowed to be seen. */
  readonly complete: boolean;
  /** When it was asked for, in milliseconds since 1970. */
  readonly askedAtMs: number;
  readonly items: readonly T[];
}

/** A bucket of the account. */
export interface BucketFact {
  readonly name: string;
  /** Region id, such as `cn-hangzhou`. */
  readonly region: string;
  readonly storageClass?: string;
  /** `private`, `public-read` or `public-read-write`. */
  readonly acl?: string;
  readonly versioning?: boolean;
  /** Whether a lifecycle rule removes old versions. */
  readonly cleansVersions?: boolean;
  /** Days after which a lifecycle rule deletes or archives objects; absent when none does. */
  readonly expiresAfterDays?: number;
  /** Server-side encryption, which ImportImage does not read. */
  readonly encrypted?: boolean;
}

/** A custom image of the account. */
export interface ImageFact {
  readonly name: string;
  readonly region: string;
  readonly id: string;
  /** Whether the plan's own earlier run made it: then it is taken over. */
  readonly ownRun?: boolean;
}

/** An object of a bucket. */
export interface ObjectFact {
  readonly bucket: string;
  readonly key: string;
  readonly ownRun?: boolean;
}

/** How much of a quota is used. */
export interface QuotaFact {
  readonly kind: "images" | "snapshots";
  readonly region: string;
  readonly used: number;
  readonly limit: number;
}

/** A zone and what it sells. */
export interface ZoneFact {
  readonly region: string;
  readonly zone: string;
  /** Instance types with stock; absent when that is not known. */
  readonly instanceTypes?: readonly string[];
}

/** A KMS key. */
export interface KmsKeyFact {
  readonly region: string;
  readonly id: string;
  readonly usable: boolean;
}

/** What is known of the account that a plan is for. Everything may be absent. */
export interface AccountFacts {
  /** Region that the profile names. */
  readonly region?: string;
  readonly buckets?: Listed<BucketFact>;
  readonly images?: Listed<ImageFact>;
  readonly objects?: Listed<ObjectFact>;
  readonly quotas?: Listed<QuotaFact>;
  readonly zones?: Listed<ZoneFact>;
  readonly kmsKeys?: Listed<KmsKeyFact>;
  /** RAM actions that are denied, such as `ecs:ImportImage`. */
  readonly deniedActions?: Listed<string>;
  /** The role `AliyunECSImageImportDefaultRole`. */
  readonly importRole?: {
    readonly askedAtMs: number;
    readonly state: "ready" | "missing" | "untrusted";
  };
  readonly credentials?: {
    /** When they end, in milliseconds since 1970; absent when they do not. */
    readonly expiresAtMs?: number;
    /** Whether they are renewed without anybody doing anything. */
    readonly renewable: boolean;
    /** Whether they are those of the account itself instead of a RAM user or role. */
    readonly mainAccount?: boolean;
  };
}
