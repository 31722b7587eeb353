import type { BlockSource } from "../block-source.ts";

/** The same disk, with further sources that are closed with it. */
export function alsoClosing(source: BlockSource, ...others: readonly BlockSource[]): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    async close() {
      const closed = await Promise.allSettled([source, ...others].map((each) => each.close()));
      const failed = closed.find((outcome) => outcome.status === "rejected");
      if (failed) throw failed.reason;
    },
  };
}

/** The same disk, whose closing is the business of someone else. */
export function withoutClose(source: BlockSource): BlockSource {
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    close: async () => {},
  };
}
