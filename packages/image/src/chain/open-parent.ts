import { isSampanError } from "@sampan/core";
import type { DiskImage } from "../disk-image.ts";
import type { OpenContext } from "../formats/format.ts";
import type { SiblingOptions } from "../sibling-files.ts";

/** As many names of a missing parent are repeated: VHD has eight locators. */
const namesShown = 8;

/**
 * Opens the parent of an image; `undefined` when it is not there and the user wants zeros in its place, which is noted.
 *
 * @param names where it may be, best first, as the image records them.
 */
export async function openParent(
  context: OpenContext,
  names: string | readonly string[],
  options: SiblingOptions = {},
): Promise<DiskImage | undefined> {
  try {
    return await context.siblings.openImage(names, "parent", options);
  } catch (error) {
    const outside = isSampanError(error, "IMAGE_PARENT_REFUSED");
    const lacking = outside || isSampanError(error, "IMAGE_PART_MISSING");
    if (!lacking || context.options.missingParent !== "zeros") throw error;
    const named = typeof names === "string" ? [names] : names.slice(0, namesShown);
    context.noteMissingParent(named, outside ? "outside" : "absent");
    return undefined;
  }
}
