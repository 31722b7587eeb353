import { isSampanError, SampanError } from "@sampan/core";
import type { ObjectAddress, ObjectInfo, ObjectStore, UploadAddress } from "../object-store.ts";
import { beginUpload } from "./begin-upload.ts";
import { finishUpload } from "./finish-upload.ts";
import { type SentParts, sendParts } from "./send-parts.ts";
import { type UploadContext, uploadContext } from "./upload-context.ts";
import type { KeptUpload, PartSource, UploadOptions, UploadResult } from "./upload-options.ts";

/**
 * Sends an image to an object in parts, several at once, and proves that it arrived.
 *
 * Each part is read from `source` into one of `parallel` buffers, sent, and checked against the checksum the store answers
 * with; after completion the object's size and checksum are compared with those of all parts together. No temporary file
 * is made; memory is `parallel × partBytes` at most and does not grow with the image.
 *
 * To survive a crash, save what `onCheckpoint` and `onPart` give and hand it back as `resume`: parts the store already
 * holds are not sent again, an answer that was lost is found out, and an object that is already there ends the work at once.
 *
 * @throws `CLOUD_OBJECT_EXISTS` with `forbidOverwrite`; `CLOUD_UPLOAD_CORRUPT` when the store holds something else than was
 * sent (it is deleted); `CLOUD_UPLOAD_GONE` when someone aborted the upload meanwhile; `CORE_CANCELLED`; `CORE_ARGUMENT` for
 * options out of range; whatever `source.read` and the store throw once retries are used up. The parts stay at the store
 * for a resume: `onKept` is told, and `details.keptUpload` and the hint of the error name them.
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
  const sent: SentParts = { parts: [], sentBytes: 0, keptBytes: 0, copiedBytes: 0 };
  const begun = await beginUpload(context);
  if ("finished" in begun) {
    options.onProgress?.({ doneBytes: source.sizeBytes, totalBytes: source.sizeBytes, sentBytes: 0 });
    sent.keptBytes = source.sizeBytes;
    return finished(context, begun.finished, begun.crc64, sent);
  }
  const { upload, stored } = begun;
  try {
    await sendParts(context, upload, stored, sent);
    const done = await finishUpload(context, upload, sent.parts);
    return await finished(context, done.object, done.crc64, sent, upload.uploadId);
  } catch (error) {
    if (options.abortOnCancel && isSampanError(error, "CORE_CANCELLED")) {
      const freed = await store.abortMultipartUpload(upload).then(
        () => true,
        () => false,
      );
      if (freed) {
        await context.save({ phase: "creating", uploadId: null, crc64: null });
        throw error;
      }
    }
    throw keptAfter(error, upload, sent, options);
  }
}

/** Errors after which nothing is left at the store. */
const endings = ["CLOUD_UPLOAD_GONE", "CLOUD_BUCKET_NOT_FOUND"];

/** Tells what stays at the store, and gives the error saying so too. */
function keptAfter(error: unknown, upload: UploadAddress, sent: SentParts, options: UploadOptions): unknown {
  if (!isSampanError(error) || endings.includes(error.code)) return error;
  // After the completion there is an object, or it was deleted, and no upload.
  if (error.code === "CLOUD_UPLOAD_CORRUPT" && error.details.storedBytes !== undefined) return error;
  const bytes = sent.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const kept: KeptUpload = { ...upload, parts: sent.parts.length, bytes };
  options.onKept?.(kept);
  // Whoever cancels knows its own reason again.
  if (options.signal?.aborted) return error;
  return new SampanError(error.code, error.message, {
    hint: `${error.hint} ${describeKept(kept)}`.trim(),
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    details: { ...error.details, keptUpload: { ...kept } },
    cause: error.cause ?? error,
  });
}

/** Says in one sentence what stays at the store and what it costs. */
export function describeKept({ bucket, key, uploadId, parts, bytes }: KeptUpload): string {
  return (
    `${parts} parts (${bytes} bytes) of oss://${bucket}/${key} stay at the store as upload ${uploadId}, billed as storage, ` +
    "until the upload is resumed or aborted."
  );
}

async function finished(
  context: UploadContext,
  object: ObjectInfo,
  crc64: bigint,
  sent: SentParts,
  uploadId = context.resume?.uploadId ?? null,
): Promise<UploadResult> {
  await context.save({ phase: "done", uploadId, crc64: crc64.toString() });
  const { bytesPerSecond } = context.control;
  return {
    bucket: object.bucket,
    key: object.key,
    sizeBytes: object.sizeBytes,
    etag: object.etag,
    crc64: crc64.toString(),
    verified: object.crc64 !== null,
    parts: context.parts().length,
    sentBytes: sent.sentBytes,
    keptBytes: sent.keptBytes,
    copiedBytes: sent.copiedBytes,
    bytesPerSecond: bytesPerSecond > 0 ? Math.round(bytesPerSecond) : null,
  };
}
