import { isSampanError } from "@sampan/core";
import type { DiskImage, MissingParent, OpenImageOptions } from "@sampan/image";
import { type CommandCall, optionText } from "../command-call.ts";
import { openTarget } from "./open-target.ts";

/** What the user wants in place of a parent that is not there; `undefined` when nothing was said. */
export function missingParentOption(call: CommandCall): OpenImageOptions["missingParent"] {
  // The choices of the option are these two.
  return optionText(call.options, "missingParent") as OpenImageOptions["missingParent"];
}

/**
 * Opens an image like `openTarget`, but a differencing VHD whose parent is not there is opened without it: what only the parent
 * holds then reads as zero, as QEMU reads such a file, and `info.missingParent` says so. Every other image, and a VHD whose parent
 * may not be looked for, is refused as usual.
 */
export async function openLoneVhd(
  call: CommandCall,
  target: string,
  signal: AbortSignal,
): Promise<DiskImage> {
  try {
    return await openTarget(call, target, { signal });
  } catch (error) {
    if (!isSampanError(error, "IMAGE_PART_MISSING")) throw error;
    const image = await openTarget(call, target, { missingParent: "zeros", signal });
    const missing = image.info.missingParent;
    if (missing?.childFormat === "vhd" && missing.reason === "absent") return image;
    await image.source.close();
    throw error;
  }
}

/** What to tell people about a disk that was read without a parent. */
export function missingParentNote({ childPath, names, reason }: MissingParent): string {
  const named = names.length === 0 ? "" : `, ${names.map((name) => JSON.stringify(name)).join(" or ")},`;
  const why = reason === "absent" ? "is not there" : "lies outside the folders that may be looked into";
  return `the parent of ${childPath}${named} ${why}: what only the parent holds reads as zero, so this is not the whole disk`;
}
