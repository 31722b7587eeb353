import type { Cloud } from "@sampan/cloud";
import { isSampanError, type Resource } from "@sampan/core";

/** Something a run made that is still there and costs money. */
export interface Leftover extends Pick<Resource, "kind" | "id" | "name" | "region"> {
  /** How much of it there is: bytes of an object and of the parts that landed, of the disk of an image or snapshot; `null` for an instance. */
  readonly sizeBytes: number | null;
}

/** Kinds in the order in which they are deleted: what holds on to others comes first. */
const order = ["instance", "image", "snapshot", "upload", "object"] as const;

/** How many accounts one call takes an image back from. */
const accountsAtOnce = 10;

/** Those of the resources that the cloud still has. */
export async function stillThere(cloud: Cloud, resources: readonly Resource[]): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const { kind, id, name, region } of resources) {
    const resource = { kind, id, name, region };
    const there = await lookFor(cloud, resource);
    if (there !== undefined) found.push({ ...resource, ...there });
  }
  return found;
}

/** Sorts them so that each can be deleted: what holds on to others comes first. */
export function inOrderOfDeletion(leftovers: readonly Leftover[]): readonly Leftover[] {
  return order.flatMap((kind) => leftovers.filter((one) => one.kind === kind));
}

/** Asks the cloud for it; `undefined` when it is gone. */
async function lookFor(
  cloud: Cloud,
  { kind, id, name, region }: Pick<Resource, "kind" | "id" | "name" | "region">,
): Promise<Pick<Leftover, "sizeBytes"> | undefined> {
  if (region === null) return undefined;
  switch (kind) {
    case "instance": {
      const [instance] = await cloud.instances.listInstances(region, { instanceIds: [id] });
      return instance && { sizeBytes: null };
    }
    case "image": {
      const [image] = await cloud.images.listImages(region, { imageIds: [id] });
      return image && { sizeBytes: image.sizeBytes };
    }
    case "snapshot": {
      const [snapshot] = await cloud.snapshots.listSnapshots(region, { snapshotIds: [id] });
      return snapshot && { sizeBytes: snapshot.sizeBytes };
    }
    case "upload":
      return withStore(cloud, region, async (store) => {
        const parts = await store.listParts({ ...addressOf(name ?? ""), uploadId: id });
        return { sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0) };
      }).catch(unlessGone);
    case "object":
      return withStore(cloud, region, async (store) => {
        const object = await store.headObject(addressOf(id));
        return object && { sizeBytes: object.sizeBytes };
      }).catch(unlessGone);
    default:
      return undefined;
  }
}

/** Deletes one of them; succeeds when it is gone already. */
export async function removeLeftover(cloud: Cloud, { kind, id, name, region }: Leftover): Promise<void> {
  if (region === null) return;
  if (kind === "instance") await cloud.instances.deleteInstance(region, id);
  else if (kind === "image") await removeImage(cloud, region, id);
  else if (kind === "snapshot") await cloud.snapshots.deleteSnapshot(region, id);
  else if (kind === "upload") {
    await withStore(cloud, region, (store) =>
      store.abortMultipartUpload({ ...addressOf(name ?? ""), uploadId: id }),
    );
  } else if (kind === "object") await withStore(cloud, region, (store) => store.deleteObject(addressOf(id)));
}

/** Deletes an image, after taking it back from the accounts it is shared with: the cloud keeps it otherwise. */
async function removeImage(cloud: Cloud, region: string, imageId: string): Promise<void> {
  const accounts = await cloud.images.listImageShares(region, imageId);
  for (let start = 0; start < accounts.length; start += accountsAtOnce) {
    await cloud.images.unshareImage(region, imageId, accounts.slice(start, start + accountsAtOnce));
  }
  await cloud.images.deleteImage(region, imageId);
}

async function withStore<T>(
  cloud: Cloud,
  region: string,
  work: (store: ReturnType<Cloud["objects"]>) => Promise<T>,
): Promise<T> {
  const store = cloud.objects(region);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** What is gone is no failure to find it. */
function unlessGone(error: unknown): undefined {
  const isGone =
    isSampanError(error, "CLOUD_UPLOAD_GONE") ||
    isSampanError(error, "CLOUD_BUCKET_NOT_FOUND") ||
    isSampanError(error, "CLOUD_OBJECT_NOT_FOUND");
  if (!isGone) throw error;
}

/** Bucket and key of `oss://bucket/key`. */
function addressOf(text: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = "", key = ""] = /^oss:\/\/([^/]+)\/(.+)$/s.exec(text) ?? [];
  return { bucket, key };
}
