import { combineCrc64, isSampanError, SampanError } from "@sampan/core";
import type { ObjectInfo, UploadAddress } from "../object-store.ts";
import { findOwnObject } from "./begin-upload.ts";
import type { UploadContext } from "./upload-context.ts";
import type { UploadPartRecord } from "./upload-options.ts";

/** Checksum of the whole object from those of its parts. */
export function combinedCrc64(parts: readonly UploadPartRecord[]): bigint {
  return parts.reduce((sum, part) => combineCrc64(sum, BigInt(part.crc64), part.sizeBytes), 0n);
}

/**
 * Has the parts joined and looks at the object that came of it.
 *
 * The store's "yes" is not believed: an answer of 200 may carry an error, and a checksum over all parts is the only proof
 * that none was mixed up. An answer that was lost shows as an upload that is gone while the object is there.
 *
 * @throws `CLOUD_UPLOAD_CORRUPT` after deleting the object, when it is not what was sent.
 */
export async function finishUpload(
  context: UploadContext,
  upload: UploadAddress,
  parts: readonly UploadPartRecord[],
): Promise<{ readonly object: ObjectInfo; readonly crc64: bigint }> {
  const { store, target, options } = context;
  const { signal } = options;
  const crc64 = combinedCrc64(parts);
  await context.save({ phase: "completing", uploadId: upload.uploadId, crc64: crc64.toString() });

  let etag: string | undefined;
  try {
    const completed = await context.call(null, signal, () =>
      store.completeMultipartUpload(upload, parts, signal),
    );
    etag = completed.etag;
  } catch (error) {
    if (!isSampanError(error, "CLOUD_UPLOAD_GONE")) throw error;
    const object = await findOwnObject(context, crc64);
    if (object === undefined) throw error;
    return { object, crc64 };
  }

  const object = await context.call(null, signal, () => store.headObject(target, signal));
  if (object !== undefined && isIntact(object, context.source.sizeBytes, crc64)) return { object, crc64 };
  // Another writer may have replaced the object meanwhile: only what this upload made is deleted.
  if (object !== undefined && object.etag === etag) {
    await context.call(null, signal, () => store.deleteObject(target, signal));
  }
  await context.save({ phase: "creating", uploadId: null, crc64: null });
  throw new SampanError(
    "CLOUD_UPLOAD_CORRUPT",
    `verifying oss://${target.bucket}/${target.key}: ${object === undefined ? "no object is there" : "it is not what was sent"}`,
    {
      details: {
        sentBytes: context.source.sizeBytes,
        storedBytes: object?.sizeBytes ?? null,
        sentCrc64: crc64.toString(),
        storedCrc64: object?.crc64?.toString() ?? null,
      },
    },
  );
}

function isIntact(object: ObjectInfo, sizeBytes: number, crc64: bigint): boolean {
  return object.sizeBytes === sizeBytes && (object.crc64 === null || object.crc64 === crc64);
}
