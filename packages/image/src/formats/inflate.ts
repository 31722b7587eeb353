import { constants, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import { SampanError } from "@sampan/core";

/**
 * Inflates a unit on the thread pool.
 *
 * Never gives more than `maximumBytes`: a unit that would is refused, so a bomb costs no more memory than a sound unit. Bytes
 * behind the end of the compressed stream are ignored.
 *
 * @throws `IMAGE_CORRUPT` when the bytes are no deflate stream or hold too much.
 */
export function inflateUnit(
  packed: Uint8Array,
  maximumBytes: number,
  wrapping: "zlib" | "raw",
  at: number,
): Promise<Uint8Array> {
  const options: ZlibOptions = {
    maxOutputLength: maximumBytes,
    // One piece of exactly this size: nothing to put together afterwards.
    chunkSize: Math.max(64, maximumBytes),
    // A stream that ends early gives what it has; the caller finds it too short.
    finishFlush: constants.Z_SYNC_FLUSH,
  };
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, unpacked: Uint8Array) => {
      if (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "it is damaged";
        reject(damagedUnit(at, packed.length, code, error));
      } else resolve(unpacked);
    };
    if (wrapping === "zlib") inflate(packed, options, done);
    else inflateRaw(packed, options, done);
  });
}

/** What is thrown for a unit that is no deflate stream or holds too much. */
export function damagedUnit(at: number, packedBytes: number, why: string, cause?: unknown): SampanError {
  return new SampanError("IMAGE_CORRUPT", `unpacking the compressed data at ${at}: ${why}`, {
    cause,
    details: { offset: at, packedBytes },
  });
}
