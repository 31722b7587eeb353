import { createHash } from "node:crypto";
import type { StoredPart } from "../object-store.ts";

/** Computes the CRC-64/XZ of a buffer, some 1.2 GB a second on one core. */
export type Crc64 = (bytes: Uint8Array) => bigint;

/**
 * Makes a CRC-64/XZ function over WebAssembly; loaded by the first upload, not by an import of the package.
 *
 * Each call is one run of the same instance and does not await, so the function may be shared by concurrent parts.
 */
export async function makeCrc64(): Promise<Crc64> {
  const { createCRC64 } = await import("hash-wasm");
  const hasher = await createCRC64();
  return (bytes) => BigInt(`0x${hasher.init().update(bytes).digest("hex")}`);
}

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
