import {
  type ByteRange,
  type Clock,
  cutIntoRanges,
  KiB,
  type Random,
  retry,
  SampanError,
  systemClock,
} from "@sampan/core";
import type { ObjectAddress, ObjectStore } from "../object-store.ts";
import { assertPartBytes, choosePartBytes } from "./part-size.ts";
import type { PartSource, UploadCheckpoint, UploadOptions, UploadState } from "./upload-options.ts";

/** One part to be: its number, counted from 1, and where its bytes lie. */
export interface PlannedPart {
  readonly number: number;
  readonly range: ByteRange;
}

/** What all steps of one upload share. */
export interface UploadContext {
  readonly store: ObjectStore;
  readonly source: PartSource;
  readonly target: ObjectAddress;
  readonly options: UploadOptions;
  readonly partBytes: number;
  readonly parts: readonly PlannedPart[];
  readonly parallel: number;
  readonly clock: Clock;
  readonly random: Random;
  /** The checkpoint to go on from, when there is one that fits this source. */
  readonly resume: UploadCheckpoint | undefined;
  /** Makes one call, and again while it may help. `part` is told to listeners. */
  call<T>(
    part: number | null,
    signal: AbortSignal | undefined,
    work: (attempt: number) => Promise<T>,
  ): Promise<T>;
  /** Saves a state; durable when it resolves. */
  save(state: Pick<UploadState, "phase" | "uploadId" | "crc64">): Promise<void>;
}

const mostParallel = 64;
const lowestBandwidth = 16 * KiB;

export function uploadContext(
  store: ObjectStore,
  source: PartSource,
  target: ObjectAddress,
  options: UploadOptions,
): UploadContext {
  const { clock = systemClock, random = Math.random, bytesPerSecond } = options;
  const wanted = options.parallel ?? 4;
  const { sizeBytes } = source;
  const resume = options.resume?.sizeBytes === sizeBytes ? options.resume : undefined;
  const partBytes = resume?.partBytes ?? options.partBytes ?? choosePartBytes(sizeBytes, store.features);
  assertOptions(sizeBytes, wanted, bytesPerSecond);
  assertPartBytes(partBytes, sizeBytes, store.features);
  const ranges = [...cutIntoRanges(sizeBytes, partBytes)];
  return {
    store,
    source,
    target,
    options,
    partBytes,
    parts: ranges.map((range, index) => ({ number: index + 1, range })),
    parallel: connectionsFor(wanted, bytesPerSecond),
    clock,
    random,
    resume,
    call: (part, signal, work) =>
      retry(work, {
        clock,
        random,
        ...(options.retry === undefined ? {} : { policy: options.retry }),
        ...(signal === undefined ? {} : { signal }),
        onRetry: (notice) => options.onRetry?.({ ...notice, part }),
      }),
    save: async (state) => {
      await options.onCheckpoint?.({ ...state, partBytes, sizeBytes });
    },
  };
}

/** A connection that gets less than the lowest bandwidth would fall silent for so long that it counts as broken. */
function connectionsFor(wanted: number, bytesPerSecond = Number.POSITIVE_INFINITY): number {
  return Math.min(wanted, Math.floor(bytesPerSecond / lowestBandwidth));
}

function assertOptions(sizeBytes: number, parallel: number, bytesPerSecond: number | undefined): void {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new SampanError("CORE_ARGUMENT", `sending ${sizeBytes} bytes: there must be at least one`);
  }
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > mostParallel) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `sending ${parallel} parts at once: 1 to ${mostParallel} are possible`,
    );
  }
  if (bytesPerSecond !== undefined && !(bytesPerSecond >= lowestBandwidth)) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `limiting to ${bytesPerSecond} bytes a second: at least ${lowestBandwidth} are needed`,
    );
  }
}
