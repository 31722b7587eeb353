import { GiB, MiB, roundUp, SampanError } from "@sampan/core";
import type { ObjectStoreFeatures } from "../object-store.ts";

const usualPartBytes = 8 * MiB;
const largePartBytes = 16 * MiB;
/** Above this, parts of 8 MiB would be so many that listing them takes several calls. */
const largeObjectBytes = 32 * GiB;

/**
 * Size of the parts for an object: 8 MiB, 16 MiB above 32 GiB, and as much more as the store's limit on their number
 * demands; always whole MiB, so that parts fall on block boundaries of the image formats.
 *
 * @throws `CORE_ARGUMENT` when the object is larger than the store can hold in parts.
 */
export function choosePartBytes(sizeBytes: number, features: ObjectStoreFeatures): number {
  const wanted = sizeBytes > largeObjectBytes ? largePartBytes : usualPartBytes;
  const smallest = Math.max(Math.ceil(sizeBytes / features.maxParts), features.minPartBytes, MiB);
  const partBytes = Math.max(Math.min(wanted, features.maxPartBytes), roundUp(smallest, MiB));
  if (partBytes > features.maxPartBytes) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `sending ${sizeBytes} bytes: more than the store takes in ${features.maxParts} parts`,
      {
        details: { sizeBytes, maxParts: features.maxParts, maxPartBytes: features.maxPartBytes },
      },
    );
  }
  return partBytes;
}

/** Refuses a size of parts that the store does not take for this object: `CORE_ARGUMENT`. */
export function assertPartBytes(partBytes: number, sizeBytes: number, features: ObjectStoreFeatures): void {
  const single = sizeBytes <= partBytes;
  const count = Math.ceil(sizeBytes / partBytes);
  const fits =
    Number.isSafeInteger(partBytes) &&
    partBytes > 0 &&
    partBytes <= features.maxPartBytes &&
    (single || partBytes >= features.minPartBytes) &&
    count <= features.maxParts;
  if (fits) return;
  throw new SampanError(
    "CORE_ARGUMENT",
    `sending ${sizeBytes} bytes in parts of ${partBytes}: the store does not take that`,
    {
      hint: `Parts are ${features.minPartBytes} to ${features.maxPartBytes} bytes and at most ${features.maxParts}; leave partBytes out to have it chosen.`,
      details: { sizeBytes, partBytes, parts: Number.isFinite(count) ? count : null },
    },
  );
}
