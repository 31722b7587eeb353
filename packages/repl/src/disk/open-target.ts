import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { DiskInspection } from "@sampan/guest";
import { type DiskImage, type ImageFormat, type OpenImageOptions, openDiskImage } from "@sampan/image";
import { type CommandCall, optionList, optionSet, optionText } from "../command-call.ts";
import { createProgressLine, type ProgressLine } from "../render/progress-line.ts";
import { hostSource } from "./host-source.ts";
import type { Target } from "./open-host-target.ts";

export type { Target } from "./open-host-target.ts";

/** How a target is opened, besides what its command's options say. */
export interface TargetOptions extends OpenImageOptions {
  /** What is done with the disk of a host that runs: `look` at it as it is (the default), or `read` all of it at one moment. */
  readonly purpose?: "look" | "read";
}

/**
 * Opens the disk image, or the disk of a host, that a command was given, as its options say; `more` goes over them. Shows how far it is
 * where the image must be unpacked first.
 *
 * Errors are those of `openDiskImage`, and for an address (`ssh://…`) those of its kind of host.
 */
export async function openTarget(
  call: CommandCall,
  target: string,
  { purpose = "look", ...more }: TargetOptions = {},
): Promise<Target> {
  const host = await hostSource(call, target);
  if (host !== undefined) {
    const { openHostTarget } = await import("./open-host-target.ts");
    return openHostTarget(call, host, { purpose, signal: more.signal });
  }
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
  use: (image: Target) => Promise<T>,
  more: TargetOptions = {},
): Promise<T> {
  return closing(await openTarget(call, target, more), use);
}

/** Looks at a target: at the system as it runs, or at the bytes of its disk. */
export async function inspectTarget(target: Target, signal?: AbortSignal): Promise<DiskInspection> {
  if (target.inspect !== undefined) return target.inspect(signal);
  const { inspectDisk } = await import("@sampan/guest");
  return inspectDisk(target.source, signal);
}

/** Closes an image after use, whatever happens. */
export async function closing<T, I extends DiskImage>(image: I, use: (image: I) => Promise<T>): Promise<T> {
  try {
    return await use(image);
  } finally {
    await image.source.close();
  }
}

function targetPath(call: CommandCall, target: string): string {
  if (!/^file:\/\//i.test(target)) return resolve(call.cwd, target);
  if (URL.canParse(target)) return decodeURIComponent(new URL(target).pathname);
  throw new SampanError("HOST_SOURCE_INVALID", "opening a file:// address that is none");
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
