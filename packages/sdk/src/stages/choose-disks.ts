import { SampanError } from "@sampan/core";
import type { HostDisk } from "@sampan/host";
import type { CaptureOptions } from "../plan/options.ts";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";

/** The disk the host boots from. */
export function systemDisk(disks: readonly HostDisk[]): HostDisk {
  const disk = disks.find((candidate) => candidate.system);
  if (disk === undefined)
    throw new SampanError("HOST_DISK_UNKNOWN", "looking for the system disk among none");
  return disk;
}

/** The disks a capture takes, the system disk first; `HOST_DISK_UNKNOWN` for a name the host has not. */
export function chosenDisks<Disk extends Pick<HostDisk, "name" | "system">>(
  source: SourceSpec,
  disks: readonly Disk[],
  { disks: names }: Pick<CaptureOptions, "disks">,
): readonly Disk[] {
  if (names === undefined) return disks.filter((disk) => disk.system);
  const chosen = names.map((name) => {
    const disk = disks.find((candidate) => candidate.name === name);
    if (disk === undefined) {
      throw new SampanError("HOST_DISK_UNKNOWN", `capturing disk ${name} of ${sourceTitle(source)}`, {
        hint: `Its disks are ${disks.map((candidate) => candidate.name).join(", ")}.`,
      });
    }
    return disk;
  });
  return chosen.sort((a, b) => Number(b.system) - Number(a.system));
}
