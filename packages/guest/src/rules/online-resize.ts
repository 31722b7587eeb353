import type { LinuxFacts } from "../facts.ts";
import { fact, linuxGuest, place } from "./guest-of.ts";
import { isOlder } from "./kernel-version.ts";
import { shell, steps } from "./manual.ts";
import type { Rule, RuleHit, RuleInput } from "./rule.ts";
import { imageCheck } from "./sources.ts";

/** Linux grows a mounted partition from 3.6 on; the import reference says "later than 3.6". */
const firstKernel: readonly number[] = [3, 6, 0];

export const onlineResize: Rule = {
  id: "GUESTOS.OnlineResizeFS",
  requirement: "Where cloud-init runs, the root file system can grow with its disk.",
  why: "An instance may get a larger system disk than the image has. cloud-init then grows root partition and file system at the first boot, with `growpart`, a kernel later than 3.6, and a root that is the last partition of its disk. Without cloud-init nothing grows by itself, which `GUESTOS.CloudInit` says.",
  looksAt:
    "Whether cloud-init and growpart are installed, the version of the newest kernel, and which partition lies last. The evidence is what is missing.",
  mend: steps(
    "On the host, before capture:",
    shell("apt-get install cloud-guest-utils", "dnf install cloud-utils-growpart", "zypper install growpart"),
    "A root that is followed by another partition, often swap, has to be grown by hand; a swap file in its place frees the way.",
  ),
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (!guest?.cloudInit.installed || guest.cloudInit.enabledAtBoot === false) return [];
    return [...growpartMissing(guest), ...oldKernel(guest), ...notLast(guest, input)];
  },
};

function growpartMissing(guest: LinuxFacts): readonly RuleHit[] {
  if (guest.growpart !== false) return [];
  return [
    {
      message: "growpart is not installed, so the root partition will not grow with its disk.",
      hint: "Install cloud-guest-utils (`apt-get`) or cloud-utils-growpart (`dnf`) on the host before capture.",
      evidence: [fact("growpart", "not installed")],
    },
  ];
}

function oldKernel({ kernels }: LinuxFacts): readonly RuleHit[] {
  const [newest] = kernels;
  if (newest === undefined || !isOlder(newest.version, firstKernel)) return [];
  return [
    {
      message: `Kernel ${newest.version} cannot grow a partition that is in use, so the root will not grow with its disk.`,
      hint: "Give the instance a system disk of the image's size, or grow the partition before capture.",
      evidence: [fact("kernel", newest.version)],
    },
  ];
}

function notLast(guest: LinuxFacts, { inspection: { layout } }: RuleInput): readonly RuleHit[] {
  const root = layout.volumes[guest.rootVolume];
  if (root?.partition == null) return [];
  const end = root.range.offset + root.range.length;
  const behind = layout.table.partitions.find(({ range }) => range.offset >= end);
  if (behind === undefined) return [];
  return [
    {
      message: `Partition ${behind.number} lies behind the root, so the root cannot grow with its disk.`,
      hint: "Move what lies behind the root elsewhere, for example swap to a file, if the disk is to become larger.",
      evidence: [place(root, `partition ${root.partition.number} is followed by partition ${behind.number}`)],
    },
  ];
}
