import { GiB, MiB, roundUp, SampanError } from "@sampan/core";
import type { ObjectStoreFeatures } from "../object-store.ts";
import type { PartLayout } from "./part-layout.ts";

const usualPartBytes = 8 * MiB;
const largePartBytes = 16 * MiB;
/** Above this, parts of 8 MiB would be so many that listing them takes several calls. */
const largeObjectBytes = 32 * GiB;
/** How long a part takes at the rate that was measured: what is lost when its connection breaks. */
const partSeconds = 10;

/**
 * Size of the parts for an object: 8 MiB, 16 MiB above 32 GiB; where a connection is known to move less than that in ten
 * seconds, what it moves, at least 1 MiB. As much more as the store's limit on their number demands; always whole MiB, so that parts fall on
 * block boundaries of the image formats.
 *
 * `connectionRate`: bytes a second over one connection.
 *
 * @throws `CORE_ARGUMENT` when the object is larger than the store can hold in parts.
 */
export function choosePartBytes(
  sizeBytes: number,
  features: ObjectStoreFeatures,
  connectionRate?: number,
): number {
  const usual = sizeBytes > largeObjectBytes ? largePartBytes : usualPartBytes;
  const wanted = connectionRate === undefined ? usual : Math.min(usual, partBytesAt(connectionRate));
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

function partBytesAt(connectionRate: number): number {
  const bytes = Math.floor((connectionRate * partSeconds) / MiB) * MiB;
  return Math.max(bytes, MiB);
}

/** Whether the store takes an object cut in this way. */
export function fitsStore(layout: PartLayout, sizeBytes: number, features: ObjectStoreFeatures): boolean {
  const { firstPartBytes, partBytes } = layout;
  const single = sizeBytes <= firstPartBytes;
  const isTaken = (bytes: number) =>
    Number.isSafeInteger(bytes) &&
    bytes > 0 &&
    bytes <= features.maxPartBytes &&
    (single || bytes >= features.minPartBytes);
  return [firstPartBytes, partBytes].every(isTaken) && partCount(layout, sizeBytes) <= features.maxParts;
}

/** Refuses a layout of parts that the store does not take for this object: `CORE_ARGUMENT`. */
export function assertLayout(layout: PartLayout, sizeBytes: number, features: ObjectStoreFeatures): void {
  if (fitsStore(layout, sizeBytes, features)) return;
  const { partBytes } = layout;
  const parts = partCount(layout, sizeBytes);
  throw new SampanError(
    "CORE_ARGUMENT",
    `sending ${sizeBytes} bytes in parts of ${partBytes}: the store does not take that`,
    {
      hint: `Parts are ${features.minPartBytes} to ${features.maxPartBytes} bytes and at most ${features.maxParts}; leave partBytes out to have it chosen.`,
      details: { sizeBytes, partBytes, parts: Number.isFinite(parts) ? parts : null },
    },
  );
}

function partCount({ firstPartBytes, partBytes }: PartLayout, sizeBytes: number): number {
  return 1 + Math.ceil(Math.max(0, sizeBytes - firstPartBytes) / partBytes);
}
