import { isSampanError } from "@sampan/core";
import type { ListedUpload, ObjectStore } from "../object-store.ts";

/** An unfinished upload and what of it is billed. */
export interface LeftoverUpload extends ListedUpload {
  readonly parts: number;
  /** Billed as storage until it is resumed or aborted. */
  readonly bytes: number;
}

/** An object that a run of Sampan made. */
export interface LeftoverObject {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly changedAt: string;
  /** The run's id, from the object's metadata. */
  readonly runId: string;
}

/** What {@link listLeftovers} found. */
export interface Leftovers {
  readonly uploads: readonly LeftoverUpload[];
  readonly objects: readonly LeftoverObject[];
}

/** Metadata by which an object is known as that of a run. */
const runMetadata = "sampan-run";
/** Looks at objects that are under way at once. */
const looksAtOnce = 8;

/**
 * Lists what uploads have left in a bucket: unfinished uploads of anyone, with the parts that are billed, and the objects that
 * runs of Sampan made, known by their metadata `sampan-run`.
 *
 * Every object under `prefix` is looked at, so give one where a bucket is large: the plan's keys begin with `sampan/` unless it
 * names others. Nothing is changed; `abortMultipartUpload` and `deleteObject` of the store free what is listed.
 *
 * @throws what the store throws; an upload or object that is gone meanwhile is left out.
 * @example
 * ```ts
 * const { uploads } = await listLeftovers(cloud.objects("cn-hangzhou"), { bucket: "web-images", prefix: "sampan/" });
 * for (const upload of uploads) await store.abortMultipartUpload(upload);
 * ```
 */
export async function listLeftovers(
  store: ObjectStore,
  place: { readonly bucket: string; readonly prefix?: string },
  signal?: AbortSignal,
): Promise<Leftovers> {
  const { bucket, prefix = "" } = place;
  const uploads: LeftoverUpload[] = [];
  for (const upload of await store.listMultipartUploads(bucket, prefix, signal)) {
    const parts = await store.listParts(upload, signal).catch((error) => {
      if (isSampanError(error, "CLOUD_UPLOAD_GONE")) return undefined;
      throw error;
    });
    if (parts === undefined) continue;
    const bytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    uploads.push({ ...upload, parts: parts.length, bytes });
  }
  const listed = await store.listObjects(bucket, prefix, signal);
  const objects: LeftoverObject[] = [];
  for (let index = 0; index < listed.length; index += looksAtOnce) {
    const some = listed.slice(index, index + looksAtOnce);
    const looks = await Promise.all(some.map((object) => store.headObject(object, signal)));
    for (const [at, object] of some.entries()) {
      const runId = looks[at]?.metadata[runMetadata];
      if (runId !== undefined) objects.push({ ...object, runId });
    }
  }
  return { uploads, objects };
}
