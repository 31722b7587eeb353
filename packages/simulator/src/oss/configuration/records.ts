/** One rule of a bucket's lifecycle, as it is kept. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly tags: readonly Tag[];
  readonly filter: LifecycleFilter | null;
  readonly expiration: LifecycleExpiration | null;
  readonly transitions: readonly LifecycleTransition[];
  readonly abortMultipartUpload: LifecycleMoment | null;
  /** Days after which a version that is no longer the current one goes. */
  readonly noncurrentExpirationDays: number | null;
  readonly noncurrentTransitions: readonly NoncurrentTransition[];
}

/** When an action is due: so many days after the last change, or for everything changed before a date. */
export interface LifecycleMoment {
  readonly days: number | null;
  /** ISO 8601, midnight UTC. */
  readonly createdBeforeDate: string | null;
}

/** The end of objects, or of delete markers nothing lies behind any more. */
export interface LifecycleExpiration extends LifecycleMoment {
  readonly expiredObjectDeleteMarker: boolean;
}

/** A change of class of current objects. */
export interface LifecycleTransition extends LifecycleMoment {
  readonly storageClass: string;
}

/** A change of class of versions that are no longer current. */
export interface NoncurrentTransition {
  readonly noncurrentDays: number;
  readonly storageClass: string;
}

/** What a lifecycle rule leaves out beyond its prefix and tags. */
export interface LifecycleFilter {
  readonly sizeGreaterThan: number | null;
  readonly sizeLessThan: number | null;
  readonly notPrefix: string | null;
  readonly notTag: Tag | null;
}

/** A key and its value. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** One rule of a bucket for requests of web pages. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number | null;
}

/** The retention policy of a bucket: write once, read many. */
export interface WormPolicy {
  readonly wormId: string;
  readonly state: "InProgress" | "Locked";
  readonly days: number;
  /** Simulated time. A policy not completed within a day of it is gone. */
  readonly createdAtMs: number;
  /** The same moment as the service tells it. */
  readonly createdAtServiceMs: number;
}

/** Which pages may show a bucket's objects. */
export interface RefererPolicy {
  readonly allowEmpty: boolean;
  readonly allowTruncateQueryString: boolean;
  readonly truncatePath: boolean;
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** Elements as they came, to be given back: what the simulator keeps without acting on it. */
export type StoredXml = string | StoredXmlChildren | readonly StoredXml[];

/** See {@link StoredXml}. */
export interface StoredXmlChildren {
  readonly [name: string]: StoredXml;
}

/** Everything set on a bucket by its sub-resources; absent means never set, or deleted. */
export interface BucketConfiguration {
  readonly lifecycle?: readonly LifecycleRule[];
  readonly cors?: { readonly rules: readonly CorsRule[]; readonly responseVary: boolean };
  readonly website?: StoredXmlChildren;
  readonly logging?: { readonly targetBucket: string; readonly targetPrefix: string };
  readonly referer?: RefererPolicy;
  readonly tags?: readonly Tag[];
  readonly requesterPays?: boolean;
  readonly accelerated?: boolean;
  readonly worm?: WormPolicy;
  readonly inventories?: Readonly<Record<string, StoredXmlChildren>>;
  readonly encryptionKey?: { readonly masterKeyId?: string; readonly dataEncryption?: string };
}
