import { type Clock, isSampanError, MiB, type Random, SampanError, systemClock } from "@sampan/core";
import type { ObjectAddress, ObjectStore, ObjectStoreFeatures } from "../object-store.ts";
import { lowestBandwidth } from "./bandwidth-limit.ts";
import { type Attempt, callAgain, isAnswer } from "./call-again.ts";
import { ParallelControl } from "./parallel-control.ts";
import { type PartLayout, type PlannedPart, plannedParts } from "./part-layout.ts";
import { assertLayout, choosePartBytes, fitsStore } from "./part-size.ts";
import type { PartSource, UploadCheckpoint, UploadOptions, UploadState } from "./upload-options.ts";

/** What all steps of one upload share. */
export interface UploadContext {
  readonly store: ObjectStore;
  readonly source: PartSource;
  readonly target: ObjectAddress;
  readonly options: UploadOptions;
  /** As it is cut now; every part, ascending. */
  parts(): readonly PlannedPart[];
  /** Whether the size of the parts waits for the rate of the first. */
  readonly isMeasuring: boolean;
  /** Cuts what comes after the first part anew, for a connection of that rate. Not saved by itself. */
  measured(connectionRate: number): void;
  /** The most parts in flight. */
  readonly parallel: number;
  readonly control: ParallelControl;
  readonly clock: Clock;
  readonly random: Random;
  /** The checkpoint to go on from, when there is one that fits this source. */
  readonly resume: UploadCheckpoint | undefined;
  /** Makes one call, and again while it may help. `part` is told to listeners. */
  call<T>(
    part: number | null,
    signal: AbortSignal | undefined,
    work: (attempt: Attempt) => Promise<T>,
  ): Promise<T>;
  /** Saves a state; durable when it resolves. */
  save(state: Pick<UploadState, "phase" | "uploadId" | "crc64">): Promise<void>;
}

const mostParallel = 64;
const usualParallel = 8;
const measuringBytes = 1 * MiB;
/** Objects smaller than this are sent before measuring would pay. */
const measuredFromBytes = 64 * MiB;

export function uploadContext(
  store: ObjectStore,
  source: PartSource,
  target: ObjectAddress,
  options: UploadOptions,
): UploadContext {
  const { clock = systemClock, random = Math.random } = options;
  const { sizeBytes } = source;
  const { features } = store;
  const wanted = options.parallel ?? usualParallel;
  assertOptions(sizeBytes, wanted, options);
  const parallel = connectionsFor(wanted, allowedRate(options));
  const resume = options.resume?.sizeBytes === sizeBytes ? options.resume : undefined;
  const { isMeasuring, ...cut } = firstLayout(sizeBytes, features, options, resume, parallel);
  let layout: PartLayout = cut;
  let parts = plannedParts(sizeBytes, layout);
  let reached = false;
  const control = new ParallelControl(parallel, clock, options.parallel);
  return {
    store,
    source,
    target,
    options,
    parts: () => parts,
    isMeasuring,
    measured(connectionRate) {
      const { firstPartBytes } = layout;
      const rest = { ...features, maxParts: features.maxParts - 1 };
      layout = { firstPartBytes, partBytes: choosePartBytes(sizeBytes, rest, connectionRate) };
      parts = plannedParts(sizeBytes, layout);
    },
    parallel,
    control,
    clock,
    random,
    resume,
    call: (part, signal, work) =>
      callAgain(
        (attempt) =>
          work(attempt).then(
            (result) => {
              reached = true;
              return result;
            },
            (error) => {
              if (isSampanError(error) && isAnswer(error)) reached = true;
              throw error;
            },
          ),
        {
          clock,
          random,
          signal,
          policy: options.retry,
          reached: () => reached,
          onRetry: (notice) => options.onRetry?.({ ...notice, part }),
        },
      ),
    save: async (state) => {
      const { firstPartBytes, partBytes } = layout;
      const first = firstPartBytes === partBytes ? {} : { firstPartBytes };
      await options.onCheckpoint?.({ ...state, partBytes, ...first, sizeBytes });
    },
  };
}

function firstLayout(
  sizeBytes: number,
  features: ObjectStoreFeatures,
  options: UploadOptions,
  resume: UploadCheckpoint | undefined,
  parallel: number,
): PartLayout & { readonly isMeasuring: boolean } {
  const earlier = resume === undefined ? earlierLayout(sizeBytes, features, options) : undefined;
  if (earlier !== undefined) return { ...earlier, isMeasuring: false };
  const given = resume?.partBytes ?? options.partBytes;
  if (given !== undefined) {
    const layout = { firstPartBytes: resume?.firstPartBytes ?? given, partBytes: given };
    assertLayout(layout, sizeBytes, features);
    return { ...layout, isMeasuring: false };
  }
  const known = Math.min(options.expectedBytesPerSecond ?? Infinity, allowedRate(options) ?? Infinity);
  if (known !== Infinity) {
    const partBytes = choosePartBytes(sizeBytes, features, known / parallel);
    return { firstPartBytes: partBytes, partBytes, isMeasuring: false };
  }
  if (sizeBytes < measuredFromBytes || measuringBytes < features.minPartBytes) {
    const partBytes = choosePartBytes(sizeBytes, features);
    return { firstPartBytes: partBytes, partBytes, isMeasuring: false };
  }
  const partBytes = choosePartBytes(sizeBytes, { ...features, maxParts: features.maxParts - 1 });
  return { firstPartBytes: measuringBytes, partBytes, isMeasuring: true };
}

/** How the object to be reused was cut, unless it is unknown or what is sent now has grown out of it. */
function earlierLayout(
  sizeBytes: number,
  features: ObjectStoreFeatures,
  { reuse }: UploadOptions,
): PartLayout | undefined {
  if (reuse?.partBytes === undefined) return undefined;
  const layout = { firstPartBytes: reuse.firstPartBytes ?? reuse.partBytes, partBytes: reuse.partBytes };
  return fitsStore(layout, sizeBytes, features) ? layout : undefined;
}

/** Bytes a second that the upload may count on; `undefined` without any limit. */
export function allowedRate({ bytesPerSecond, bandwidth }: UploadOptions): number | undefined {
  const share = bandwidth?.shareBytesPerSecond;
  if (bytesPerSecond === undefined || share === undefined) return bytesPerSecond ?? share;
  return Math.min(bytesPerSecond, share);
}

/** A connection that gets less than the lowest bandwidth would fall silent for so long that it counts as broken. */
function connectionsFor(wanted: number, bytesPerSecond = Number.POSITIVE_INFINITY): number {
  return Math.min(wanted, Math.floor(bytesPerSecond / lowestBandwidth));
}

function assertOptions(sizeBytes: number, parallel: number, options: UploadOptions): void {
  const { bytesPerSecond, expectedBytesPerSecond } = options;
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
  if (expectedBytesPerSecond !== undefined && !(expectedBytesPerSecond > 0)) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `expecting ${expectedBytesPerSecond} bytes a second: a positive number is needed`,
    );
  }
}
