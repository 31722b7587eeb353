import { SampanError } from "@sampan/core";
import { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";

/** What every encoder takes. */
export interface EncodeOptions {
  /**
   * Which bytes of the source are worth keeping; only its `data` extents are read, the rest is zero in the result.
   * Defaults to the source's own extents. Must cover exactly the source.
   */
  readonly map?: AllocationMap;
  readonly signal?: AbortSignal;
}

/** The map an encoder works by: the one given, checked against the source, or the source's own. */
export async function sourceMap(source: BlockSource, options: EncodeOptions): Promise<AllocationMap> {
  if (source.sizeBytes <= 0) {
    throw new SampanError("CORE_ARGUMENT", "encoding a disk of 0 bytes", {
      hint: "Give a disk that has at least one byte.",
    });
  }
  const map = options.map ?? (await AllocationMap.read(source, options.signal));
  if (map.sizeBytes !== source.sizeBytes) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `encoding a disk of ${source.sizeBytes} bytes by a map of ${map.sizeBytes} bytes`,
      { details: { sourceBytes: source.sizeBytes, mapBytes: map.sizeBytes } },
    );
  }
  return map;
}
