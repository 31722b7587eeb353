import type { BlockSource } from "@sampan/image";

/**
 * Reads at most `length` bytes at `offset`: fewer where the source ends, none past its end. The buffer is the caller's.
 *
 * `length` is always a constant or a checked number of Sampan's own, never a field of the disk.
 */
export async function readBytes(
  source: BlockSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const end = Math.min(offset + length, source.sizeBytes);
  const bytes = new Uint8Array(Math.max(0, end - offset));
  if (bytes.length > 0) await source.read({ offset, length: bytes.length }, bytes, signal);
  return bytes;
}
