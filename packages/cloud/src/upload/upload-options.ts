import type { ByteRange, Clock, Random, RetryNotice, RetryPolicy } from "@sampan/core";

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
}

/** Everything an upload needs to go on after a crash: the last state and every part recorded. */
export interface UploadCheckpoint extends UploadState {
  readonly parts: readonly UploadPartRecord[];
}

/** Bytes that are at the store, of all there will be. `doneBytes` never falls, also when a part is sent again. */
export interface UploadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A call that failed and is about to be made again. */
export interface UploadRetryNotice extends RetryNotice {
  /** The part concerned; `null` for the calls around the parts. */
  readonly part: number | null;
}

/** Options of {@link uploadObject}. */
export interface UploadOptions {
  /**
   * Bytes of a part; all but the last are of this size. Chosen by {@link choosePartBytes} when absent. An upload that is
   * resumed keeps its own.
   */
  readonly partBytes?: number;
  /** Parts in flight at once, 1 to 64; 4 by default. Memory is `parallel × partBytes`. */
  readonly parallel?: number;
  /** How often and how patiently one call is made again. */
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
  /** Refuses with `CLOUD_OBJECT_EXISTS` when the object is already there and not this upload's own. */
  readonly forbidOverwrite?: boolean;
  /**
   * Bytes a second over all parts; unlimited when absent. At least 16 KiB for each part in flight: with less, fewer are.
   */
  readonly bytesPerSecond?: number;
  /** What an earlier attempt recorded. */
  readonly resume?: UploadCheckpoint;
  /** Called with each new state and awaited before the effect it announces; must be durable when it resolves. */
  readonly onCheckpoint?: (state: UploadState) => void | Promise<void>;
  /** Called for every part that landed, once, in the order they land; awaited. */
  readonly onPart?: (part: UploadPartRecord) => void | Promise<void>;
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly onRetry?: (notice: UploadRetryNotice) => void;
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
}
