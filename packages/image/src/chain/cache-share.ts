import { KiB } from "@sampan/core";

/**
 * How much of a cache an image deep in a chain keeps: half of what its child keeps, and never so little that it is of no use.
 * The caches of a whole chain thus take little more than twice those of one image.
 */
export function cacheShare(bytes: number, depth: number): number {
  return Math.max(Math.min(bytes, 256 * KiB), bytes / 2 ** depth);
}
