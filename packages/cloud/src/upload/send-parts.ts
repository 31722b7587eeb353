import { setMaxListeners } from "node:events";
import { crc64, isSampanError, SampanError, throwIfCancelled } from "@sampan/core";
import type { StoredPart, UploadAddress } from "../object-store.ts";
import { bandwidthLimit } from "./bandwidth-limit.ts";
import { partDigest } from "./part-digest.ts";
import { partHolds } from "./part-holds.ts";
import type { PlannedPart } from "./part-layout.ts";
import { PartTimeouts } from "./part-timeouts.ts";
import { ProgressCounter } from "./progress.ts";
import { type FailureClass, failureClass } from "./retry-classes.ts";
import { partCopier } from "./reuse.ts";
import { allowedRate, type UploadContext } from "./upload-context.ts";
import type { UploadPartRecord } from "./upload-options.ts";

/** What came of sending, also while it goes on: the parts that landed and how their bytes came to the store. */
export interface SentParts {
  /** Ascending once all have landed. */
  readonly parts: UploadPartRecord[];
  sentBytes: number;
  keptBytes: number;
  copiedBytes: number;
}

/**
 * Sends every part the store does not hold yet, some at once, each in a buffer that is used again.
 *
 * A part the store holds is kept when it is the one recorded. One that is held but was never recorded (the crash came
 * between answer and record) is read again here and compared; only if it differs is it sent. The first part that fails for
 * good stops the others. `sent` is filled in on the way, so that it tells what landed when this fails.
 */
export async function sendParts(
  context: UploadContext,
  upload: UploadAddress,
  stored: readonly StoredPart[],
  sent: SentParts,
): Promise<void> {
  const { options, source, control } = context;
  const held = new Map(stored.map((part) => [part.number, part]));
  const recorded = new Map((context.resume?.parts ?? []).map((part) => [part.number, part]));
  const progress = new ProgressCounter(source.sizeBytes, options.onProgress);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  // Every part in flight listens to it, in several places; Node.js would take more than ten for a leak.
  setMaxListeners(8 * context.parallel, signal);
  const send = partSender(context, upload, signal, progress);
  const digest = options.digestKey === undefined ? undefined : partDigest(options.digestKey);
  const copy = await partCopier(context, upload);

  const land = async (part: PlannedPart, buffer: Uint8Array) => {
    const { number, range } = part;
    const bytes = buffer.subarray(0, range.length);
    await source.read(range, bytes, signal);
    throwIfCancelled(signal);
    const sum = crc64(bytes);
    const at = held.get(number);
    const keep = at !== undefined && partHolds(at, bytes, sum) === true;
    const tag = digest?.(bytes);
    const copied =
      keep || tag === undefined
        ? undefined
        : await copy(number, { sizeBytes: bytes.length, crc64: sum, digest: tag }, signal);
    const etag = keep ? at.etag : (copied?.etag ?? (await send(number, bytes, sum)));
    const record: UploadPartRecord = {
      number,
      sizeBytes: bytes.length,
      etag,
      crc64: sum.toString(),
      ...(tag === undefined ? {} : { digest: tag }),
      ...(copied === undefined ? {} : { copied: true }),
    };
    await options.onPart?.(record);
    sent.parts.push(record);
    const way = keep ? "kept" : copied === undefined ? "sent" : "copied";
    sent[`${way}Bytes`] += bytes.length;
    progress.landed(number, bytes.length, way);
    if (way === "sent") control.landed(bytes.length);
  };

  if (context.isMeasuring && stored.length === 0) await measure(context, land, upload);

  const done = new Set(sent.parts.map((part) => part.number));
  const todo: PlannedPart[] = [];
  for (const part of context.parts()) {
    if (done.has(part.number)) continue;
    const record = recorded.get(part.number);
    const at = held.get(part.number);
    if (record !== undefined && at !== undefined && isRecorded(at, record, part)) {
      sent.parts.push(record);
      sent.keptBytes += record.sizeBytes;
      progress.landed(part.number, record.sizeBytes, "kept");
    } else {
      todo.push(part);
    }
  }
  control.begin();
  try {
    await inParallel(todo, land, {
      limit: () => control.limit,
      bufferBytes: todo.reduce((most, part) => Math.max(most, part.range.length), 0),
      signal,
      stop: (error) => failed.abort(error),
    });
  } catch (error) {
    throwIfCancelled(options.signal);
    throw error;
  }
  throwIfCancelled(options.signal);
  sent.parts.sort((a, b) => a.number - b.number);
}

/** Sends the first part alone, cuts the others by the rate it had, and saves that before any of them is sent. */
async function measure(
  context: UploadContext,
  land: (part: PlannedPart, buffer: Uint8Array) => Promise<void>,
  upload: UploadAddress,
): Promise<void> {
  const [first] = context.parts();
  if (first === undefined) return;
  const startedAt = context.clock.monotonic();
  await land(first, new Uint8Array(first.range.length));
  const tookMs = context.clock.monotonic() - startedAt;
  if (tookMs > 0) context.measured((first.range.length / tookMs) * 1000);
  await context.save({ phase: "sending", uploadId: upload.uploadId, crc64: null });
}

/** What says that fewer should be sent at once. */
const slowing: readonly FailureClass[] = ["throttled", "timeout"];

type PartSender = (number: number, bytes: Uint8Array, crc64: bigint) => Promise<string>;

/** What sends one part, and again while it may help, and gives its ETag. */
function partSender(
  context: UploadContext,
  upload: UploadAddress,
  signal: AbortSignal,
  progress: ProgressCounter,
): PartSender {
  const { clock, control, parallel, store } = context;
  const { bytesPerSecond, bandwidth } = context.options;
  const allowed = allowedRate(context.options);
  const timeouts = new PartTimeouts(allowed === undefined ? undefined : allowed / parallel);
  const limit = bytesPerSecond === undefined ? undefined : bandwidthLimit(bytesPerSecond, clock);
  const pace = async (bytes: number): Promise<void> => {
    await limit?.(bytes, signal);
    await bandwidth?.pace(bytes, signal);
  };
  return (number, bytes, sum) =>
    context.call(number, signal, async ({ timedOut }) => {
      await control.enter();
      const startedAt = clock.monotonic();
      const timeoutMs = timeouts.forPart(bytes.length, timedOut);
      let movedBytes = 0;
      let part: StoredPart;
      try {
        throwIfCancelled(signal);
        progress.begin(number);
        part = await store.uploadPart(upload, number, bytes, {
          timeoutMs,
          signal,
          onSent(count) {
            movedBytes += count;
            progress.sent(number, count, bytes.length);
          },
          ...(allowed === undefined ? {} : { pace }),
        });
      } catch (error) {
        const tookMs = clock.monotonic() - startedAt;
        if (tookMs >= timeoutMs) timeouts.measured(movedBytes, tookMs);
        if (isSampanError(error) && slowing.includes(failureClass(error))) control.slowDown(startedAt);
        throw error;
      } finally {
        control.leave();
      }
      timeouts.measured(bytes.length, clock.monotonic() - startedAt);
      if (partHolds(part, bytes, sum) !== false) return part.etag;
      throw new SampanError(
        "CLOUD_UPLOAD_CORRUPT",
        `sending part ${number} of oss://${upload.bucket}/${upload.key}: the store received other bytes than were sent`,
        {
          retryable: true,
          details: { part: number, sentCrc64: sum.toString(), storedCrc64: part.crc64?.toString() ?? null },
        },
      );
    });
}

interface ParallelOptions {
  /** How many may be at work now; asked again whenever one ends. */
  readonly limit: () => number;
  readonly bufferBytes: number;
  readonly signal: AbortSignal;
  /** Told the first failure, to stop the others. */
  readonly stop: (error: unknown) => void;
}

/** Works on parts in order, as many at once as the limit says, each with a buffer of its own that the next one gets. */
async function inParallel(
  parts: readonly PlannedPart[],
  work: (part: PlannedPart, buffer: Uint8Array) => Promise<void>,
  { limit, bufferBytes, signal, stop }: ParallelOptions,
): Promise<void> {
  const idle: Uint8Array[] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const one = async (part: PlannedPart) => {
    try {
      throwIfCancelled(signal);
      const buffer = idle.pop() ?? new Uint8Array(bufferBytes);
      await work(part, buffer);
      if (running.size <= limit()) idle.push(buffer);
    } catch (error) {
      failure ??= { error };
      stop(error);
    }
  };
  for (const part of parts) {
    while (failure === undefined && running.size >= limit()) await Promise.race(running);
    if (failure !== undefined) break;
    const task: Promise<void> = one(part).finally(() => running.delete(task));
    running.add(task);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure.error;
}

function isRecorded(held: StoredPart, record: UploadPartRecord, part: PlannedPart): boolean {
  return (
    held.etag === record.etag &&
    held.sizeBytes === record.sizeBytes &&
    held.sizeBytes === part.range.length &&
    (held.crc64 === null || held.crc64.toString() === record.crc64)
  );
}
