import type { Cloud } from "@sampan/cloud";
import { runTag } from "@sampan/cloud";
import {
  asSampanError,
  defaultRegion,
  GiB,
  isSampanError,
  type SampanError,
  throwIfCancelled,
} from "@sampan/core";
import { checkInput } from "../pipeline/migration-pipeline.ts";
import { encodingTarget } from "../pipeline/read-disks.ts";
import { type Plan, stepOf } from "../plan/plan.ts";
import { regionToLook } from "../stages/check.ts";
import { importRequest } from "../stages/import-request.ts";
import { imageNameOf } from "../stages/instance.ts";
import { objectKey } from "../stages/object-key.ts";
import { copyNameOf, namedRegions, placesOf } from "./plan-places.ts";
import type { SeenRefusal, SeenSource, World } from "./world.ts";

/** What is looked at in the cloud. */
export type SeenCloud = Pick<
  World,
  "unknownRegions" | "bucket" | "objects" | "importRole" | "images" | "importRefusal" | "unseen"
> & {
  /** The instance, where that is the source. */
  readonly instance: SeenSource | null;
};

/**
 * Looks at everything in the cloud that a plan touches: regions, bucket, objects, role, names of images, and the import itself, by the
 * cloud's dry run. Makes no call that changes anything.
 *
 * What may not be looked at is told in `unseen`; throws on cancel, and where the cloud cannot be reached or refuses the key.
 */
export async function lookAtCloud(
  plan: Plan,
  cloud: Cloud,
  source: SeenSource | null,
  signal: AbortSignal,
): Promise<SeenCloud> {
  const unseen: SeenRefusal[] = [];
  /** Looks at one thing; what this key may not look at keeps nobody from the rest. */
  const look = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      throwIfCancelled(signal);
      const error = asSampanError(thrown);
      if (!isSampanError(error, "CLOUD_PERMISSION_DENIED")) throw error;
      unseen.push(refusal(error));
      return undefined;
    }
  };

  const named = namedRegions(plan);
  const known =
    named.length === 0 && stepOf(plan, "upload") === undefined
      ? undefined
      : await look(() => cloud.images.listRegions(signal));
  const unknownRegions = known === undefined ? [] : named.filter((region) => !known.includes(region));
  const isKnown = (region: string): boolean => !unknownRegions.includes(region);

  const { source: spec } = plan;
  const instance =
    spec.kind === "ecs" && isKnown(spec.region)
      ? ((await look(() => lookAtInstance(spec, cloud, signal))) ?? null)
      : null;
  const bucket = await lookAtBucket(plan, cloud, isKnown, signal);
  const objects =
    bucket?.state === "there"
      ? ((await look(() => lookAtObjects(plan, cloud, bucket.region, source, signal))) ?? [])
      : [];
  const imported = stepOf(plan, "import");
  const role =
    imported === undefined
      ? undefined
      : await look(async () => (await cloud.access.describeImportRole(signal)).state);

  const seenHost = instance ?? source;
  const places = placesOf(plan, {
    bucketRegion: bucket?.state === "there" ? bucket.region : null,
    makesBucket: bucket?.state === "missing",
    hostName: seenHost?.state === "seen" ? seenHost.name : null,
  });
  const { region, imageName } = places;
  const wanted =
    imageName === null
      ? []
      : [
          ...(region === null ? [] : [{ region, name: imageName }]),
          ...places.copies.map((to) => ({ region: to, name: copyNameOf(plan, to, imageName) })),
        ];
  const images: World["images"][number][] = [];
  for (const one of wanted.filter((each) => isKnown(each.region))) {
    const found = await look(() => cloud.images.listImages(one.region, { name: one.name }, signal));
    const [image] = found ?? [];
    if (found === undefined) continue;
    images.push({
      ...one,
      there: image
        ? { imageId: image.imageId, status: image.status, runId: image.tags[runTag] ?? null }
        : null,
    });
  }
  const importRefusal =
    imported === undefined || region === null || imageName === null || !isKnown(region)
      ? null
      : await askForImport(plan, cloud, { region, name: imageName, source: seenHost }, signal);
  return {
    unknownRegions,
    instance,
    bucket,
    objects,
    importRole: role ?? null,
    images,
    importRefusal,
    unseen,
  };
}

function refusal({ code, message, hint }: SampanError): SeenRefusal {
  return { code, message, hint };
}

async function lookAtInstance(
  { region, instanceId }: { readonly region: string; readonly instanceId: string },
  cloud: Cloud,
  signal: AbortSignal,
): Promise<SeenSource> {
  const [found] = await cloud.instances.listInstances(region, { instanceIds: [instanceId] }, signal);
  if (found === undefined) {
    const reason = `looking for instance ${instanceId} in ${region}: there is none`;
    return { state: "unseen", code: "CLOUD_INSTANCE_NOT_FOUND", reason };
  }
  const disks = await cloud.instances.listDisks(region, instanceId, signal);
  return {
    state: "seen",
    name: imageNameOf(found.name) ?? imageNameOf(found.hostName) ?? instanceId,
    disks: disks.map(({ diskId, sizeBytes, kind, encrypted }) => ({
      name: diskId,
      sizeBytes,
      system: kind === "system",
      identity: { instanceId, encrypted },
      dataBytes: null,
      encodedBytes: null,
      map: null,
    })),
  };
}

async function lookAtBucket(
  plan: Plan,
  cloud: Cloud,
  isKnown: (region: string) => boolean,
  signal: AbortSignal,
): Promise<World["bucket"]> {
  const upload = stepOf(plan, "upload");
  if (upload === undefined) return null;
  const { bucket: name } = upload.options;
  const region = regionToLook(checkInput(plan, upload));
  const store = cloud.objects(isKnown(region) ? region : defaultRegion);
  try {
    const found = await store.describeBucket(name, signal);
    const { storageClass, encryption } = found;
    return { state: "there", name, region: found.region, storageClass, encryption };
  } catch (thrown) {
    throwIfCancelled(signal);
    const error = asSampanError(thrown);
    if (error.code === "CLOUD_BUCKET_NOT_FOUND") return { state: "missing", name };
    // Of somebody else, or this key may not look: that concerns this bucket, and the rest is looked at all the same.
    if (error.code === "CLOUD_PERMISSION_DENIED" || error.code.startsWith("CLOUD_BUCKET_"))
      return { state: "unseen", name, code: error.code, reason: error.message };
    throw error;
  } finally {
    await store.close();
  }
}

/** Objects whose keys the plan gives: one for each disk that is captured. */
async function lookAtObjects(
  plan: Plan,
  cloud: Cloud,
  region: string,
  source: SeenSource | null,
  signal: AbortSignal,
): Promise<World["objects"]> {
  const upload = stepOf(plan, "upload");
  const format = encodingTarget(plan)?.format;
  if (upload?.options.key === undefined || format === undefined) return [];
  const { bucket } = upload.options;
  const disks = stepOf(plan, "capture")?.options.disks?.length ?? 1;
  const host = source?.state === "seen" ? source.name : "";
  const store = cloud.objects(region);
  try {
    const objects: World["objects"][number][] = [];
    for (let index = 0; index < disks; index++) {
      const key = objectKey({ host, options: upload.options }, index, format, "");
      const found = await store.headObject({ bucket, key }, signal);
      const there =
        found === undefined
          ? null
          : { sizeBytes: found.sizeBytes, etag: found.etag, runId: found.metadata["sampan-run"] ?? null };
      objects.push({ bucket, key, there });
    }
    return objects;
  } finally {
    await store.close();
  }
}

/**
 * Asks ECS whether it would import, which it is told not to do. The object is not there yet, so only what it refuses for other reasons
 * counts: quotas and permissions, which nothing else tells.
 */
async function askForImport(
  plan: Plan,
  cloud: Cloud,
  about: { readonly region: string; readonly name: string; readonly source: SeenSource | null },
  signal: AbortSignal,
): Promise<SeenRefusal | null> {
  const options = stepOf(plan, "import")?.options;
  const upload = stepOf(plan, "upload");
  const target = encodingTarget(plan);
  if (options === undefined || upload === undefined || target === undefined) return null;
  if (options.strategy === "image-builder") return null;
  const { source, region, name } = about;
  const disk = source?.state === "seen" ? source.disks.find(({ system }) => system) : undefined;
  const sizeBytes = Math.max(disk?.sizeBytes ?? GiB, GiB);
  const { bucket } = upload.options;
  const key = objectKey({ host: name, options: upload.options }, 0, target.format, "asked");
  const token = `sampan-plan-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const request = importRequest({
    ...{ name, options, guest: null, runId: "asked", clientToken: token.slice(0, 64) },
    objects: [{ disk: "", bucket, key, region, sizeBytes, crc64: null, etag: "" }],
    images: [],
  });
  try {
    await cloud.images.checkImport(region, { ...request, tags: {} }, signal);
    return null;
  } catch (thrown) {
    throwIfCancelled(signal);
    const error = asSampanError(thrown);
    const counts = error.code === "CLOUD_QUOTA" || error.code === "CLOUD_PERMISSION_DENIED";
    return counts ? refusal(error) : null;
  }
}
