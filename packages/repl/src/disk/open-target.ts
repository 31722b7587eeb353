import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { type DiskImage, type ImageFormat, type OpenImageOptions, openDiskImage } from "@sampan/image";
import { type CommandCall, optionList, optionSet, optionText } from "../command-call.ts";
import { createProgressLine, type ProgressLine } from "../render/progress-line.ts";

/**
 * Opens the disk image a command was given, as its options say; `more` goes over them. Shows how far it is where the image must be
 * unpacked first.
 *
 * An address (`ssh://…`) is refused with `HOST_KIND_UNSUPPORTED`; other errors are those of `openDiskImage`.
 */
export async function openTarget(
  call: CommandCall,
  target: string,
  more: OpenImageOptions = {},
): Promise<DiskImage> {
  let line: ProgressLine | undefined;
  const onProgress = (doneBytes: number, totalBytes: number) => {
    line ??= createProgressLine(call.output, "unpacking");
    line.update(doneBytes, totalBytes);
  };
  try {
    const options = { ...openOptions(call), unpacking: { onProgress }, ...more };
    return await openDiskImage(targetPath(call, target), options);
  } finally {
    line?.end();
  }
}

/** Opens the disk image a command was given (see {@link openTarget}) and closes it after use, whatever happens. */
export async function withImage<T>(
  call: CommandCall,
  target: string,
  use: (image: DiskImage) => Promise<T>,
): Promise<T> {
  return closing(await openTarget(call, target), use);
}

/** Closes an image after use, whatever happens. */
export async function closing<T>(image: DiskImage, use: (image: DiskImage) => Promise<T>): Promise<T> {
  try {
    return await use(image);
  } finally {
    await image.source.close();
  }
}

function targetPath(call: CommandCall, target: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(target)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(call.cwd, target);
  if (scheme === "file" && URL.canParse(target)) return decodeURIComponent(new URL(target).pathname);
  throw new SampanError("HOST_KIND_UNSUPPORTED", `opening ${scheme}://…: only disk image files can be read`);
}

/** What the options of the command line say about opening an image. */
function openOptions(call: CommandCall): OpenImageOptions {
  // The choices of the option are the names of the formats.
  const format = optionText(call.options, "sourceFormat") as ImageFormat | undefined;
  const disk = optionText(call.options, "disk");
  const snapshot = optionText(call.options, "snapshot");
  const folders = optionList(call.options, "allowPath");
  return {
    ...(format === undefined ? {} : { format }),
    ...(disk === undefined ? {} : { disk: /^\d+$/.test(disk) ? Number(disk) : disk }),
    ...(optionSet(call.options, "checkManifest") && { checkManifest: true }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(folders.length === 0 ? {} : { allowPaths: folders.map((folder) => resolve(call.cwd, folder)) }),
  };
}
