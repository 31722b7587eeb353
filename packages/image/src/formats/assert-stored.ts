import { SampanError } from "@sampan/core";

/** Refuses data that lies behind the end of its container with `IMAGE_TRUNCATED`. */
export function assertStored(at: number, length: number, containerBytes: number): void {
  if (at + length <= containerBytes) return;
  throw new SampanError(
    "IMAGE_TRUNCATED",
    `reading an image whose tables point to ${length} bytes at ${at} of a file of ${containerBytes} bytes`,
    { details: { offset: at, length, fileSizeBytes: containerBytes } },
  );
}
