import { SampanError } from "@sampan/core";

/** Tables with more entries than this are not checked whole: the check would take more memory than reading them does. */
export const maximumCheckedEntries = 4 * 1024 * 1024;

/**
 * Refuses a table whose entries point to places that overlap, with `IMAGE_CORRUPT`.
 *
 * No writer makes such a table, and a file of a few kilobytes could claim a disk of terabytes that is nothing but data.
 *
 * @param places where units begin, in any unit of length, absent ones left out; sorted in place.
 * @param unit how long each is, in the same unit of length.
 */
export function assertApart(places: Uint32Array | Float64Array, unit: number, what: string): void {
  places.sort();
  for (let index = 1; index < places.length; index++) {
    const [before, place] = [places[index - 1] as number, places[index] as number];
    if (place - before < unit) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading ${what}, in which two entries, ${before} and ${place}, overlap`,
        {
          details: { before, place, unit },
        },
      );
    }
  }
}
