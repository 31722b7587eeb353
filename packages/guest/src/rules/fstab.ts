import { volumeNamed } from "../facts/fstab.ts";
import type { FstabEntry } from "../facts.ts";
import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule, RuleHit, RuleInput } from "./rule.ts";
import { importRequirements, whitepaper } from "./sources.ts";

/** Options with which an entry that cannot be mounted does not stop the boot. */
const harmless = ["nofail", "noauto"];

export const fstab: Rule = {
  id: "GUESTOS.Fstab",
  requirement: "Every entry of fstab names a volume of the captured disks, by UUID.",
  why: "Disks are called `/dev/vda` or `/dev/nvme0n1` on ECS, whatever they were called before, and a file system that fstab demands and that is not there stops the boot. The whitepaper goes further and has the mounts of everything beyond the system disk removed.",
  looksAt:
    "Each line of `/etc/fstab`: how it names its device, whether a volume of the captured disks answers to that name, and the options `nofail` and `noauto`. The evidence is the line.",
  mend: steps(
    "`blkid` tells the UUIDs. Name volumes by them, and give what will not be on the instance the option `nofail` or make it a comment:",
    shell(
      "blkid /dev/sda1",
      "sed -i 's|^/dev/sda1[[:space:]]|UUID=0b9ff2a5-5d5c-4c9e-9bd2-1d1a7f0b1f6e |' /etc/fstab",
      "findmnt --verify",
    ),
  ),
  profiles: {
    current: { severity: "warning", source: importRequirements },
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§5.1 Check and preparations of the operating system before image export"),
    },
  },
  fixup: "fstab",
  check(input, profile) {
    const hits: RuleHit[] = [];
    for (const entry of linuxGuest(input)?.fstab ?? []) {
      const { device, mountPoint, type, options, line } = entry;
      const where = mountPoint === "none" || mountPoint === "swap" ? type : mountPoint;
      const evidence = [file("/etc/fstab", `${device} ${mountPoint} ${type} ${options.join(",")}`, line)];
      const stops = !options.some((option) => harmless.includes(option));
      if (entry.resolved === false && stops && !onOtherDisk(entry, input)) {
        hits.push({
          message: `${where} is to be mounted from ${device}, which is not on this disk; the boot would stop there.`,
          hint: `Remove line ${line} of /etc/fstab or give it the option nofail.`,
          evidence,
        });
      } else if (profile === "whitepaper-2017" && (entry.naming === "network" || entry.resolved === false)) {
        hits.push({
          message: `${where} is mounted from ${device}, which does not move along; the whitepaper has such mounts removed.`,
          hint: `Make line ${line} of /etc/fstab a comment and mount it again once the instance runs.`,
          evidence,
          fixup: null,
        });
      } else if (entry.naming === "device" && entry.resolved) {
        hits.push({
          message: `${where} is mounted from ${device}, a name that changes on ECS.`,
          hint: "Name the volume by UUID in /etc/fstab; `blkid` tells it.",
          evidence,
        });
      }
    }
    return hits;
  },
};

/** Whether a disk that is sent too holds what the entry names; names that count disks are no proof, for they change. */
function onOtherDisk(entry: FstabEntry, { dataDisks = [] }: RuleInput): boolean {
  return (
    entry.naming !== "device" && dataDisks.some((layout) => volumeNamed(entry.device, layout) !== undefined)
  );
}
