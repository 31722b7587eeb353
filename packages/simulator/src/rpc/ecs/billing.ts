import type { World } from "../../world.ts";
import { findInstanceType } from "./catalogue/instance-types.ts";
import { allSnapshots } from "./disks/snapshot-view.ts";

/** Things of one kind that cost money, and what is counted of them. */
interface BilledThings {
  readonly count: number;
  readonly ids: readonly string[];
}

/** What an account has left behind in a region. */
export interface RegionBill {
  readonly accountId: string;
  readonly region: string;
  /** Objects of all buckets of the region. */
  readonly objects: { readonly count: number; readonly bytes: number; readonly buckets: readonly string[] };
  /** Uploads that were neither completed nor aborted: their parts are billed until they are. */
  readonly uploads: { readonly count: number; readonly bytes: number; readonly parts: number };
  readonly images: BilledThings;
  readonly snapshots: BilledThings & { readonly bytes: number };
  readonly disks: BilledThings & { readonly sizeGiB: number };
  /** Instances; `charged` leaves out those stopped with `StopCharging`. */
  readonly instances: BilledThings & { readonly charged: number; readonly vcpus: number };
  readonly publicAddresses: BilledThings;
}

/**
 * What is left behind and would be billed, by account and region; regions with nothing are left out. No prices: they are not
 * known here. As `GET /_sampan/billing` shows it.
 */
export function describeBilling(world: World): { readonly regions: readonly RegionBill[] } {
  const bills = world.accounts.accounts.flatMap(({ accountId }) =>
    [...world.options.regionIds].map((region) => billOf(world, accountId, region)),
  );
  return { regions: bills.filter((bill) => !isEmpty(bill)) };
}

function billOf(world: World, accountId: string, region: string): RegionBill {
  const { oss, ecs, clock } = world;
  const isHere = (thing: { readonly ownerId: string; readonly region: string }) =>
    thing.ownerId === accountId && thing.region === region;
  const buckets = oss.buckets().filter(isHere);
  const sizes = buckets.flatMap(({ name }) =>
    oss.keys(name).map((key) => oss.object(name, key)?.content.sizeBytes ?? 0),
  );
  const uploads = buckets.flatMap(({ name }) => oss.uploads(name));
  const parts = uploads.flatMap(({ uploadId }) => oss.parts(uploadId));
  const snapshots = allSnapshots(ecs, clock.now()).filter(isHere);
  const disks = ecs.disks.disks().filter(isHere);
  const instances = ecs.instances.all().filter(isHere);
  const charged = instances.filter((one) => one.state !== "Stopped" || one.stoppedMode !== "StopCharging");
  const addresses = instances.flatMap((instance) => instance.publicIp ?? []);
  return {
    accountId,
    region,
    objects: { count: sizes.length, bytes: sum(sizes), buckets: buckets.map((bucket) => bucket.name) },
    uploads: {
      count: uploads.length,
      bytes: sum(parts.map((part) => part.content.sizeBytes)),
      parts: parts.length,
    },
    images: things(
      ecs
        .images()
        .filter(isHere)
        .map((image) => image.imageId),
    ),
    snapshots: {
      ...things(snapshots.map((snapshot) => snapshot.snapshotId)),
      bytes: sum(snapshots.map((snapshot) => snapshot.bytes?.content.sizeBytes ?? 0)),
    },
    disks: {
      ...things(disks.map((disk) => disk.diskId)),
      sizeGiB: sum(disks.map((disk) => disk.sizeGiB)),
    },
    instances: {
      ...things(instances.map((instance) => instance.instanceId)),
      charged: charged.length,
      vcpus: sum(charged.map((instance) => findInstanceType(instance.instanceType)?.cpus ?? 0)),
    },
    publicAddresses: things(addresses),
  };
}

function things(ids: readonly string[]): BilledThings {
  return { count: ids.length, ids };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Whether a bill names nothing that costs: an empty bucket does not. */
function isEmpty({ accountId, region, ...kinds }: RegionBill): boolean {
  return Object.values(kinds).every((kind) => kind.count === 0);
}
