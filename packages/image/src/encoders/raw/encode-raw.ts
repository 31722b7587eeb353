import { assertRangeWithin, type ByteRange, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { isDirect, markDirect } from "../../copy/deferred-reads.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import { planMappedRead } from "../../io/mapped-read.ts";
import { runTasks, type Task } from "../../io/parallel.ts";
import { mapAsFile } from "../file-extents.ts";
import { type EncodeOptions, sourceMap } from "../source-map.ts";

/**
 * Lays a disk out as a raw image: its bytes and nothing else, zero where the map has no data.
 *
 * Size and virtual size are the source's own, to the byte.
 *
 * @throws `CORE_ARGUMENT` for an empty disk or a map of another size; whatever listing the source's extents throws.
 */
export async function encodeRaw(source: BlockSource, options: EncodeOptions = {}): Promise<EncodedImage> {
  const map = await sourceMap(source, options);
  const { sizeBytes } = source;
  const encoded: EncodedImage = {
    format: "raw",
    sizeBytes,
    virtualSizeBytes: sizeBytes,
    dataBytes: map.dataBytes,
    async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes, into.length);
      throwIfCancelled(signal);
      const tasks: Task[] = [];
      planMappedRead(tasks, source, map, range, into, signal);
      await runTasks(tasks);
    },
    extents: (range) => mapAsFile(map, [], sizeBytes, range),
  };
  if (isDirect(source)) markDirect(encoded);
  return encoded;
}
