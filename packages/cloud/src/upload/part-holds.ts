import { createHash } from "node:crypto";
import type { StoredPart } from "../object-store.ts";

/**
 * Whether a part at the store has these bytes: by its checksum, or where the store gave none by its ETag, which for a part
 * is the MD5 of its bytes. `undefined` when neither can tell.
 */
export function partHolds(stored: StoredPart, bytes: Uint8Array, crc64: bigint): boolean | undefined {
  if (stored.sizeBytes !== bytes.length) return false;
  if (stored.crc64 !== null) return stored.crc64 === crc64;
  const md5 = /^"?([0-9a-fA-F]{32})"?$/.exec(stored.etag)?.[1];
  if (md5 === undefined) return undefined;
  return createHash("md5").update(bytes).digest("hex") === md5.toLowerCase();
}
