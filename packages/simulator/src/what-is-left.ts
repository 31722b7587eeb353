import { isObject } from "./oss/records.ts";
import type { Content } from "./state/content.ts";
import type { World } from "./world.ts";

const GiB = 1024 ** 3;

/** Things of one kind that are still there. */
export interface LeftBehind {
  readonly what: string;
  readonly count: number;
  /** Bytes a cloud would bill, holes included; `null` for what is not billed by its size. */
  readonly sizeBytes: number | null;
}

/** What would go on being billed if this were the cloud and nobody removed it, earlier versions of objects included. */
export function whatIsLeft({ oss, ecs }: World): readonly LeftBehind[] {
  const buckets = oss.buckets().map(({ name }) => name);
  const versions = buckets.flatMap((bucket) =>
    oss.allKeys(bucket).flatMap((key) => oss.versions(bucket, key).filter(isObject)),
  );
  const parts = buckets
    .flatMap((bucket) => oss.uploads(bucket))
    .flatMap(({ uploadId }) => oss.parts(uploadId));
  const snapshots = ecs.disks.keptSnapshots().flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
  const disks = ecs.disks.disks();
  return [
    stored("objects", versions),
    stored("parts of unfinished uploads", parts),
    stored(
      "snapshots behind images",
      ecs.images().flatMap((image) => image.disks),
    ),
    stored("snapshots", snapshots),
    {
      what: "disks",
      count: disks.length,
      sizeBytes: disks.reduce((sum, disk) => sum + disk.sizeGiB * GiB, 0),
    },
    { what: "instances", count: ecs.instances.all().length, sizeBytes: null },
  ];
}

function stored(what: string, things: readonly { readonly content: Content }[]): LeftBehind {
  const sizeBytes = things.reduce((sum, { content }) => sum + content.sizeBytes, 0);
  return { what, count: things.length, sizeBytes };
}
