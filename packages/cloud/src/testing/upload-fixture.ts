import { KiB, SampanError } from "@sampan/core";
import type {
  PartSource,
  UploadCheckpoint,
  UploadOptions,
  UploadPartRecord,
  UploadState,
} from "../upload/upload-options.ts";
import { type MemoryCloud, memoryCloud } from "./memory-cloud.ts";
import { keyOf } from "./memory-object-store.ts";
import { seededBytes } from "./random-bytes.ts";

export const partBytes = 100 * KiB;
export const digestKey = new Uint8Array(16).fill(9);
export const target = { bucket: "images", key: "web-01.vhd" };

/** Tags of an object that a run makes. */
export const metadata = { "sampan-run": "r1" };

/** What a connection that breaks is told as. */
export const broken = () =>
  new SampanError("CLOUD_UNREACHABLE", "sending: the connection was reset", { retryable: true });

/** A source over bytes in memory; the numbers of the parts that are read of it go to `reads`. */
export function sourceOf(bytes: Uint8Array, reads: number[] = []): PartSource {
  return {
    sizeBytes: bytes.length,
    async read({ offset, length }, into) {
      reads.push(offset / partBytes + 1);
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
  /** The last that was saved. */
  get state(): UploadState | undefined {
    return this.states.at(-1);
  }
  get checkpoint(): UploadCheckpoint {
    if (this.state === undefined) throw new Error("nothing was saved");
    return { ...this.state, parts: this.parts };
  }
}

/** A store in memory with a bucket, and a source to send to it. */
export async function preparedUpload(sizeBytes = 7 * partBytes + 123, changes: UploadOptions = {}) {
  const cloud = memoryCloud();
  const store = cloud.objects("cn-hangzhou");
  await store.createBucket(target.bucket);
  const bytes = seededBytes(sizeBytes, 42);
  const reads: number[] = [];
  const options: UploadOptions = {
    ...{ partBytes, clock: cloud.clock, random: () => 0.5, digestKey },
    ...changes,
  };
  return { cloud, store, bytes, source: sourceOf(bytes, reads), reads, options };
}

/** The object that was uploaded, where there is one. */
export const stored = (cloud: MemoryCloud) => cloud.world.objects.get(keyOf(target));

/** How many parts were sent. */
export const sends = (cloud: MemoryCloud) => cloud.world.calls.filter((call) => call === "uploadPart").length;
