import { isSampanError, KiB, type SampanError } from "@sampan/core";
import type {
  PartSource,
  UploadCheckpoint,
  UploadOptions,
  UploadPartRecord,
  UploadState,
} from "../upload/upload-options.ts";
import { memoryCloud } from "./memory-cloud.ts";
import { seededBytes } from "./random-bytes.ts";

export const partBytes = 100 * KiB;
export const digestKey = new Uint8Array(16).fill(9);
export const target = { bucket: "images", key: "web-01.vhd" };

/** A source over bytes in memory. */
export function sourceOf(bytes: Uint8Array): PartSource {
  return {
    sizeBytes: bytes.length,
    async read({ offset, length }, into) {
      into.set(bytes.subarray(offset, offset + length));
    },
  };
}

/** What a journal would hold. */
export class Journal {
  readonly states: UploadState[] = [];
  readonly parts: UploadPartRecord[] = [];
  readonly hooks: Pick<UploadOptions, "onCheckpoint" | "onPart"> = {
    onCheckpoint: (state) => {
      this.states.push(state);
    },
    onPart: (part) => {
      this.parts.push(part);
    },
  };
  get checkpoint(): UploadCheckpoint {
    const state = this.states.at(-1);
    if (state === undefined) throw new Error("nothing was saved");
    return { ...state, parts: this.parts };
  }
}

/** A store in memory with a bucket, and a source to send to it. */
export async function preparedUpload(sizeBytes = 7 * partBytes + 123) {
  const cloud = memoryCloud();
  const store = cloud.objects("cn-hangzhou");
  await store.createBucket(target.bucket);
  const bytes = seededBytes(sizeBytes, 42);
  const options: UploadOptions = { partBytes, clock: cloud.clock, random: () => 0.5, digestKey };
  return { cloud, store, bytes, source: sourceOf(bytes), options };
}

/** The error a promise rejects with; anything but a SampanError fails the test. */
export async function refusedWith(work: Promise<unknown>): Promise<SampanError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSampanError(error)) throw new Error(`expected a SampanError, got ${String(error)}`);
  return error;
}
