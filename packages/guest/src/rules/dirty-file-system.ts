import { volumeName } from "../volumes/volume-name.ts";
import { place } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { engineering } from "./sources.ts";

export const dirtyFileSystem: Rule = {
  id: "SAMPAN.DirtyFileSystem",
  requirement: "The file systems were unmounted cleanly.",
  why: "A disk that was taken from a running host, or after a crash, has its last changes in a journal only. They are replayed at the first boot, but until then the facts may be old, and the fix-ups refuse to write (`GUEST_FS_DIRTY`).",
  looksAt:
    "The state and journal flags in the superblock, with NTFS the dirty flag of the volume. The evidence is where the volume begins.",
  mend: steps(
    "Shut the host down, and capture then. Windows must be shut down wholly:",
    powershell("shutdown /s /f /t 0     # not the fast start of the menu", "chkdsk C: /f"),
    "A disk image that cannot be taken anew can be checked where it is attached as a disk:",
    shell("e2fsck -f /dev/sdb1", "mount /dev/sdb1 /mnt && umount /mnt     # XFS: replays its log"),
  ),
  profiles: { current: { severity: "warning", source: engineering } },
  fixup: null,
  check({ inspection: { layout, guest }, disk }) {
    if (disk.system && guest === null) return [];
    return layout.volumes
      .filter(({ fileSystem: fs }) => fs?.dirty === true)
      .map((volume) => ({
        message: `${volumeName(volume)} was not unmounted cleanly: its last changes are in its journal only.`,
        hint: "Shut the host down cleanly and capture again; with Windows by `shutdown /s /f /t 0`.",
        evidence: [place(volume)],
      }));
  },
};
