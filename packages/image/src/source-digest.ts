import { createHash } from "node:crypto";
import { MiB, rangeEnd, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "./block-source.ts";

/** Options of {@link sourceDigest}. */
export interface SourceDigestOptions {
  readonly signal?: AbortSignal;
  /** Told after every step how many bytes of the disk have been hashed. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * SHA-256 of a whole disk, as 64 lower-case hex digits: the digest its raw image would have.
 *
 * Only data is read; holes are hashed as the zeros they are. 8 MiB of memory.
 */
export async function sourceDigest(source: BlockSource, options: SourceDigestOptions = {}): Promise<string> {
  const { signal, onProgress } = options;
  const hash = createHash("sha256");
  const buffer = new Uint8Array(4 * MiB);
  const zeros = new Uint8Array(4 * MiB);
  for await (const extent of source.extents(undefined, signal)) {
    for (let offset = extent.offset; offset < rangeEnd(extent); ) {
      throwIfCancelled(signal);
      const length = Math.min(buffer.length, rangeEnd(extent) - offset);
      if (extent.kind === "data") {
        await source.read({ offset, length }, buffer.subarray(0, length), signal);
        hash.update(buffer.subarray(0, length));
      } else hash.update(zeros.subarray(0, length));
      offset += length;
      onProgress?.(offset, source.sizeBytes);
    }
  }
  return hash.digest("hex");
}
