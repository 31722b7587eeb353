import {
  type ObjectAddress,
  type ReusableObject,
  reusableObject,
  type UploadCheckpoint,
  type UploadPartRecord,
  type UploadState,
} from "@sampan/cloud";
import { isSampanError } from "@sampan/core";
import type { UploadedObject } from "../fluent/results.ts";
import type { Checkpoint, EarlierRun } from "../run/stage-definition.ts";

// The checkpoint of the stage `upload`: its state is one entry per disk begun, its items are the parts of all disks.

/** What the stage saved of one disk. */
export interface DiskState {
  readonly state: UploadState;
  /** Name of the disk and where it is sent; absent in records of versions before it. */
  readonly disk?: string;
  readonly target?: ObjectAddress;
  /** Set once the object is complete and verified. */
  readonly object: UploadedObject | null;
}

/** A part that landed. */
export interface PartItem {
  readonly disk: number;
  readonly uploadId: string;
  readonly part: UploadPartRecord;
}

/** The disks begun, in order. */
export function diskStates(checkpoint: Checkpoint): readonly DiskState[] {
  return (checkpoint.state as unknown as readonly DiskState[] | null) ?? [];
}

/** What an upload goes on from. */
export function resumeFrom(state: UploadState, checkpoint: Checkpoint, disk: number): UploadCheckpoint {
  return { ...state, parts: partsOf(state, checkpoint, disk) };
}

/** Parts recorded of a disk's upload; of several records of one part the last. */
function partsOf(
  { uploadId }: UploadState,
  { items }: Checkpoint,
  disk: number,
): readonly UploadPartRecord[] {
  const parts = new Map<number, UploadPartRecord>();
  for (const item of items as unknown as readonly PartItem[])
    if (item.disk === disk && item.uploadId === uploadId) parts.set(item.part.number, item.part);
  return [...parts.values()];
}

/** How much of a disk lies at the store already, by what was recorded of the upload that would be gone on with. */
export function landedOf(
  checkpoint: Checkpoint,
  disk: number,
): { readonly parts: number; readonly bytes: number } {
  const state = diskStates(checkpoint)[disk]?.state;
  const parts = state === undefined ? [] : partsOf(state, checkpoint, disk);
  return { parts: parts.length, bytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** How the bytes of an object came to the store, over all attempts. */
export interface Travelled {
  readonly sentBytes: number;
  readonly reusedBytes: number;
}

/** Adds up how the parts of a disk came to the store. */
export function travelled(state: UploadState, checkpoint: Checkpoint, disk: number): Travelled {
  let sentBytes = 0;
  let reusedBytes = 0;
  for (const { sizeBytes, copied } of partsOf(state, checkpoint, disk)) {
    if (copied) reusedBytes += sizeBytes;
    else sentBytes += sizeBytes;
  }
  return { sentBytes, reusedBytes };
}

/** An upload that was cut off, with the parts that had landed, ascending. */
export interface UnfinishedUpload {
  readonly target: ObjectAddress;
  readonly uploadId: string;
  readonly state: UploadState;
  readonly parts: readonly UploadPartRecord[];
}

/** What an earlier run has of a disk at the store: its object, or as much of it as had landed, or why there is nothing. */
export type EarlierObject =
  | { readonly reuse: ReusableObject }
  | { readonly unfinished: UnfinishedUpload }
  | { readonly reason: string };

/** Looks up what an earlier run has of a disk. */
export function earlierObject(earlier: EarlierRun, disk: string, region: string): EarlierObject {
  try {
    const checkpoint = earlier.stage("upload")?.checkpoint;
    const disks = checkpoint === undefined ? [] : diskStates(checkpoint);
    const index = disks.findIndex((one) => (one.object?.disk ?? one.disk) === disk);
    const { state, object, target } = disks[index] ?? {};
    if (checkpoint === undefined || state === undefined || object === undefined)
      return { reason: "it had not begun to send this disk" };
    if (object === null) return unfinishedUpload(state, target, partsOf(state, checkpoint, index));
    if (object.region !== region) return { reason: `it sent this disk to ${object.region}` };
    const { partBytes, firstPartBytes } = state;
    return {
      reuse: reusableObject(object, partsOf(state, checkpoint, index), {
        etag: object.etag,
        partBytes,
        ...(firstPartBytes === undefined ? {} : { firstPartBytes }),
      }),
    };
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return { reason: `its record cannot be read: ${error.message}` };
  }
}

function unfinishedUpload(
  state: UploadState,
  target: ObjectAddress | undefined,
  parts: readonly UploadPartRecord[],
): EarlierObject {
  const { uploadId } = state;
  if (target === undefined || uploadId === null || parts.length === 0)
    return { reason: "it had sent nothing of this disk" };
  return {
    unfinished: { target, uploadId, state, parts: [...parts].sort((a, b) => a.number - b.number) },
  };
}
