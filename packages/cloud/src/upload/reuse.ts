import { combineCrc64, isSampanError } from "@sampan/core";
import type { ObjectAddress, ObjectInfo, StoredPart, UploadAddress } from "../object-store.ts";
import type { UploadContext } from "./upload-context.ts";
import type { ReusableObject, ReusablePart, UploadPartRecord } from "./upload-options.ts";

/** How an object was cut and what its ETag was, as far as it is known. */
export type ReusableShape = Pick<ReusableObject, "etag" | "partBytes" | "firstPartBytes">;

/**
 * Describes a finished upload for {@link UploadOptions.reuse} of a later one, from the parts that were recorded for it. Of several
 * records of one part the last counts.
 *
 * @example
 * ```ts
 * const digestKey = randomBytes(16);
 * await uploadObject(store, image, { bucket, key }, { digestKey, onPart: (part) => void parts.push(part) });
 * const reuse = reusableObject({ bucket, key }, parts);
 * await uploadObject(store, imageOfTuesday, { bucket, key: "web-01-tuesday.vhd" }, { digestKey, reuse, partBytes: 8 * MiB });
 * ```
 */
export function reusableObject(
  object: ObjectAddress,
  records: readonly UploadPartRecord[],
  { etag, partBytes, firstPartBytes }: ReusableShape = {},
): ReusableObject {
  const byNumber = new Map(records.map((record) => [record.number, record]));
  const parts: ReusablePart[] = [];
  let offset = 0;
  for (const { sizeBytes, crc64, digest } of [...byNumber.values()].sort((a, b) => a.number - b.number)) {
    parts.push({ offset, length: sizeBytes, crc64, ...(digest === undefined ? {} : { digest }) });
    offset += sizeBytes;
  }
  return {
    bucket: object.bucket,
    key: object.key,
    parts,
    ...(etag === undefined ? {} : { etag }),
    ...(partBytes === undefined ? {} : { partBytes }),
    ...(firstPartBytes === undefined ? {} : { firstPartBytes }),
  };
}

/** What tells the bytes of a part from all others. */
export interface PartDigests {
  readonly sizeBytes: number;
  readonly crc64: bigint;
  readonly digest: string;
}

/** Makes a part by copying, if the earlier object holds the same bytes; `undefined` when it must be sent. */
export type PartCopier = (
  number: number,
  part: PartDigests,
  signal: AbortSignal,
) => Promise<StoredPart | undefined>;

/**
 * Looks whether the earlier object is what its parts say, and gives what copies out of it.
 *
 * Its size and checksum at the store must be those that all its parts have together, and its ETag the one it was recorded with:
 * then each range has the digests it is said to have, without a byte being read. Whether a part is the same is decided by its
 * digest under a key, since whoever writes to the disk could make two parts of one CRC-64. Copies ask for the object as it was at that look.
 * The first copy that fails for good ends copying; everything else is sent.
 */
export async function partCopier(context: UploadContext, upload: UploadAddress): Promise<PartCopier> {
  const { store, options } = context;
  const none: PartCopier = async () => undefined;
  const { reuse } = options;
  if (reuse === undefined) return none;
  const source = { bucket: reuse.bucket, key: reuse.key };
  const giveUp = (reason: string) => options.onNotReused?.(reason);
  let info: ObjectInfo | undefined;
  try {
    info = await context.call(null, options.signal, () => store.headObject(source, options.signal));
  } catch (error) {
    giveUp(`it could not be looked at: ${failureText(error)}`);
    return none;
  }
  const misfit = info === undefined ? "it is gone" : misfitOf(reuse, info);
  if (info === undefined || misfit !== undefined) {
    giveUp(misfit ?? "it is gone");
    return none;
  }
  const { etag } = info;
  const ranges = new Map(
    reuse.parts.flatMap((part) => (part.digest === undefined ? [] : [[keyOf(part), part]])),
  );
  if (ranges.size === 0) giveUp("no digests were recorded of its parts");
  else if (options.digestKey === undefined) giveUp("the key of its digests is not known");

  let usable = true;
  return async (number, { sizeBytes, crc64, digest }, signal) => {
    const same = usable ? ranges.get(keyOf({ length: sizeBytes, crc64, digest })) : undefined;
    if (same === undefined) return undefined;
    const range = { offset: same.offset, length: same.length };
    let part: StoredPart;
    try {
      part = await context.call(number, signal, () =>
        store.copyPart(upload, number, { ...source, etag }, range, signal),
      );
    } catch (error) {
      const reason = failureText(error);
      if (usable) giveUp(`copying from it failed: ${reason}`);
      usable = false;
      return undefined;
    }
    // A store that gives no checksum for a copy has given one for the object the range lies in.
    return part.crc64 === null || part.crc64 === crc64 ? part : undefined;
  };
}

function keyOf(part: { readonly length: number; readonly crc64: bigint | string; readonly digest?: string }) {
  return `${part.length} ${part.crc64} ${part.digest}`;
}

/** Why an object is not what its parts say; `undefined` when it is. */
function misfitOf(reuse: ReusableObject, { sizeBytes, crc64, etag }: ObjectInfo): string | undefined {
  let offset = 0;
  let sum = 0n;
  for (const part of reuse.parts) {
    if (part.offset !== offset || !/^[0-9]{1,20}$/.test(part.crc64))
      return "the record of its parts is damaged";
    sum = combineCrc64(sum, BigInt(part.crc64), part.length);
    offset += part.length;
  }
  if (offset === 0) return "no parts were recorded of it";
  if (offset !== sizeBytes) return `it is another by now, of ${sizeBytes} bytes instead of ${offset}`;
  if (reuse.etag !== undefined && reuse.etag !== etag)
    return `it is another by now, with ETag ${etag} instead of ${reuse.etag}`;
  // An object made of copies may have no checksum: then its ETag must prove that it is the one that was made.
  if (crc64 === null) return reuse.etag === undefined ? "the store keeps no checksum of it" : undefined;
  return crc64 === sum ? undefined : "it is another by now, by its checksum";
}

function failureText(error: unknown): string {
  if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
  return `${error.code}: ${error.message}`;
}
