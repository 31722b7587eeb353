import { isSampanError } from "@sampan/core";
import type { DiskImage } from "../disk-image.ts";
import type { OpenContext } from "../formats/format.ts";
import type { SiblingOptions } from "../sibling-files.ts";

/**
 * Opens the parent of an image; `undefined` when it is not there and the user wants zeros in its place.
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
    const absent =
      isSampanError(error) && (error.code === "IMAGE_PART_MISSING" || error.code === "IMAGE_PARENT_REFUSED");
    if (absent && context.options.missingParent === "zeros") return undefined;
    throw error;
  }
}
