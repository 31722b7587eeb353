import type { CloudIdentity } from "@sampan/core";
import type { AccessControl } from "./access-control.ts";
import type { ImageBuilder } from "./image-builder.ts";
import type { ImageRegistry } from "./image-registry.ts";
import type { InstanceRegistry } from "./instance-registry.ts";
import type { LaunchOffers } from "./launch-offers.ts";
import type { ObjectStore } from "./object-store.ts";
import type { SnapshotRegistry } from "./snapshot-registry.ts";

/** Everything a run asks of a cloud. */
export interface Cloud {
  readonly identity: CloudIdentity;
  readonly images: ImageRegistry;
  /** ECS's Image Builder: another, experimental way to an image. */
  readonly builder: ImageBuilder;
  readonly instances: InstanceRegistry;
  readonly snapshots: SnapshotRegistry;
  /** What instances can be launched with. */
  readonly offers: LaunchOffers;
  readonly access: AccessControl;
  /** The buckets of a region, through a client of its own; `CLOUD_REGION_UNKNOWN` for a malformed id. Close it after use. */
  objects(region: string): ObjectStore;
  /** Frees connections; stores given out are closed by their users. */
  close(): Promise<void>;
}
