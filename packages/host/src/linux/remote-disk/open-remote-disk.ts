import {
  assertRangeWithin,
  type ByteRange,
  type Clock,
  KiB,
  type RetryOptions,
  type RetryPolicy,
  SampanError,
  systemClock,
  throwIfCancelled,
} from "@sampan/core";
import { type BlockSource, withCache, withRateLimit, withRetry } from "@sampan/image";
import { plainText } from "../../connection/plain-text.ts";
import type { Shell } from "../../connection/shell.ts";
import { diskFailure, lostForGood } from "./disk-failures.ts";
import { ReaderChannel } from "./reader-channel.ts";
import { ReaderPool } from "./reader-pool.ts";
import { blocksFor } from "./reader-script.ts";
import { type WireCompression, WirePacking } from "./wire-packing.ts";

/** A disk of a host, or a file on it, and how it is read. */
export interface RemoteDiskOptions {
  /** Path of a block device or file on the host. */
  readonly path: string;
  /** Its size; more than that is never read. */
  readonly sizeBytes: number;
  /** True when the same range gives the same bytes as long as it is open: snapshots, and files nobody writes. Default false. */
  readonly stable?: boolean;
  /** Readers at a time on the host. Default 4. */
  readonly channels?: number;
  /** Packs bytes for the way. Default `auto`: only where the way is slower than about 200 Mbit/s. */
  readonly compression?: WireCompression;
  /** Most bytes a second to read on average; no limit without it. */
  readonly bytesPerSecond?: number;
  /** Memory for what small reads brought, in bytes. Default 16 MiB; 0 for none. */
  readonly cacheBytes?: number;
  /** How often and how patiently is tried again when the connection is lost. Default: for about three minutes, as a host takes to restart. */
  readonly retry?: RetryPolicy;
  /** A reader that says nothing for so long while something is asked of it is given up, in milliseconds. Default: two minutes. */
  readonly answerTimeoutMs?: number;
  readonly clock?: Clock;
  /** Is told before each wait that precedes another attempt. */
  readonly onRetry?: RetryOptions["onRetry"];
}

const patientPolicy: RetryPolicy = { attempts: 16, baseMs: 500, capMs: 20_000 };

/*
 * By these bytes a disk is known again after a reconnection: signature and partition table of the MBR, and the header of a GPT with
 * the disk's GUID. What a file system of a whole disk keeps changing begins after them.
 */
const identityStart = 440;
const identityEnd = 1024;

/**
 * Opens a disk of a running host, or a file on it, as a block source read by `sh` and `dd`: nothing is installed there. Runs as root.
 *
 * Reads go over several channels at once and ahead, small ones first and through a cache. When the connection is lost, readers are
 * started again; they refuse to go on when the disk by that name has another signature or partition table than before. Everything
 * counts as data; `withUsedExtents` leaves out what file systems call free. Close it before the shell.
 *
 * @throws `HOST_DISK_UNKNOWN` when there is none, `HOST_DISK_SHORT` when it is smaller than said, `HOST_DISK_UNREADABLE` with the
 *   offset when the host cannot read it, `HOST_ROOT_REFUSED`, and what the shell throws. Reads: the same, and
 *   `HOST_CONNECTION_LOST` when trying again did not help, `HOST_SOURCE_CHANGED` when it is another disk after a reconnection.
 *
 * @example
 * ```ts
 * const source = await openRemoteDisk(shell, { path: "/dev/sda", sizeBytes: 42_949_672_960 });
 * const first = new Uint8Array(512);
 * await source.read({ offset: 0, length: 512 }, first);
 * ```
 */
export async function openRemoteDisk(
  shell: Shell,
  options: RemoteDiskOptions,
  signal?: AbortSignal,
): Promise<BlockSource> {
  const { path, sizeBytes, stable = false, channels = 4, clock = systemClock } = options;
  if (
    !Number.isSafeInteger(sizeBytes) ||
    sizeBytes < 0 ||
    !Number.isInteger(channels) ||
    channels < 1 ||
    path.includes("\0")
  ) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `reading ${plainText(path)} of ${sizeBytes} bytes over ${channels} channels`,
    );
  }
  throwIfCancelled(signal);
  const title = `reading ${plainText(path)} on ${shell.title}`;
  const answerTimeoutMs = options.answerTimeoutMs ?? 120_000;
  const identity = new DiskIdentity(title, sizeBytes);
  let opening: AbortSignal | undefined = signal;
  const pool = new ReaderPool({
    title,
    sizeBytes,
    channels,
    packing: new WirePacking(options.compression ?? "auto", clock),
    async start(onEnd) {
      const channel = await ReaderChannel.start(shell, path, title, {
        answerTimeoutMs,
        signal: opening,
        onEnd,
      });
      try {
        await identity.check(channel);
        return channel;
      } catch (error) {
        await channel.close();
        throw error;
      }
    },
  });
  const bare: BlockSource = {
    sizeBytes,
    features: { extents: "none", stable },
    async read(range, into, cancel) {
      assertRangeWithin(range, sizeBytes, into.length);
      throwIfCancelled(cancel);
      if (range.length > 0) await pool.read(range, into, cancel);
    },
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, cancel?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      throwIfCancelled(cancel);
      if (range.length > 0) yield { offset: range.offset, length: range.length, kind: "data" };
    },
    close: () => pool.close(),
  };
  try {
    await pool.open();
    opening = undefined;
    // A disk that is shorter than it said is better known now than after an hour.
    const last = Math.max(0, sizeBytes - 512);
    if (sizeBytes > 0)
      await bare.read({ offset: last, length: sizeBytes - last }, new Uint8Array(sizeBytes - last), signal);
  } catch (error) {
    await pool.close();
    throwIfCancelled(signal);
    throw error;
  }
  return assembled(bare, title, options, clock);
}

/** The filters around the bare disk. */
function assembled(bare: BlockSource, title: string, options: RemoteDiskOptions, clock: Clock): BlockSource {
  const { bytesPerSecond, cacheBytes = 16 * 1024 * KiB, retry: policy = patientPolicy, onRetry } = options;
  const limited = bytesPerSecond === undefined ? bare : withRateLimit(bare, { bytesPerSecond, clock });
  const patient = withRetry(limited, { policy, clock, ...(onRetry && { onRetry }) });
  const told: BlockSource = {
    ...patient,
    read: (range, into, signal) =>
      patient.read(range, into, signal).catch((error: unknown) => {
        throw lostForGood(title, error);
      }),
  };
  return cacheBytes > 0 ? withCache(told, { blockBytes: 64 * KiB, maximumBytes: cacheBytes }) : told;
}

/** Knows a disk again by a few bytes of its beginning. */
class DiskIdentity {
  readonly #title: string;
  readonly #sizeBytes: number;
  #known: Buffer | undefined;

  constructor(title: string, sizeBytes: number) {
    this.#title = title;
    this.#sizeBytes = sizeBytes;
  }

  /** Reads them through a new channel, and refuses it when they are others than at first. */
  async check(channel: ReaderChannel): Promise<void> {
    if (this.#sizeBytes < identityEnd) return;
    const found = await readIdentity(channel, this.#title, this.#sizeBytes);
    this.#known ??= found;
    if (this.#known.equals(found)) return;
    throw new SampanError(
      "HOST_SOURCE_CHANGED",
      `${this.#title}: since the connection was lost there is another disk by that name, or another partition table on it`,
    );
  }
}

function readIdentity(channel: ReaderChannel, title: string, sizeBytes: number): Promise<Buffer> {
  const found = Buffer.alloc(identityEnd - identityStart);
  return new Promise((resolve, reject) => {
    const blocks = blocksFor(0, identityEnd, sizeBytes);
    channel.ask({
      blocks,
      packing: "plain",
      take(offset, part) {
        const from = Math.max(identityStart, offset);
        const to = Math.min(identityEnd, offset + part.length);
        if (from < to) found.set(part.subarray(from - offset, to - offset), from - identityStart);
      },
      done(end) {
        if (end.fullBlocks + end.partBlocks > 0) resolve(found);
        else reject(diskFailure(title, 0, sizeBytes, end.complaint));
      },
      failed: reject,
    });
  });
}
