import { SampanError } from "@sampan/core";
import type { FormatReader } from "../format.ts";
import { diskSignature } from "./disk-signature.ts";
import { MappedRaw } from "./mapped-raw.ts";
import { findSplitSet, openSplitRaw } from "./split-raw.ts";

/**
 * Raw disks, whole or split into `.000`, `.001` …: no header at all, so a file counts as one only when its first bytes look like
 * those of a disk.
 */
export const rawFormat: FormatReader = {
  format: "raw",
  recognises: (file) => diskSignature(file.head) !== undefined,
  async open(container, context) {
    if (container.sizeBytes === 0) {
      throw new SampanError("IMAGE_FORMAT_UNKNOWN", `opening ${context.path}, which is empty`, {
        details: { path: context.path },
      });
    }
    // Asked for as raw, a later part of a set is taken as it is.
    const set = await findSplitSet(context.path, context.siblings).catch((error: unknown) => {
      if (context.options.format === "raw") return undefined;
      throw error;
    });
    if (set) return openSplitRaw(container, set, context);
    const head = new Uint8Array(Math.min(container.sizeBytes, 256 * 1024));
    await container.read({ offset: 0, length: head.length }, head, context.signal);
    const holes = await context.findHoles();
    return {
      variant: holes && holes.dataBytes < holes.sizeBytes ? "sparse" : "plain",
      source: new MappedRaw(container, container.sizeBytes, holes),
      compressed: false,
      details: { begins: diskSignature(head) ?? null },
    };
  },
};
