import { assertRangeWithin, type ByteRange } from "@sampan/core";
import type { BlobStore } from "./blob-store.ts";

/** A run of bytes inside a blob file. */
export interface Segment {
  readonly blob: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The bytes of an object: its segments one after the other.
 *
 * Completing an upload of 40 GB, copying an object and importing an image only make such a list; no byte moves.
 */
export interface Content {
  readonly sizeBytes: number;
  readonly segments: readonly Segment[];
}

/** Whether a value read from a file is a content: segments of blobs that add up to its size. */
export function isContent(value: unknown): value is Content {
  const content = value as Content | null | undefined;
  if (!Array.isArray(content?.segments)) return false;
  let sizeBytes = 0;
  for (const segment of content.segments as readonly (Segment | null)[]) {
    const { blob, offset, length } = segment ?? {};
    if (typeof blob !== "string" || !/^[0-9a-f-]{36}$/.test(blob)) return false;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) return false;
    if ((offset ?? -1) < 0 || (length ?? 0) <= 0) return false;
    sizeBytes += length ?? 0;
  }
  return content.sizeBytes === sizeBytes;
}

/** Joins contents to one. Neighbours in one blob become one segment. */
export function joinContents(contents: readonly Content[]): Content {
  const segments: Segment[] = [];
  for (const segment of contents.flatMap((content) => content.segments)) {
    const last = segments.at(-1);
    if (last && last.blob === segment.blob && last.offset + last.length === segment.offset) {
      segments[segments.length - 1] = { ...last, length: last.length + segment.length };
    } else if (segment.length > 0) {
      segments.push(segment);
    }
  }
  return { sizeBytes: segments.reduce((sum, segment) => sum + segment.length, 0), segments };
}

/** The part of a content within a range, which must lie inside it. */
export function sliceContent(content: Content, range: ByteRange): Content {
  assertRangeWithin(range, content.sizeBytes);
  const segments: Segment[] = [];
  let start = 0;
  for (const segment of content.segments) {
    const from = Math.max(range.offset, start);
    const to = Math.min(range.offset + range.length, start + segment.length);
    if (to > from) {
      segments.push({ blob: segment.blob, offset: segment.offset + from - start, length: to - from });
    }
    start += segment.length;
  }
  return { sizeBytes: range.length, segments };
}

/** Reads a content from front to back in pieces of at most 1 MiB. */
export async function* streamContent(blobs: BlobStore, content: Content): AsyncGenerator<Uint8Array> {
  for (const segment of content.segments) yield* blobs.stream(segment);
}

/** Fills `into` from a range of a content. */
export async function readContent(
  blobs: BlobStore,
  content: Content,
  range: ByteRange,
  into: Uint8Array,
): Promise<void> {
  assertRangeWithin(range, content.sizeBytes, into.length);
  let filled = 0;
  for (const segment of sliceContent(content, range).segments) {
    await blobs.read(segment, into.subarray(filled, filled + segment.length));
    filled += segment.length;
  }
}
