import type { Act } from "./judge.ts";

/** A bucket as far as permissions need it. */
export interface BucketPlace {
  readonly name: string;
  readonly ownerId: string;
  readonly region: string;
}

/** An action on a bucket, or on an object in it, as policies name it. */
export function ossAct(action: string, bucket: BucketPlace, key?: string): Act {
  const { name, ownerId: accountId, region } = bucket;
  const path = key === undefined ? name : `${name}/${key}`;
  return { action, resource: { service: "oss", region, accountId, path } };
}
