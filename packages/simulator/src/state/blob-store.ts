import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import type { Content, Segment } from "./content.ts";

/** Thrown when the store holds as many bytes as it may. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}

/** Whether an error means that there is no room: the quota's, or the disk's underneath. */
export function isStoreFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return error instanceof StoreFullError || code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
}

const blockBytes = 4096;
const zeroBlock = Buffer.alloc(blockBytes);
const streamPieceBytes = 1024 * 1024;

/**
 * Immutable runs of bytes, one sparse file each, counted by reference.
 *
 * A blob belongs to nobody until {@link BlobStore.retain}; what nobody refers to when the simulator starts (the rest of
 * a request cut off by a crash) is swept away.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #quotaBytes: number;
  readonly #blobs = new Map<string, { references: number; sizeBytes: number; neededBytes: number }>();
  /** Folders made already: they are never removed. */
  readonly #folders = new Set<string>();
  #usedBytes = 0;

  constructor(folder: string, quotaBytes: number) {
    this.#folder = folder;
    this.#quotaBytes = quotaBytes;
  }

  /** Bytes held, holes included: what a cloud would bill. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Begins a blob. Exactly one of `finish` and `discard` must be called. */
  async create(): Promise<BlobWriter> {
    const id = randomUUID();
    const path = this.#pathOf(id);
    const file = await this.#open(id);
    return new BlobWriter(
      file,
      (bytes) => this.#reserve(bytes),
      async (sizeBytes, keep) => {
        if (keep) {
          this.#blobs.set(id, { references: 0, sizeBytes, neededBytes: 0 });
        } else {
          this.#usedBytes -= sizeBytes;
          await rm(path, { force: true });
        }
        return { sizeBytes, segments: sizeBytes > 0 ? [{ blob: id, offset: 0, length: sizeBytes }] : [] };
      },
    );
  }

  /** Takes hold of every blob of a content, so that it stays. */
  retain(content: Content): void {
    for (const { blob, offset, length } of content.segments) {
      // One not known yet was read from a record at start: `sweep` learns its size from the file.
      const known = this.#blobs.get(blob) ?? { references: 0, sizeBytes: 0, neededBytes: 0 };
      known.references++;
      known.neededBytes = Math.max(known.neededBytes, offset + length);
      this.#blobs.set(blob, known);
    }
  }

  /** Lets go of a content; blobs nobody holds any more are deleted. */
  async release(content: Content): Promise<void> {
    for (const { blob } of content.segments) {
      const known = this.#blobs.get(blob);
      if (known && --known.references <= 0) {
        this.#blobs.delete(blob);
        this.#usedBytes -= known.sizeBytes;
        await rm(this.#pathOf(blob), { force: true });
      }
    }
  }

  /** Holds every content that `work` asks to keep until it is done. */
  async keeping<T>(work: (keep: (content: Content) => void) => Promise<T>): Promise<T> {
    const kept: Content[] = [];
    try {
      return await work((content) => {
        this.retain(content);
        kept.push(content);
      });
    } finally {
      for (const content of kept) await this.release(content);
    }
  }

  /** Holds a content for as long as `use` runs. */
  async *holding<T>(content: Content, use: AsyncIterable<T>): AsyncGenerator<T> {
    this.retain(content);
    try {
      yield* use;
    } finally {
      await this.release(content);
    }
  }

  /** Fills `into` with the beginning of a segment. */
  async read(segment: Segment, into: Uint8Array): Promise<void> {
    const file = await open(this.#pathOf(segment.blob), "r");
    try {
      await readFully(file, into, segment.offset);
    } finally {
      await file.close();
    }
  }

  /** Reads a segment in pieces. */
  async *stream(segment: Segment): AsyncGenerator<Uint8Array> {
    const file = await open(this.#pathOf(segment.blob), "r");
    try {
      for (let done = 0; done < segment.length; ) {
        const piece = Buffer.allocUnsafe(Math.min(streamPieceBytes, segment.length - done));
        await readFully(file, piece, segment.offset + done);
        done += piece.length;
        yield piece;
      }
    } finally {
      await file.close();
    }
  }

  /**
   * Deletes the files nobody refers to and learns the sizes of the others. Called once, after every record has been
   * read; `SIMULATOR_STATE` when a file that a record refers to is gone or too short.
   */
  async sweep(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const found = new Set<string>();
    for (const prefix of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, prefix))) {
        const known = this.#blobs.get(name);
        if (known) {
          found.add(name);
          known.sizeBytes = (await stat(this.#pathOf(name))).size;
          this.#usedBytes += known.sizeBytes;
        } else {
          await rm(join(this.#folder, prefix, name), { force: true });
        }
      }
    }
    for (const [blob, { sizeBytes, neededBytes }] of this.#blobs) {
      const path = this.#pathOf(blob);
      if (found.has(blob) && sizeBytes >= neededBytes) continue;
      const problem = found.has(blob) ? `has ${sizeBytes} bytes of at least ${neededBytes}` : "is gone";
      throw new SampanError("SIMULATOR_STATE", `opening the simulator folder: ${path} ${problem}`, {
        details: { path },
      });
    }
  }

  #reserve(bytes: number): void {
    if (this.#usedBytes + bytes > this.#quotaBytes) {
      throw new StoreFullError(`the store's quota of ${this.#quotaBytes} bytes is used up`);
    }
    this.#usedBytes += bytes;
  }

  async #open(id: string): Promise<FileHandle> {
    const folder = id.slice(0, 2);
    if (!this.#folders.has(folder)) {
      await mkdir(join(this.#folder, folder), { recursive: true });
      this.#folders.add(folder);
    }
    return open(this.#pathOf(id), "wx");
  }

  #pathOf(blob: string): string {
    return join(this.#folder, blob.slice(0, 2), blob);
  }
}

/** A blob being written, from front to back. Not for concurrent use. */
export class BlobWriter {
  readonly #file: FileHandle;
  readonly #reserve: (bytes: number) => void;
  readonly #settle: (sizeBytes: number, keep: boolean) => Promise<Content>;
  #sizeBytes = 0;

  constructor(
    file: FileHandle,
    reserve: (bytes: number) => void,
    settle: (sizeBytes: number, keep: boolean) => Promise<Content>,
  ) {
    this.#file = file;
    this.#reserve = reserve;
    this.#settle = settle;
  }

  /** Appends bytes; see {@link BlobWriter.writeAll}. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.writeAll([bytes]);
  }

  /**
   * Appends pieces, one after the other; blocks of zeros are skipped and stay holes. The pieces must not change until
   * this resolves.
   */
  async writeAll(pieces: readonly Uint8Array[]): Promise<void> {
    let at = this.#sizeBytes;
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#reserve(bytes);
    this.#sizeBytes += bytes;
    // Runs that follow one another go to the disk in one call.
    let run: Uint8Array[] = [];
    let runStart = at;
    let runEnd = at;
    for (const piece of pieces) {
      for (const [from, to] of dataRuns(piece, at)) {
        if (at + from !== runEnd) {
          await writeFully(this.#file, run, runStart);
          run = [];
          runStart = at + from;
        }
        run.push(piece.subarray(from, to));
        runEnd = at + to;
      }
      at += piece.length;
    }
    await writeFully(this.#file, run, runStart);
  }

  /** Ends the blob at its full length; all of it can be read when the promise resolves. */
  async finish(): Promise<Content> {
    await this.#file.truncate(this.#sizeBytes);
    await this.#file.close();
    return this.#settle(this.#sizeBytes, true);
  }

  /** Drops the blob. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await this.#settle(this.#sizeBytes, false);
  }
}

/** Runs of a chunk that hold something else than zeros, cut at the blocks of the file it goes to. */
function* dataRuns(chunk: Uint8Array, fileOffset: number): Generator<readonly [number, number]> {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  let runStart = -1;
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + blockBytes - ((fileOffset + from) % blockBytes));
    const isZero = bytes[from] === 0 && bytes.compare(zeroBlock, 0, to - from, from, to) === 0;
    if (isZero && runStart >= 0) {
      yield [runStart, from];
      runStart = -1;
    } else if (!isZero && runStart < 0) {
      runStart = from;
    }
    from = to;
  }
  if (runStart >= 0) yield [runStart, bytes.length];
}

async function writeFully(file: FileHandle, run: readonly Uint8Array[], offset: number): Promise<void> {
  const length = run.reduce((sum, piece) => sum + piece.length, 0);
  if (length === 0) return;
  const { bytesWritten } = await file.writev(run, offset);
  if (bytesWritten === length) return;
  // A disk may take less than it was given, when it is nearly full for example.
  const rest = Buffer.concat(run).subarray(bytesWritten);
  for (let done = 0; done < rest.length; ) {
    done += (await file.write(rest, done, rest.length - done, offset + bytesWritten + done)).bytesWritten;
  }
}

async function readFully(file: FileHandle, into: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
    if (bytesRead === 0) throw new Error("a blob of the simulator is shorter than its record says");
    done += bytesRead;
  }
}
