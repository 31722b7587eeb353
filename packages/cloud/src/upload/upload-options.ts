import type { ByteRange, Clock, Random, RetryNotice, RetryPolicy } from "@sampan/core";
import type { ObjectAddress, UploadAddress } from "../object-store.ts";
import type { BandwidthBudget } from "./bandwidth-limit.ts";

/**
 * What an upload takes its bytes from: any range, at any time, several at once, always the same bytes.
 *
 * An `EncodedImage` is one. The bytes of a range must not change between two reads, also across a resume, or the object
 * would be stitched from two disks; the checksum after completion catches it only for parts read again.
 */
export interface PartSource {
  readonly sizeBytes: number;
  /** Fills `into` (`range.length` bytes) from `range`. */
  read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void>;
}

/**
 * Where an upload stands. `creating`: the store is about to be asked for an upload; `sending`: parts are on their way;
 * `completing`: all parts are there and the store is about to join them; `done`: the object was there and verified.
 */
export type UploadPhase = "creating" | "sending" | "completing" | "done";

/** The small, changing part of an upload's memory; plain JSON. */
export interface UploadState {
  readonly phase: UploadPhase;
  /** `null` until the store has answered. */
  readonly uploadId: string | null;
  readonly partBytes: number;
  /** Size of the first part where it is another: the one by which the line was measured. */
  readonly firstPartBytes?: number;
  readonly sizeBytes: number;
  /** CRC-64/XZ of the whole object, decimal; `null` before `completing`. */
  readonly crc64: string | null;
}

/** A part that landed; plain JSON. */
export interface UploadPartRecord {
  /** 1 to 10,000. */
  readonly number: number;
  readonly sizeBytes: number;
  /** As the store gave it, with its quotes. */
  readonly etag: string;
  /** CRC-64/XZ of the bytes sent, decimal. */
  readonly crc64: string;
  /** Digest of the same bytes under `digestKey`, in lower-case hex; absent where there was no key. */
  readonly digest?: string;
  /** The part was copied from an earlier object and not sent. */
  readonly copied?: true;
}

/** Everything an upload needs to go on after a crash: the last state and every part recorded. */
export interface UploadCheckpoint extends UploadState {
  readonly parts: readonly UploadPartRecord[];
}

/** A range of an earlier object of which the checksums are known; plain JSON. */
export interface ReusablePart {
  readonly offset: number;
  readonly length: number;
  /** CRC-64/XZ, decimal: what the store can confirm. */
  readonly crc64: string;
  /** Digest under the key of that upload: what tells two parts apart. A part without one is never reused. */
  readonly digest?: string;
}

/** An object of an earlier upload whose parts may be copied instead of sent; made by {@link reusableObject}. */
export interface ReusableObject extends ObjectAddress {
  /** Its ETag when it was complete; proves it to be the same where the store keeps no checksum of it. */
  readonly etag?: string;
  /** How it was cut, from its last {@link UploadState}; a new upload is cut the same, or nothing would match. */
  readonly partBytes?: number;
  readonly firstPartBytes?: number;
  /** All of the object, ascending, without gaps. */
  readonly parts: readonly ReusablePart[];
}

/** What an upload that ended without its object left at the store, billed until it is resumed or aborted. */
export interface KeptUpload extends UploadAddress {
  /** Parts that landed, as far as this process knows. */
  readonly parts: number;
  readonly bytes: number;
}

/** Bytes that are at the store, of all there will be. `doneBytes` never falls, also when a part is sent again. */
export interface UploadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Of `doneBytes`, what this call sent: not what the store had kept or copied. A part sent again counts once; never falls. */
  readonly sentBytes: number;
}

/** A call that failed and is about to be made again. */
export interface UploadRetryNotice extends RetryNotice {
  /** The part concerned; `null` for the calls around the parts. */
  readonly part: number | null;
}

/** Options of {@link uploadObject}. */
export interface UploadOptions {
  /**
   * Bytes of a part; all but the last are of this size. When absent, the rate of the line decides: `expectedBytesPerSecond`,
   * else a limit, else, from 64 MiB on, that of a first part of 1 MiB. An upload that is resumed keeps its own, and one that reuses
   * an object is cut as that was.
   */
  readonly partBytes?: number;
  /** What the line is known to carry, such as the `bytesPerSecond` of an earlier result; saves measuring it. */
  readonly expectedBytesPerSecond?: number;
  /**
   * The most parts in flight at once, 1 to 64. An upload begins with as many; by default with 4, and goes up to 8 while that
   * makes it faster. Where the store asks to slow down or times out they become fewer. Memory is `parallel × partBytes` at most.
   */
  readonly parallel?: number;
  /** How often and how patiently one call is made again, whatever failed; by class of failure when absent. */
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Cancels: no new part is begun, those in flight are cut off, and the upload is kept for a resume. */
  readonly signal?: AbortSignal;
  /** Frees the parts at the store when cancelled; by default they stay, so that a resume need not send them again. */
  readonly abortOnCancel?: boolean;
  readonly contentType?: string;
  /** Metadata of the object; also how an object is recognised as this upload's own when an answer was lost. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * An object of an earlier upload in the same region: parts whose length and digests it holds too are copied there and not
   * sent. Used only if the object still is what its parts say, by size, checksum and ETag. The upload is cut as that one was.
   */
  readonly reuse?: ReusableObject;
  /**
   * 16 random bytes under which parts are told apart, so that a later upload with the same key can reuse them; without it no
   * digests are recorded and nothing is reused. Whoever may write to the disk must not learn it: he could make two parts of one digest.
   */
  readonly digestKey?: Uint8Array;
  /** Told, at most once, why nothing, or nothing more, can be copied from `reuse`; what is left is sent. */
  readonly onNotReused?: (reason: string) => void;
  /** Refuses with `CLOUD_OBJECT_EXISTS` when the object is already there and not this upload's own. */
  readonly forbidOverwrite?: boolean;
  /**
   * Bytes a second over all parts; unlimited when absent. At least 16 KiB for each part in flight: with less, fewer are.
   */
  readonly bytesPerSecond?: number;
  /** What this upload and others may send together; holds besides `bytesPerSecond`. */
  readonly bandwidth?: BandwidthBudget;
  /** What an earlier attempt recorded. */
  readonly resume?: UploadCheckpoint;
  /** Called with each new state and awaited before the effect it announces; must be durable when it resolves. */
  readonly onCheckpoint?: (state: UploadState) => void | Promise<void>;
  /** Called for every part that landed, once, in the order they land; awaited. */
  readonly onPart?: (part: UploadPartRecord) => void | Promise<void>;
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly onRetry?: (notice: UploadRetryNotice) => void;
  /** Told, before the upload ends in an error, what stays at the store. */
  readonly onKept?: (kept: KeptUpload) => void;
}

/** What {@link uploadObject} made. */
export interface UploadResult {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque, with its quotes. */
  readonly etag: string;
  /** CRC-64/XZ of the object, decimal. */
  readonly crc64: string;
  /** Whether the store confirmed the checksum; false only when the store keeps none for this object. */
  readonly verified: boolean;
  readonly parts: number;
  /** Bytes sent by this call. */
  readonly sentBytes: number;
  /** Bytes that an earlier attempt had sent and that were not sent again. */
  readonly keptBytes: number;
  /** Bytes that were copied from an earlier object. */
  readonly copiedBytes: number;
  /** The highest rate at which parts landed together; `null` when too few were sent to tell. */
  readonly bytesPerSecond: number | null;
}
