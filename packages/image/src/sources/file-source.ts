import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import {
  assertRangeWithin,
  type ByteRange,
  isSampanError,
  SampanError,
  throwIfCancelled,
} from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import type { BlockSource, BlockSourceFeatures } from "../block-source.ts";
import { deferRead, markDirect } from "../copy/deferred-reads.ts";
import type { Extent } from "../extent.ts";
import { findHoles } from "./hole-finder.ts";

/** Options of {@link openFileSource}. */
export interface FileSourceOptions {
  /** Whether to ask the file system for holes when the file is opened. Default `true`. */
  readonly findHoles?: boolean;
  readonly signal?: AbortSignal;
}

/** The bytes of a regular file, read by position. */
export class FileSource implements BlockSource {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  readonly #fullyAllocated: boolean;
  #map: AllocationMap | undefined;
  #reading = 0;
  #closed = false;
  #idle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, sizeBytes: number, fullyAllocated: boolean) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.#handle = handle;
    this.#fullyAllocated = fullyAllocated;
    markDirect(this);
  }

  get features(): BlockSourceFeatures {
    return { extents: this.#fullyAllocated || this.#map ? "exact" : "none", stable: true };
  }

  /** The file's holes as far as they have been found; `undefined` when nothing is known. */
  get map(): AllocationMap | undefined {
    return this.#map;
  }

  /** Asks the file system for holes, once; returns what is then known. */
  async findHoles(signal?: AbortSignal): Promise<AllocationMap | undefined> {
    if (!this.#map && !this.#fullyAllocated && this.sizeBytes > 0 && !this.#closed) {
      this.#reading++;
      try {
        this.#map = await findHoles(this.#handle.fd, this.sizeBytes, signal);
      } finally {
        this.#done();
      }
      throwIfCancelled(signal);
    }
    return this.#map;
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    if (this.#closed)
      throw new SampanError("IMAGE_UNREADABLE", `reading ${this.path}, which has been closed`);
    this.#reading++;
    const deferred = deferRead(into, () => ({
      descriptor: this.#handle.fd,
      at: range.offset,
      settle: () => this.#done(),
      failure: (code, done) =>
        code === null
          ? truncated(this.path, range.offset + done, this.sizeBytes)
          : asReadError({ code }, this.path, range),
    }));
    if (deferred) return;
    try {
      let done = 0;
      while (done < range.length) {
        // One call moves at most 64 MiB, so that cancelling is heard between calls.
        const length = Math.min(range.length - done, 64 * 1024 * 1024);
        const { bytesRead } = await this.#handle.read(into, done, length, range.offset + done);
        if (bytesRead === 0) throw truncated(this.path, range.offset + done, this.sizeBytes);
        done += bytesRead;
        throwIfCancelled(signal);
      }
    } catch (error) {
      throw asReadError(error, this.path, range);
    } finally {
      this.#done();
    }
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    throwIfCancelled(signal);
    const map = this.#map;
    if (map) {
      for (const extent of map.within(range)) {
        throwIfCancelled(signal);
        yield extent;
      }
    } else if (range.length > 0) {
      yield { offset: range.offset, length: range.length, kind: "data" };
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    // The descriptor must not be given to another file while a read on it is under way.
    if (this.#reading > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#handle.close();
  }

  #done(): void {
    this.#reading--;
    if (this.#reading === 0) this.#idle?.();
  }
}

/**
 * Opens a regular file as a block source: its bytes are the disk.
 *
 * Holes are found through the file system. Node offers no SEEK_HOLE, so: a file whose allocated blocks cover its size has none;
 * any other file is walked with SEEK_DATA and SEEK_HOLE by `perl` or else `python3`, which get nothing but the open descriptor
 * (Linux, macOS, FreeBSD). `features.extents` is then `exact`. Where that cannot be had it is `none`, and everything counts as
 * data. Holes are looked for once, when the file is opened; what is written to it later is not noticed.
 *
 * Reads are positional, may run in parallel and touch no state of the file. A file that shrinks while open gives
 * `IMAGE_TRUNCATED`. Closing waits for reads in flight.
 *
 * @throws `IMAGE_NOT_FOUND` when there is no regular file, `IMAGE_UNREADABLE` when the system refuses.
 */
export async function openFileSource(path: string, options: FileSourceOptions = {}): Promise<FileSource> {
  throwIfCancelled(options.signal);
  const handle = await openForReading(path);
  try {
    const status = await handle.stat();
    if (!status.isFile()) {
      throw new SampanError("IMAGE_NOT_FOUND", `opening ${path}, which is not a regular file`, {
        details: { path },
      });
    }
    // Windows reports no blocks; there nothing can be concluded from them.
    const allocated = process.platform !== "win32" && status.blocks * 512 >= status.size;
    const source = new FileSource(path, handle, status.size, allocated);
    if (options.findHoles !== false) await source.findHoles(options.signal);
    return source;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer. Windows knows neither.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ERR_INVALID_ARG_VALUE" || code === "ENXIO") {
      throw new SampanError("IMAGE_NOT_FOUND", `opening ${path}, which does not exist`, {
        cause: error,
        details: { path },
      });
    }
    throw new SampanError("IMAGE_UNREADABLE", `opening ${path}: the system answered ${code ?? "an error"}`, {
      cause: error,
      details: { path, code: code ?? null },
    });
  }
}

function truncated(path: string, offset: number, sizeBytes: number): SampanError {
  return new SampanError(
    "IMAGE_TRUNCATED",
    `reading ${path}, which ended at ${offset} of ${sizeBytes} bytes`,
    {
      hint: "The file shrank while it was read; stop whatever writes to it and start again.",
      details: { path, offset, sizeBytes },
    },
  );
}

function asReadError(error: unknown, path: string, range: ByteRange): SampanError {
  if (isSampanError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? null;
  return new SampanError(
    "IMAGE_UNREADABLE",
    `reading ${range.length} bytes at ${range.offset} of ${path}: the system answered ${code ?? "an error"}`,
    {
      cause: error,
      retryable: code === "EIO" || code === "EAGAIN",
      details: { path, offset: range.offset, length: range.length, code },
    },
  );
}
