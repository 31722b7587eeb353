import { type ObjectInfo, type ObjectStore, type ReusableObject, reusableObject } from "@sampan/cloud";
import { isSampanError } from "@sampan/core";
import type { StageContext } from "../run/stage-definition.ts";
import type { UnfinishedUpload } from "./upload-record.ts";

/** What was made of an unfinished upload; deleted once it has served when it is `temporary`: no whole disk. */
export type Sealed =
  | { readonly reuse: ReusableObject; readonly temporary: boolean }
  | { readonly reason: string };

/**
 * Has the parts of an earlier run's unfinished upload joined to an object, so that they can be copied from: the store copies from
 * objects only. The object is no disk, since parts are missing; it is told as a resource and lives until the new one is there.
 *
 * The earlier run could not have gone on: this is called for one whose source changed, or that was given up for a refresh.
 * Killed in between, it finds the object it had made.
 */
export async function sealUpload(
  store: ObjectStore,
  earlierRun: string,
  upload: UnfinishedUpload,
  context: StageContext,
): Promise<Sealed> {
  const { target, state, parts } = upload;
  const { signal } = context;
  const shape = { partBytes: state.partBytes, firstPartBytes: state.firstPartBytes ?? state.partBytes };
  try {
    const held = await heldParts(store, upload, context);
    if (held !== undefined && held.length === 0) return { reason: "the store holds no part of it any more" };
    if (held !== undefined) {
      await store.completeMultipartUpload({ ...target, uploadId: upload.uploadId }, held, signal);
    }
    const object = await store.headObject(target, signal);
    if (object === undefined || !isOf(object, earlierRun)) return { reason: "its unfinished upload is gone" };
    const { bucket, key } = target;
    await context.resource({
      kind: "object",
      id: `oss://${bucket}/${key}`,
      name: key,
      region: store.region,
      billed: true,
    });
    const reuse = reusableObject(target, held ?? parts, { ...shape, etag: object.etag });
    return { reuse, temporary: state.phase === "sending" };
  } catch (error) {
    if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
    return { reason: `its parts could not be joined: ${error.code}: ${error.message}` };
  }
}

/** Parts that were recorded and that the store holds as they were; `undefined` when the upload is gone. */
async function heldParts(store: ObjectStore, upload: UnfinishedUpload, { signal }: StageContext) {
  try {
    const there = await store.listParts({ ...upload.target, uploadId: upload.uploadId }, signal);
    const etags = new Map(there.map((part) => [part.number, part.etag]));
    return upload.parts.filter(({ number, etag }) => etags.get(number) === etag);
  } catch (error) {
    if (isSampanError(error, "CLOUD_UPLOAD_GONE")) return undefined;
    throw error;
  }
}

function isOf(object: ObjectInfo, runId: string): boolean {
  return object.metadata["sampan-run"] === runId;
}

/** Deletes the object of an unfinished upload when it has served. What cannot be deleted stays told as a resource. */
export async function removeSealed(
  store: ObjectStore,
  { bucket, key }: ReusableObject,
  context: StageContext,
): Promise<void> {
  try {
    await store.deleteObject({ bucket, key }, context.signal);
    await context.resourceGone(`oss://${bucket}/${key}`);
  } catch (error) {
    if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
    context.log(
      "warning",
      `oss://${bucket}/${key}, parts of a disk that were reused, could not be deleted: ${error.message}`,
    );
  }
}
