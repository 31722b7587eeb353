import { combineCrc64, isSampanError } from "@sampan/core";
import type { ObjectAddress, StoredPart, UploadAddress } from "../object-store.ts";
import type { UploadContext } from "./upload-context.ts";
import type { ReusableObject, ReusablePart, UploadPartRecord } from "./upload-options.ts";

/**
 * Describes a finished upload for {@link UploadOptions.reuse} of a later one, from the parts that were recorded for it.
 *
 * @example
 * ```ts
 * const earlier = reusableObject({ bucket, key }, journal.parts);
 * await uploadObject(store, image, { bucket, key: "web-01-tuesday.vhd" }, { reuse: earlier, partBytes: 8 * MiB });
 * ```
 */
export function reusableObject(object: ObjectAddress, records: readonly UploadPartRecord[]): ReusableObject {
  const parts: ReusablePart[] = [];
  let offset = 0;
  for (const { sizeBytes, crc64 } of [...records].sort((a, b) => a.number - b.number)) {
    parts.push({ offset, length: sizeBytes, crc64 });
    offset += sizeBytes;
  }
  return { bucket: object.bucket, key: object.key, parts };
}

/** Makes a part by copying, if the earlier object holds the same bytes; `undefined` when it must be sent. */
export type PartCopier = (
  number: number,
  length: number,
  crc64: bigint,
  signal: AbortSignal,
) => Promise<StoredPart | undefined>;

/**
 * Looks whether the earlier object is what its parts say, and gives what copies out of it.
 *
 * Its size and checksum at the store must be those that all its parts have together: then each range has the checksum it is
 * said to have, without a byte being read. Copies ask for the object as it was at that look. The first copy that fails for
 * good ends copying; everything else is sent.
 */
export async function partCopier(context: UploadContext, upload: UploadAddress): Promise<PartCopier> {
  const { store, options } = context;
  const none: PartCopier = async () => undefined;
  const { reuse } = options;
  if (reuse === undefined) return none;
  const source = { bucket: reuse.bucket, key: reuse.key };
  const info = await store.headObject(source, options.signal).catch(unlessCancelled);
  if (info === undefined || !isWhole(reuse, info.sizeBytes, info.crc64)) return none;

  const ranges = new Map(reuse.parts.map((part) => [`${part.length} ${part.crc64}`, part]));
  let usable = true;
  return async (number, length, crc64, signal) => {
    const same = usable ? ranges.get(`${length} ${crc64}`) : undefined;
    if (same === undefined) return undefined;
    const range = { offset: same.offset, length: same.length };
    const part = await context
      .call(number, signal, () =>
        store.copyPart(upload, number, { ...source, etag: info.etag }, range, signal),
      )
      .catch((error) => {
        usable = false;
        return unlessCancelled(error);
      });
    // A store that gives no checksum for a copy has given one for the object the range lies in.
    return part !== undefined && (part.crc64 === null || part.crc64 === crc64) ? part : undefined;
  };
}

function isWhole(reuse: ReusableObject, sizeBytes: number, crc64: bigint | null): boolean {
  let offset = 0;
  let sum = 0n;
  for (const part of reuse.parts) {
    if (part.offset !== offset || !/^[0-9]{1,20}$/.test(part.crc64)) return false;
    sum = combineCrc64(sum, BigInt(part.crc64), part.length);
    offset += part.length;
  }
  return offset > 0 && offset === sizeBytes && sum === crc64;
}

function unlessCancelled(error: unknown): undefined {
  if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
  return undefined;
}
