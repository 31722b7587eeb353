import { isSampanError, SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { BucketInfo } from "../object-store.ts";
import type { ImportOptions, ImportRequest } from "./image-options.ts";
import { retrying } from "./retrying.ts";

/**
 * Refuses an import whose buckets ECS could not read, before anything is started: another region
 * (`CLOUD_BUCKET_REGION`), a class that has to be restored first or encryption (`CLOUD_BUCKET_UNFIT`).
 *
 * A key that may not look at buckets is no obstacle: then the import itself has to tell.
 */
export async function checkBuckets(
  cloud: Cloud,
  request: ImportRequest,
  options: ImportOptions,
): Promise<void> {
  const store = cloud.objects(request.region);
  try {
    for (const bucket of new Set(request.disks.map((disk) => disk.bucket))) {
      await checkBucket(bucket);
    }
  } finally {
    await store.close();
  }

  async function checkBucket(bucket: string): Promise<void> {
    const doing = `importing ${request.name} in ${request.region} from the bucket ${bucket}`;
    let info: Awaited<ReturnType<typeof store.describeBucket>>;
    try {
      info = await retrying(options, () => store.describeBucket(bucket, options.signal));
    } catch (error) {
      if (!isSampanError(error, "CLOUD_PERMISSION_DENIED")) throw error;
      options.onNote?.(
        `this key may not look at the bucket ${bucket}; the import itself will tell whether it fits`,
      );
      return;
    }
    assertBucketFits(info, request.region, doing);
  }
}

/**
 * Refuses a bucket from which ECS cannot import in `region`; `doing` begins the message.
 *
 * @throws `CLOUD_BUCKET_REGION` for a bucket of another region, `CLOUD_BUCKET_UNFIT` for a class that has to be restored first or
 * encryption on the server.
 */
export function assertBucketFits(bucket: BucketInfo, region: string, doing: string): void {
  if (bucket.region !== region) {
    throw new SampanError("CLOUD_BUCKET_REGION", `${doing}: the bucket lies in ${bucket.region}`, {
      hint: `Use a bucket in ${region}, or import in ${bucket.region} and copy the image.`,
      details: { bucket: bucket.name, bucketRegion: bucket.region, region },
    });
  }
  if (!/^(Standard|IA)$/.test(bucket.storageClass)) {
    throw new SampanError("CLOUD_BUCKET_UNFIT", `${doing}: its storage class is ${bucket.storageClass}`, {
      details: { bucket: bucket.name, storageClass: bucket.storageClass },
    });
  }
  if (bucket.encryption !== null) {
    throw new SampanError(
      "CLOUD_BUCKET_UNFIT",
      `${doing}: it is encrypted on the server (${bucket.encryption})`,
      { details: { bucket: bucket.name, encryption: bucket.encryption } },
    );
  }
}
