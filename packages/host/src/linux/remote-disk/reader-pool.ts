import { type ByteRange, cancelledError, KiB, MiB, rangeEnd, SampanError } from "@sampan/core";
import { diskFailure } from "./disk-failures.ts";
import type { ReaderChannel } from "./reader-channel.ts";
import { type AnswerEnd, blocksFor } from "./reader-script.ts";
import type { WirePacking } from "./wire-packing.ts";

/** As much as one request asks for: small enough that what waits behind it waits little. */
const pieceBytes = 4 * MiB;
/** Reads that lie closer than this are asked for together: starting dd costs as much as so many bytes. */
const gapBytes = 32 * KiB;
/** Reads of metadata go first. */
const smallBytes = 64 * KiB;
/** As much as is asked of one channel ahead: what is on the way fills the link whatever its latency. */
const aheadBytes = 8 * MiB;
const aheadRequests = 16;

/** One range that is waited for. */
interface Piece extends ByteRange {
  /** Where the bytes go; undefined once nobody waits any more. */
  into: Uint8Array | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** True when it failed once and is read by the smallest blocks, to know where. */
  fine: boolean;
}

export interface PoolOptions {
  readonly title: string;
  readonly sizeBytes: number;
  /** Most channels at a time; at least 1. */
  readonly channels: number;
  readonly packing: WirePacking;
  /** Starts a channel that is known to read the right disk. `onEnd` is called when it has failed. */
  start(onEnd: () => void): Promise<ReaderChannel>;
}

/**
 * Reads ranges of a disk over several channels: cuts long ones, joins neighbours, keeps each channel supplied, and starts channels
 * again that have failed. What a failed channel was reading fails with it; whoever waits decides whether to try again.
 */
export class ReaderPool {
  readonly #options: PoolOptions;
  readonly #small: Piece[] = [];
  readonly #large: Piece[] = [];
  #channels: ReaderChannel[] = [];
  #most: number;
  #starting = 0;
  #pumping = false;
  #closed = false;
  #running = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#most = options.channels;
  }

  /** Starts all channels. Fails when none can be had; fewer than wanted is no failure. */
  async open(): Promise<void> {
    await this.#startOne();
    const more = Array.from({ length: this.#most - 1 }, () => this.#startOne());
    const lost = (await Promise.allSettled(more)).filter(({ status }) => status === "rejected").length;
    this.#most -= lost;
  }

  /** Fills `into` from a range. The buffer is not touched any more once the promise has settled. */
  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    const pieces: Promise<void>[] = [];
    const all: Piece[] = [];
    for (let at = range.offset; at < rangeEnd(range); ) {
      const end = Math.min(rangeEnd(range), (Math.floor(at / pieceBytes) + 1) * pieceBytes);
      const part = into.subarray(at - range.offset, end - range.offset);
      const offset = at;
      pieces.push(
        new Promise((resolve, reject) => {
          const piece = { offset, length: part.length, into: part, resolve, reject, fine: false };
          all.push(piece);
          this.#queueOf(piece).push(piece);
        }),
      );
      at = end;
    }
    const forget = (error: unknown) => {
      for (const piece of all) {
        piece.into = undefined;
        piece.reject(error);
      }
    };
    const cancel = () => forget(cancelledError(signal?.reason));
    signal?.addEventListener("abort", cancel, { once: true });
    this.#pump();
    try {
      await Promise.all(pieces);
    } catch (error) {
      // The others write into the same buffer, which is the caller's again.
      forget(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new SampanError("IMAGE_UNREADABLE", `${this.#options.title}, which has been closed`);
    this.#rejectQueued(error);
    const channels = this.#channels;
    this.#channels = [];
    await Promise.all(channels.map((channel) => channel.close()));
  }

  #queueOf(piece: Piece): Piece[] {
    return piece.length <= smallBytes ? this.#small : this.#large;
  }

  /** Hands out what waits, once all reads of this turn have been made, so that neighbours are seen. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#handOut();
    });
  }

  #handOut(): void {
    for (const queue of [this.#small, this.#large]) {
      for (;;) {
        while (queue[0] !== undefined && queue[0].into === undefined) queue.shift();
        if (queue[0] === undefined) break;
        const channel = this.#idlest();
        if (channel === undefined) break;
        this.#ask(channel, takeNeighbours(queue));
      }
    }
    if (this.#small.length + this.#large.length === 0) return;
    if (this.#closed) {
      this.#rejectQueued(
        new SampanError("IMAGE_UNREADABLE", `${this.#options.title}, which has been closed`),
      );
      return;
    }
    // Channels that failed are started again when there is something to read.
    if (this.#channels.length + this.#starting < this.#most) {
      this.#startOne().then(
        () => this.#pump(),
        (error: unknown) => {
          if (this.#channels.length === 0 && this.#starting === 0) this.#rejectQueued(error);
          else this.#most = Math.max(1, this.#channels.length + this.#starting);
        },
      );
    }
  }

  async #startOne(): Promise<void> {
    this.#starting++;
    try {
      const channel = await this.#options.start(() => {
        this.#channels = this.#channels.filter((other) => other.alive);
        // A new connection may bear as many as the first did.
        if (this.#channels.length === 0) this.#most = this.#options.channels;
        this.#pump();
      });
      if (this.#closed) await channel.close();
      else if (channel.alive) this.#channels.push(channel);
    } finally {
      this.#starting--;
    }
  }

  #idlest(): ReaderChannel | undefined {
    let best: ReaderChannel | undefined;
    for (const channel of this.#channels) {
      if (!channel.alive || channel.requests >= aheadRequests || channel.outstandingBytes >= aheadBytes)
        continue;
      if (best === undefined || channel.outstandingBytes < best.outstandingBytes) best = channel;
    }
    return best;
  }

  #ask(channel: ReaderChannel, pieces: readonly Piece[]): void {
    const { sizeBytes, packing } = this.#options;
    const first = pieces[0] as Piece;
    const blocks = blocksFor(first.offset, rangeEnd(pieces.at(-1) as Piece), sizeBytes, first.fine);
    const start = blocks.firstBlock * blocks.blockBytes;
    const over = () => {
      if (--this.#running === 0) packing.busy(false);
      this.#pump();
    };
    if (this.#running++ === 0) packing.busy(true);
    channel.ask({
      blocks,
      packing: packing.choose(channel.packings),
      take(offset, part) {
        for (const piece of pieces)
          if (piece.into !== undefined) copyInto(piece, piece.into, start + offset, part);
      },
      done: (end, wireBytes) => {
        packing.arrived(wireBytes === 0 ? 0 : blocks.blocks * blocks.blockBytes);
        this.#settle(pieces, blocks.blockBytes, start, blocks.blocks, end);
        over();
      },
      failed: (error) => {
        for (const piece of pieces) piece.reject(error);
        over();
      },
    });
  }

  /** Gives those what they wait for whose bytes the disk had; the others are read again by small blocks, or fail. */
  #settle(pieces: readonly Piece[], blockBytes: number, start: number, blocks: number, end: AnswerEnd): void {
    const { sizeBytes } = this.#options;
    const asked = Math.min(start + blocks * blockBytes, sizeBytes);
    // The last block of a disk may be a part of one; anywhere else that is where the disk ends.
    const wholeBlocks = Math.floor((asked - start) / blockBytes);
    const isWhole = end.fullBlocks >= wholeBlocks && end.fullBlocks + end.partBlocks >= blocks;
    const got = isWhole ? asked : start + end.fullBlocks * blockBytes;
    for (const piece of pieces) {
      if (rangeEnd(piece) <= got) piece.resolve();
      else if (piece.into === undefined) piece.resolve();
      else if (!piece.fine) {
        piece.fine = true;
        this.#small.push(piece);
      } else
        piece.reject(diskFailure(this.#options.title, Math.max(got, piece.offset), sizeBytes, end.complaint));
    }
  }

  #rejectQueued(error: unknown): void {
    for (const piece of [...this.#small.splice(0), ...this.#large.splice(0)]) piece.reject(error);
  }
}

/** Takes the first piece of a queue and those after it that lie close behind. */
function takeNeighbours(queue: Piece[]): readonly Piece[] {
  const taken = [queue.shift() as Piece];
  const { offset, fine } = taken[0] as Piece;
  for (;;) {
    const end = rangeEnd(taken.at(-1) as Piece);
    const next = queue[0];
    if (next === undefined || fine || next.fine || next.into === undefined) return taken;
    if (next.offset < end || next.offset - end > gapBytes || rangeEnd(next) - offset > pieceBytes)
      return taken;
    taken.push(queue.shift() as Piece);
  }
}

/** Copies what of `part`, which lies at `at` of the disk, belongs to the piece. */
function copyInto(piece: ByteRange, into: Uint8Array, at: number, part: Uint8Array): void {
  const from = Math.max(piece.offset, at);
  const to = Math.min(rangeEnd(piece), at + part.length);
  if (from < to) into.set(part.subarray(from - at, to - at), from - piece.offset);
}
