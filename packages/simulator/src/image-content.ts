import type { ByteRange } from "@sampan/core";
import { assertRangeWithin } from "@sampan/core";
import type { BlockSource, Extent } from "@sampan/image";
import type { BlobStore } from "./state/blob-store.ts";
import { type Content, readContent } from "./state/content.ts";

/**
 * The stored bytes of one disk of an image, in the format they were uploaded in, as a BlockSource that a format reader
 * can be put on. Stays readable until closed, also when the image is deleted meanwhile.
 */
export function openContent(blobs: BlobStore, content: Content): BlockSource {
  blobs.retain(content);
  let isOpen = true;
  return {
    sizeBytes: content.sizeBytes,
    features: { extents: "none", stable: true },
    read: (range, into) => readContent(blobs, content, range, into),
    async *extents(range: ByteRange = { offset: 0, length: content.sizeBytes }): AsyncGenerator<Extent> {
      assertRangeWithin(range, content.sizeBytes);
      if (range.length > 0) yield { ...range, kind: "data" };
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await blobs.release(content);
    },
  };
}
