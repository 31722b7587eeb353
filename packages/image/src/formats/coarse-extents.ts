import type { BlockSource } from "../block-source.ts";

/** The same disk, said to list more data than it may have: for disks in files of which some did not tell their holes. */
export function withCoarseExtents(source: BlockSource): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: { ...source.features, extents: "coarse" },
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    close: () => source.close(),
  };
}
