import { createHash } from "node:crypto";
import type { AllocationMap } from "./allocation-map.ts";

/**
 * SHA-256 of a map, as 64 lower-case hex digits: equal maps have equal digests, on every machine and in every version.
 *
 * The canonical form that is hashed is text: `sampan-map 1 SIZE` and a line feed, then for every extent a letter (`d`, `z`,
 * `h`) and its length in decimal and a line feed. Neighbours of one kind are joined in a map, so the form is unique.
 */
export function mapDigest(map: AllocationMap): string {
  const hash = createHash("sha256");
  let text = `sampan-map 1 ${map.sizeBytes}\n`;
  for (const extent of map.extents) {
    text += `${extent.kind[0]}${extent.length}\n`;
    if (text.length > 32_768) {
      hash.update(text);
      text = "";
    }
  }
  return hash.update(text).digest("hex");
}
