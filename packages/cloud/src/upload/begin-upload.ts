import { isSampanError, SampanError } from "@sampan/core";
import type { ObjectInfo, StoredPart, UploadAddress } from "../object-store.ts";
import type { UploadContext } from "./upload-context.ts";

/** How an upload begins: the object is there already, or parts go to `upload`, which holds `stored`. */
export type Beginning =
  | { readonly finished: ObjectInfo; readonly crc64: bigint }
  | { readonly upload: UploadAddress; readonly stored: readonly StoredPart[] };

/**
 * Finds the upload of an earlier attempt, or the object it made, or begins a new upload.
 *
 * The store's list of parts is the truth, the checkpoint only says where to look.
 */
export async function beginUpload(context: UploadContext): Promise<Beginning> {
  const { resume, options, target } = context;
  await dropMisfit(context);
  if (resume?.uploadId) {
    const upload = { ...target, uploadId: resume.uploadId };
    const stored = await partsOf(context, upload);
    if (stored !== undefined) {
      await context.save({ phase: "sending", uploadId: upload.uploadId, crc64: null });
      return { upload, stored };
    }
    const finished = await ownObject(context, resume.crc64);
    if (finished !== undefined) return finished;
  }
  if (options.forbidOverwrite) await assertFree(context);
  await context.save({ phase: "creating", uploadId: null, crc64: null });
  // A checkpoint that ends here may have been followed by an upload whose id was never saved.
  const lost = resume?.phase === "creating" ? await emptyUpload(context) : undefined;
  const upload = lost ?? (await createUpload(context));
  await context.save({ phase: "sending", uploadId: upload.uploadId, crc64: null });
  return { upload, stored: [] };
}

/** Frees the parts of a checkpoint that was made for a source of another size. */
async function dropMisfit({ store, target, options, resume }: UploadContext): Promise<void> {
  const misfit = options.resume;
  if (misfit === undefined || misfit === resume || misfit.uploadId === null) return;
  await store
    .abortMultipartUpload({ ...target, uploadId: misfit.uploadId }, options.signal)
    .catch((error) => {
      if (isSampanError(error, "CORE_CANCELLED")) throw error;
    });
}

/** Parts of an upload; `undefined` when it no longer exists. */
async function partsOf(
  context: UploadContext,
  upload: UploadAddress,
): Promise<readonly StoredPart[] | undefined> {
  const { signal } = context.options;
  try {
    return await context.call(null, signal, () => context.store.listParts(upload, signal));
  } catch (error) {
    if (isSampanError(error, "CLOUD_UPLOAD_GONE")) return undefined;
    throw error;
  }
}

/** The object, when an earlier attempt had asked for its completion and only the answer was lost. */
async function ownObject(context: UploadContext, crc64: string | null) {
  if (crc64 === null) return undefined;
  const expected = BigInt(crc64);
  const finished = await findOwnObject(context, expected);
  return finished === undefined ? undefined : { finished, crc64: expected };
}

/**
 * Looks at the object and gives it when it is this upload's own: its size, its checksum where the store keeps one, and the
 * metadata asked for. Without a checksum, metadata must have been given.
 */
export async function findOwnObject(context: UploadContext, crc64: bigint): Promise<ObjectInfo | undefined> {
  const { store, target, source, options } = context;
  const found = await context.call(null, options.signal, () => store.headObject(target, options.signal));
  if (found === undefined || found.sizeBytes !== source.sizeBytes) return undefined;
  const metadata = Object.entries(options.metadata ?? {});
  if (!metadata.every(([name, value]) => found.metadata[name] === value)) return undefined;
  if (found.crc64 === null) return metadata.length > 0 ? found : undefined;
  return found.crc64 === crc64 ? found : undefined;
}

async function assertFree({ store, target, options, call }: UploadContext): Promise<void> {
  const found = await call(null, options.signal, () => store.headObject(target, options.signal));
  if (found === undefined) return;
  throw new SampanError(
    "CLOUD_OBJECT_EXISTS",
    `uploading to oss://${target.bucket}/${target.key}: an object is there`,
    {
      details: { sizeBytes: found.sizeBytes },
    },
  );
}

async function createUpload(context: UploadContext): Promise<UploadAddress> {
  const { store, target, options } = context;
  const { contentType, metadata, forbidOverwrite, signal } = options;
  return context.call(null, signal, async (attempt) => {
    // An attempt that failed may have made an upload all the same.
    const lost = attempt.number > 1 ? await emptyUpload(context) : undefined;
    return (
      lost ??
      store.createMultipartUpload(target, {
        ...(contentType === undefined ? {} : { contentType }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(forbidOverwrite === undefined ? {} : { forbidOverwrite }),
        ...(signal === undefined ? {} : { signal }),
      })
    );
  });
}

/** An upload of exactly this key to which nothing was sent yet. */
async function emptyUpload(context: UploadContext): Promise<UploadAddress | undefined> {
  const { store, target, options } = context;
  const { signal } = options;
  const uploads = await context.call(null, signal, () =>
    store.listMultipartUploads(target.bucket, target.key, signal),
  );
  for (const { bucket, key, uploadId } of uploads.filter((found) => found.key === target.key).slice(0, 8)) {
    const parts = await partsOf(context, { bucket, key, uploadId });
    if (parts?.length === 0) return { bucket, key, uploadId };
  }
  return undefined;
}
