import { SampanError, throwIfCancelled } from "@sampan/core";
import type { StoredPart, UploadAddress } from "../object-store.ts";
import { bandwidthLimit } from "./bandwidth-limit.ts";
import { type Crc64, partHolds } from "./checksum.ts";
import { PartTimeouts } from "./part-timeouts.ts";
import { ProgressCounter } from "./progress.ts";
import type { PlannedPart, UploadContext } from "./upload-context.ts";
import type { UploadPartRecord } from "./upload-options.ts";

/** What came of sending: every part of the object, ascending, and how many bytes were sent for it. */
export interface SentParts {
  readonly parts: readonly UploadPartRecord[];
  readonly sentBytes: number;
  readonly keptBytes: number;
}

/**
 * Sends every part the store does not hold yet, some at once, each in a buffer that is used again.
 *
 * A part the store holds is kept when it is the one recorded. One that is held but was never recorded (the crash came
 * between answer and record) is read again here and compared; only if it differs is it sent. The first part that fails for
 * good stops the others.
 */
export async function sendParts(
  context: UploadContext,
  upload: UploadAddress,
  stored: readonly StoredPart[],
  crc64: Crc64,
): Promise<SentParts> {
  const { options, parts, partBytes, parallel, clock, source } = context;
  const held = new Map(stored.map((part) => [part.number, part]));
  const recorded = new Map((context.resume?.parts ?? []).map((part) => [part.number, part]));
  const progress = new ProgressCounter(source.sizeBytes, options.onProgress);
  const { bytesPerSecond } = options;
  const timeouts = new PartTimeouts(bytesPerSecond === undefined ? undefined : bytesPerSecond / parallel);
  const limit = bytesPerSecond === undefined ? undefined : bandwidthLimit(bytesPerSecond, clock);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const landed: UploadPartRecord[] = [];
  let sentBytes = 0;
  let keptBytes = 0;

  const todo: PlannedPart[] = [];
  for (const part of parts) {
    const record = recorded.get(part.number);
    const at = held.get(part.number);
    if (record !== undefined && at !== undefined && isRecorded(at, record, part)) {
      landed.push(record);
      keptBytes += record.sizeBytes;
      progress.landed(part.number, record.sizeBytes);
    } else {
      todo.push(part);
    }
  }

  const next = todo[Symbol.iterator]();
  const work = async () => {
    const buffer = new Uint8Array(Math.min(partBytes, source.sizeBytes));
    for (let step = next.next(); !step.done; step = next.next()) {
      throwIfCancelled(signal);
      const { number, range } = step.value;
      const bytes = buffer.subarray(0, range.length);
      await source.read(range, bytes, signal);
      throwIfCancelled(signal);
      const sum = crc64(bytes);
      const at = held.get(number);
      const keep = at !== undefined && partHolds(at, bytes, sum) === true;
      const etag = keep ? at.etag : await send(number, bytes, sum);
      const record = { number, sizeBytes: bytes.length, etag, crc64: sum.toString() };
      await options.onPart?.(record);
      landed.push(record);
      if (keep) keptBytes += bytes.length;
      else sentBytes += bytes.length;
      progress.landed(number, bytes.length);
    }
  };

  const send = (number: number, bytes: Uint8Array, sum: bigint): Promise<string> =>
    context.call(number, signal, async (attempt) => {
      progress.begin(number);
      const startedAt = clock.now();
      const part = await context.store.uploadPart(upload, number, bytes, {
        timeoutMs: timeouts.forPart(bytes.length, attempt),
        signal,
        onSent: (count) => progress.sent(number, count),
        ...(limit === undefined ? {} : { pace: (count: number) => limit(count, signal) }),
      });
      timeouts.measured(bytes.length, clock.now() - startedAt);
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

  const workers = Array.from({ length: Math.min(parallel, todo.length) }, () =>
    work().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  throwIfCancelled(options.signal);
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failed.signal.reason ?? failure.reason;
  landed.sort((a, b) => a.number - b.number);
  return { parts: landed, sentBytes, keptBytes };
}

function isRecorded(held: StoredPart, record: UploadPartRecord, part: PlannedPart): boolean {
  return (
    held.etag === record.etag &&
    held.sizeBytes === record.sizeBytes &&
    held.sizeBytes === part.range.length &&
    (held.crc64 === null || held.crc64.toString() === record.crc64)
  );
}
