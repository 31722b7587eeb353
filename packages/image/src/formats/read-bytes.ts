import { SampanError } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";

/** Reads a header; one that reaches past the container's end is refused with `IMAGE_TRUNCATED`. */
export async function readBytes(
  container: BlockSource,
  offset: number,
  length: number,
  what: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (offset < 0 || offset + length > container.sizeBytes) {
    throw new SampanError(
      "IMAGE_TRUNCATED",
      `reading ${what} of ${length} bytes at ${offset} of a file of ${container.sizeBytes} bytes`,
      { details: { offset, length, fileSizeBytes: container.sizeBytes } },
    );
  }
  const bytes = new Uint8Array(length);
  await container.read({ offset, length }, bytes, signal);
  return bytes;
}
