import {
  describeKept,
  type ObjectStore,
  type ReusableObject,
  type UploadProgress,
  type UploadState,
  uploadObject,
} from "@sampan/cloud";
import { formatBytes, isSampanError, type Json } from "@sampan/core";
import type { UploadedObject } from "../fluent/results.ts";
import type { UploadOptions } from "../plan/options.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";
import { loadDigestKey } from "./digest-key.ts";
import { type EncodingReference, withEncoding } from "./encode.ts";
import { objectKey } from "./object-key.ts";
import { removeSealed, sealUpload } from "./seal-upload.ts";
import {
  type DiskState,
  diskStates,
  earlierObject,
  type PartItem,
  resumeFrom,
  travelled,
} from "./upload-record.ts";

/** What `upload` sends, and where. */
export interface UploadInput {
  readonly images: readonly EncodingReference[];
  readonly bucket: string;
  readonly region: string;
  /** Name of the host, for object keys. */
  readonly host: string;
  readonly options: UploadOptions;
}

/** The objects, in the order of the images. */
export interface UploadOutput {
  readonly objects: readonly UploadedObject[];
}

/** Sends each disk as an object, straight from the source; goes on with the parts that had landed. */
export const uploadStage: StageDefinition<UploadInput, UploadOutput> = {
  name: "upload",
  place: nearDisks,
  summary: ({ bucket, region }) => `sending to bucket ${bucket} in ${region}`,
  async run(input, context) {
    const disks: DiskState[] = [...diskStates(context.checkpoint)];
    const totalBytes = input.images.reduce((sum, image) => sum + image.sizeBytes, 0);
    const objects: UploadedObject[] = [];
    const line: MeasuredLine = { bytesPerSecond: undefined };
    let doneBefore = 0;
    let readBytes = 0;
    let sentBefore = 0;
    for (const [index, image] of input.images.entries()) {
      const earlier = disks[index];
      let sentBytes = 0;
      const object =
        earlier?.object ??
        (await uploadDisk(input, index, image, context, {
          earlier: earlier?.state,
          line,
          async save(state, finished) {
            disks[index] = { state, object: finished, ...sent(input, index, image, context) };
            await context.save(disks as unknown as Json);
          },
          read(bytes) {
            readBytes += bytes;
          },
          progress(done) {
            sentBytes = done.sentBytes;
            const travel = { readBytes, sentBytes: sentBefore + sentBytes };
            context.progress({ doneBytes: doneBefore + done.doneBytes, totalBytes, travel });
          },
        }));
      objects.push(object);
      doneBefore += image.sizeBytes;
      sentBefore += sentBytes;
    }
    return { objects };
  },
};

/** Which disk is sent where, for a run that refreshes this one. */
function sent(input: UploadInput, index: number, image: EncodingReference, { runId }: StageContext) {
  const { bucket } = input;
  return {
    disk: image.capture.disk.name,
    target: { bucket, key: objectKey(input, index, image.target.format, runId) },
  };
}

/** What the line was found to carry: measured by the first disk, known to the others. */
interface MeasuredLine {
  bytesPerSecond: number | undefined;
}

interface DiskHooks {
  readonly line: MeasuredLine;
  readonly earlier: UploadState | undefined;
  save(state: UploadState, finished: UploadedObject | null): Promise<void>;
  /** Bytes of the disk were read. */
  read(bytes: number): void;
  progress(done: UploadProgress): void;
}

async function uploadDisk(
  input: UploadInput,
  index: number,
  image: EncodingReference,
  context: StageContext,
  hooks: DiskHooks,
): Promise<UploadedObject> {
  const { bucket, region, options } = input;
  const disk = image.capture.disk.name;
  const key = objectKey(input, index, image.target.format, context.runId);
  const cloud = await context.services.cloud();
  const store = cloud.objects(region);
  const landed = [...context.checkpoint.items];
  let state = hooks.earlier;
  let announced = state?.uploadId ?? null;
  try {
    const { reuse, temporary } = await reusableDisk(disk, store, context);
    const digestKey = await loadDigestKey(context);
    const result = await withEncoding(image, context, hooks.read, (encoded) =>
      uploadObject(
        store,
        encoded,
        { bucket, key },
        {
          clock: context.services.clock,
          random: context.services.random,
          signal: context.signal,
          contentType: "application/octet-stream",
          metadata: { "sampan-run": context.runId, "sampan-disk": String(index) },
          forbidOverwrite: options.overwrite !== true,
          ...(options.partBytes === undefined ? {} : { partBytes: options.partBytes }),
          ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
          ...(options.bytesPerSecond === undefined ? {} : { bytesPerSecond: options.bytesPerSecond }),
          ...(context.services.bandwidth === undefined ? {} : { bandwidth: context.services.bandwidth }),
          ...(options.abortOnCancel === undefined ? {} : { abortOnCancel: options.abortOnCancel }),
          ...(hooks.line.bytesPerSecond === undefined
            ? {}
            : { expectedBytesPerSecond: hooks.line.bytesPerSecond }),
          ...(reuse === undefined ? {} : { reuse }),
          digestKey,
          onNotReused: (reason) =>
            context.log(
              "warning",
              `${disk}: not everything of oss://${reuse?.bucket}/${reuse?.key} can be reused: ${reason}; what is left is sent`,
            ),
          ...(state === undefined ? {} : { resume: resumeFrom(state, context.checkpoint, index) }),
          async onCheckpoint(next) {
            state = next;
            await hooks.save(next, null);
            if (next.uploadId !== null && next.uploadId !== announced) {
              announced = next.uploadId;
              await context.resource({
                kind: "upload",
                id: next.uploadId,
                name: `oss://${bucket}/${key}`,
                region,
                billed: true,
              });
            }
          },
          async onPart(part) {
            const item = {
              disk: index,
              uploadId: announced ?? "",
              part,
            } satisfies PartItem as unknown as Json;
            landed.push(item);
            await context.record(item);
          },
          onProgress: hooks.progress,
          onRetry: (notice) => context.retrying(notice),
          onKept: (kept) => context.log("warning", describeKept(kept)),
        },
      ),
    );
    hooks.line.bytesPerSecond = result.bytesPerSecond ?? hooks.line.bytesPerSecond;
    const came =
      state === undefined ? undefined : travelled(state, { ...context.checkpoint, items: landed }, index);
    if (came !== undefined && reuse !== undefined) {
      context.log(
        "info",
        `${disk}: ${formatBytes(came.sentBytes)} sent, ${formatBytes(came.reusedBytes)} unchanged and copied from oss://${reuse.bucket}/${reuse.key}`,
      );
    }
    const object: UploadedObject = {
      disk,
      bucket,
      key,
      region,
      sizeBytes: result.sizeBytes,
      crc64: result.verified ? result.crc64 : null,
      etag: result.etag,
      ...came,
    };
    await context.resource({ kind: "object", id: `oss://${bucket}/${key}`, name: key, region, billed: true });
    // Before the object is recorded: whoever goes on after a kill in between comes here again.
    if (temporary && reuse !== undefined) await removeSealed(store, reuse, context);
    if (state !== undefined) await hooks.save(state, object);
    return object;
  } catch (error) {
    // Somebody, or a rule of the bucket, removed the upload: it is not left behind.
    if (isSampanError(error, "CLOUD_UPLOAD_GONE") && announced !== null)
      await context.resourceGone(announced);
    throw error;
  } finally {
    await store.close();
  }
}

/** What the run that is refreshed has of a disk; tells when there is nothing. */
async function reusableDisk(
  disk: string,
  store: ObjectStore,
  context: StageContext,
): Promise<{ readonly reuse?: ReusableObject; readonly temporary?: boolean }> {
  const { earlier } = context.services;
  if (earlier === undefined) return {};
  const had = earlierObject(earlier, disk, store.region);
  const found = "unfinished" in had ? await sealUpload(store, earlier.runId, had.unfinished, context) : had;
  if ("reuse" in found) return found;
  context.log("warning", `${disk}: run ${earlier.runId} has nothing to reuse, all is sent: ${found.reason}`);
  return {};
}
