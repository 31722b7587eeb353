import { isSampanError } from "@sampan/core";
import type { ObjectAddress, ObjectInfo, ObjectStore } from "../object-store.ts";
import { beginUpload } from "./begin-upload.ts";
import { makeCrc64 } from "./checksum.ts";
import { finishUpload } from "./finish-upload.ts";
import { sendParts } from "./send-parts.ts";
import { type UploadContext, uploadContext } from "./upload-context.ts";
import type { PartSource, UploadOptions, UploadResult } from "./upload-options.ts";

/**
 * Sends an image to an object in parts, several at once, and proves that it arrived.
 *
 * Each part is read from `source` into one of `parallel` buffers, sent, and checked against the checksum the store answers
 * with; after completion the object's size and checksum are compared with those of all parts together. No temporary file
 * is made; memory is `parallel × partBytes` and does not grow with the image.
 *
 * To survive a crash, save what `onCheckpoint` and `onPart` give and hand it back as `resume`: parts the store already
 * holds are not sent again, an answer that was lost is found out, and an object that is already there ends the work at once.
 *
 * @throws `CLOUD_OBJECT_EXISTS` with `forbidOverwrite`; `CLOUD_UPLOAD_CORRUPT` when the store holds something else than was
 * sent (it is deleted); `CLOUD_UPLOAD_GONE` when someone aborted the upload meanwhile; `CORE_CANCELLED`; `CORE_ARGUMENT` for
 * options out of range; whatever `source.read` and the store throw once retries are used up. The parts stay at the store
 * for a resume.
 * @example
 * ```ts
 * const { crc64 } = await uploadObject(cloud.objects("cn-hangzhou"), image, { bucket: "web-images", key: "web-01.vhd" });
 * ```
 */
export async function uploadObject(
  store: ObjectStore,
  source: PartSource,
  target: ObjectAddress,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const context = uploadContext(store, source, target, options);
  const crc64 = await makeCrc64();
  const begun = await beginUpload(context);
  if ("finished" in begun) {
    options.onProgress?.({ doneBytes: source.sizeBytes, totalBytes: source.sizeBytes });
    return finished(context, begun.finished, begun.crc64, { sentBytes: 0, keptBytes: source.sizeBytes });
  }
  const { upload, stored } = begun;
  try {
    const sent = await sendParts(context, upload, stored, crc64);
    const done = await finishUpload(context, upload, sent.parts);
    return await finished(context, done.object, done.crc64, sent, upload.uploadId);
  } catch (error) {
    if (options.abortOnCancel && isSampanError(error, "CORE_CANCELLED")) {
      await store.abortMultipartUpload(upload).catch(() => {});
      await context.save({ phase: "creating", uploadId: null, crc64: null });
    }
    throw error;
  }
}

async function finished(
  context: UploadContext,
  object: ObjectInfo,
  crc64: bigint,
  counts: { readonly sentBytes: number; readonly keptBytes: number },
  uploadId = context.resume?.uploadId ?? null,
): Promise<UploadResult> {
  await context.save({ phase: "done", uploadId, crc64: crc64.toString() });
  return {
    bucket: object.bucket,
    key: object.key,
    sizeBytes: object.sizeBytes,
    etag: object.etag,
    crc64: crc64.toString(),
    verified: object.crc64 !== null,
    parts: context.parts.length,
    sentBytes: counts.sentBytes,
    keptBytes: counts.keptBytes,
  };
}
