import { KiB } from "@sampan/core";

/** What a file system says of one file, directory or link. Volumes extend it with what they need to find its bytes. */
export interface FileNode {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly sizeBytes: number;
  /** Permission bits, such as 0o644. File systems without them give what is usual. */
  readonly mode: number;
}

/**
 * The files of one volume, read-only. One class a file system.
 *
 * Made for foreign bytes: nothing is allocated by a field of the disk, every loop is bounded, all reads count against the
 * inspection's budget, and what contradicts itself ends in `GUEST_FS_CORRUPT`. Nodes are given only to the volume they
 * come from.
 */
export interface FileVolume {
  /** False when it was not unmounted cleanly: its last changes may be missing from what is read. */
  readonly clean: boolean;
  /** The root directory; `undefined` when the volume has none. */
  root(): Promise<FileNode | undefined>;
  /** What a directory has under a name, links not followed; `undefined` when nothing, or when it is no directory. */
  lookup(directory: FileNode, name: string): Promise<FileNode | undefined>;
  /** Names in a directory, without `.` and `..`, in no order; empty for what is no directory. */
  names(directory: FileNode): Promise<readonly string[]>;
  /** The bytes of a file in order, in pieces of at most 256 KiB, up to `maxBytes`; pieces must not be changed. */
  chunks(file: FileNode, maxBytes: number): AsyncIterable<Uint8Array>;
  /**
   * Bytes of a file from a place on, fewer where it ends; `length` is a bounded number of the caller's. Only where files
   * too large to be read whole are looked into, as Windows' registry is.
   */
  readAt?(file: FileNode, offset: number, length: number): Promise<Uint8Array>;
  /** Where a link points; `undefined` for what is no link. */
  readLink(node: FileNode): Promise<string | undefined>;
  /**
   * The root directory of a subvolume, by its number or its path from the top, for file systems that have them;
   * `undefined` when there is none of that name.
   */
  subvolume?(name: number | string): Promise<FileNode | undefined>;
}

/** At most `maxBytes` of a file from its beginning. The buffer is the caller's. */
export async function readFileBytes(
  volume: FileVolume,
  file: FileNode,
  maxBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of volume.chunks(file, maxBytes)) {
    parts.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The longest piece that {@link FileVolume.chunks} gives. */
export const chunkBytes = 256 * KiB;

/** Pieces of a hole. */
export function* zeroChunks(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= chunkBytes) yield new Uint8Array(Math.min(chunkBytes, left));
}
