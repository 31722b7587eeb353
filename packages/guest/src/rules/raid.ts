import { volumeName } from "../volumes/volume-name.ts";
import { fact, linuxGuest, place } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { engineering } from "./sources.ts";

export const raid: Rule = {
  id: "SAMPAN.Raid",
  requirement: "The system disk is no member of a software RAID.",
  why: "One disk of an array is imported as one disk: a mirror starts degraded and asks at boot, a striped array does not start at all. Cloud disks are replicated by themselves.",
  looksAt:
    "RAID superblocks on the volumes of the system disk, and the arrays in `mdadm.conf`. The evidence is where the member begins, or the array.",
  mend: steps(
    "Move the guest to plain partitions before capture, or let a mirror start with one member:",
    shell("mdadm --grow /dev/md0 --raid-devices=1 --force"),
  ),
  profiles: { current: { severity: "warning", source: engineering } },
  fixup: null,
  check(input) {
    const { guest, layout } = input.inspection;
    if (!input.disk.system || guest === null) return [];
    const members = layout.volumes.filter(({ fileSystem: fs }) => fs?.kind === "linux_raid");
    const arrays = linuxGuest(input)?.raidArrays ?? [];
    if (members.length === 0 && arrays.length === 0) return [];
    const what = members.length > 0 ? members.map((one) => volumeName(one)).join(", ") : arrays.join(", ");
    return [
      {
        message: `The guest uses software RAID (${what}), of which the image has one disk.`,
        hint: "Move the guest to plain partitions, or shrink a mirror to one member: `mdadm --grow /dev/md0 --raid-devices=1 --force`.",
        evidence: [...members.map((one) => place(one)), ...arrays.map((name) => fact("mdadm.conf", name))],
      },
    ];
  },
};
