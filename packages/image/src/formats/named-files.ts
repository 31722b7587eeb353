import { dirname, resolve } from "node:path";
import { SampanError } from "@sampan/core";

/**
 * Refuses a file named by an image, a parent or a part of the disk, that does not lie in the image's own folder, with
 * `IMAGE_PARENT_REFUSED`: no image may make Sampan read a file of its choice. Names with a protocol count as outside.
 * Nothing is opened or looked up.
 */
export function refuseNameOutside(imagePath: string, name: string, what: string): void {
  const folder = dirname(resolve(imagePath));
  const protocol = /^[a-z][a-z0-9+.-]+:/i.test(name);
  // Backslashes separate folders for whoever wrote the image, whatever they do here.
  if (!protocol && dirname(resolve(folder, name.replaceAll("\\", "/"))) === folder) return;
  const shown = name.replace(/[^\x20-\x7e]/g, "?").slice(0, 256);
  throw new SampanError(
    "IMAGE_PARENT_REFUSED",
    `opening ${imagePath}: its ${what}, ${JSON.stringify(shown)}, lies outside its folder`,
    {
      hint: "If you trust it, merge both into one file first, for example with `qemu-img convert`.",
      details: { path: imagePath, named: shown },
    },
  );
}
