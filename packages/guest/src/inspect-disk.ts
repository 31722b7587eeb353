import { MiB } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readLinuxFacts } from "./facts/linux.ts";
import { readWindowsFacts } from "./facts/windows/windows.ts";
import type { FileVolume } from "./files/file-volume.ts";
import { ReadBudget } from "./files/paged-reader.ts";
import type { DiskInspection } from "./inspection.ts";
import { openGuest } from "./open-guest.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";
import { readDiskLayout } from "./volumes/read-layout.ts";

/** Everything read of a disk for one inspection, the layout aside, stays below this. */
const budgetBytes = 56 * MiB;

/**
 * Reads what is on a disk: its partitions and file systems, and the operating system with everything that decides
 * whether it will run on ECS.
 *
 * Works offline and read-only, with no mount and no root. At most 64 MiB of the disk are read. What cannot be read or
 * told becomes a line in `notes`; `guest` is `null` when neither a Linux root nor the registry of a Windows was found.
 * Throws only what the source throws, and `CORE_CANCELLED`.
 *
 * @example
 * ```ts
 * const image = await openDiskImage("web-01.vmdk");
 * const { guest, layout, notes } = await inspectDisk(image.source);
 * ```
 */
export async function inspectDisk(source: BlockSource, signal?: AbortSignal): Promise<DiskInspection> {
  const layout = await readDiskLayout(source, signal);
  const notes = [...layout.notes];
  const budget = new ReadBudget(budgetBytes);
  const opened = await openGuest(source, layout, budget, notes, signal);
  if (opened === undefined) return { layout, guest: null, notes };
  const sources = { source, layout, budget, notes, signal };
  const guest =
    opened.windowsFolder === null
      ? await readLinuxFacts(opened, sources)
      : await readWindowsFacts(opened, opened.windowsFolder, sources);
  return { layout: withStates(layout, opened.volumes), guest, notes };
}

/** The layout with how each file system was left, where that is not told at its beginning, as with NTFS. */
function withStates(layout: DiskLayout, opened: ReadonlyMap<FileVolume, Volume>): DiskLayout {
  const clean = new Map([...opened].map(([files, { index }]) => [index, files.clean]));
  const volumes = layout.volumes.map((volume) => {
    const { index, fileSystem } = volume;
    const told = clean.get(index);
    if (fileSystem === null || fileSystem.dirty !== null || told === undefined) return volume;
    return { ...volume, fileSystem: { ...fileSystem, dirty: !told } };
  });
  return { ...layout, volumes };
}
