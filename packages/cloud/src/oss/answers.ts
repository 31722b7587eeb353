import type { ListedBucket } from "../object-store.ts";
import { regionOfOssLocation } from "../regions.ts";
import type { OssAnswer } from "./transport.ts";

/** A checksum header or element as a number; `null` when the store sent none or nonsense. */
export function crc64Of(text: unknown): bigint | null {
  return typeof text === "string" && /^[0-9]{1,20}$/.test(text) ? BigInt.asUintN(64, BigInt(text)) : null;
}

/** A size the store reports; `undefined` when it is none. */
export function sizeOf(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^[0-9]{1,16}$/.test(text)) return undefined;
  const size = Number(text);
  return Number.isSafeInteger(size) ? size : undefined;
}

const metadataPrefix = "x-oss-meta-";

/** User metadata out of an answer's headers, names without their prefix. */
export function metadataOf(answer: OssAnswer): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name.startsWith(metadataPrefix) && typeof value === "string") {
      metadata[name.slice(metadataPrefix.length)] = value;
    }
  }
  return metadata;
}

/** A field that ali-oss gives as an object when there is one, as a list when there are more. */
export function listOf(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A bucket of a list; none for a row without name or location. */
export function listedBucketOf(row: Readonly<Record<string, unknown>>): ListedBucket[] {
  const name = textOf(row.name);
  const location = textOf(row.region);
  if (name === undefined || location === undefined) return [];
  const storageClass = textOf(row.storageClass) ?? textOf(row.StorageClass) ?? "Standard";
  const createdAt = textOf(row.creationDate) ?? "";
  return [{ name, region: regionOfOssLocation(location), storageClass, createdAt }];
}
