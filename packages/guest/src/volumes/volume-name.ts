import type { Volume } from "./layout.ts";

/** How notes name a volume. */
export function volumeName(volume: Volume): string {
  const what = volume.fileSystem === null ? "" : ` (${volume.fileSystem.kind})`;
  if (volume.logicalVolume !== null) {
    return `logical volume ${volume.logicalVolume.group}/${volume.logicalVolume.name}${what}`;
  }
  if (volume.mirror !== undefined) return `mirror ${volume.mirror.name ?? volume.mirror.uuid ?? ""}${what}`;
  return volume.partition === null ? `the disk${what}` : `partition ${volume.partition.number}${what}`;
}
