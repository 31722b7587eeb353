import { fact, file, linuxGuest } from "./guest-of.ts";
import { isOlder } from "./kernel-version.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

/** The kernel of RHEL and CentOS 6; distributions with older ones have been out of support since 2017 or before. */
const firstKernel: readonly number[] = [2, 6, 32];

export const mocInstanceTypes: Rule = {
  id: "GUESTOS.SupportMocInstanceTypes",
  requirement: "The kernel is new enough for the instance families from the sixth generation on.",
  why: "ecs.g6, ecs.g7 and what follows run on other machines than the families before. The vendor says that old kernels may not start there, names CentOS 5 before 5.11 as the example and gives no list; Sampan draws the line at Linux 2.6.32 and lets CentOS and RHEL 5.11 pass.",
  looksAt:
    "The version of the newest kernel in `/boot`, and that of the distribution. The evidence is the kernel's file.",
  mend: "Update CentOS 5 to 5.11 (`yum update`), upgrade the guest, or choose a family before the sixth generation for it.",
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    const kernel = guest?.kernels[0];
    if (guest === undefined || kernel === undefined || !isOlder(kernel.version, firstKernel)) return [];
    const last = ["centos", "rhel"].includes(guest.family) && guest.major === 5 && (guest.minor ?? 0) >= 11;
    if (last) return [];
    return [
      {
        message: `Kernel ${kernel.version} may not start on instance families from ecs.g6 on.`,
        hint: "Update the guest (`yum update` brings CentOS 5 to 5.11), or choose an older instance family.",
        evidence: [file(kernel.path, kernel.version), fact("version", guest.version ?? guest.name)],
      },
    ];
  },
};
