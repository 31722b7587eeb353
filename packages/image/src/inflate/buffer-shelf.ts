import { MiB } from "@sampan/core";
import { sharedBytes } from "./shared-bytes.ts";

const bufferBytes = 2 * MiB;
const keptBuffers = 8;
const kept: Uint8Array[] = [];

/**
 * Lends shared memory for a short while, of any content. Buffers up to 2 MiB are used again and again, at most 8 are kept: the
 * garbage collector does not feel the weight of shared memory and would let hundreds of megabytes pile up.
 */
export function borrowShared(length: number): Uint8Array {
  if (length > bufferBytes) return sharedBytes(length);
  return (kept.pop() ?? sharedBytes(bufferBytes)).subarray(0, length);
}

/** Gives back what {@link borrowShared} lent. Nobody may use it afterwards. */
export function returnShared(bytes: Uint8Array): void {
  if (bytes.buffer.byteLength !== bufferBytes || kept.length >= keptBuffers) return;
  kept.push(new Uint8Array(bytes.buffer));
}
