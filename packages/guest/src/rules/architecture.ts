import { fact, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importImageApi } from "./sources.ts";

export const architecture: Rule = {
  id: "GUESTOS.Architecture",
  requirement: "The guest is made for x86_64, i386 or, with UEFI, for aarch64.",
  profiles: { current: { severity: "blocker", source: importImageApi } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (!guest?.architecture) return [];
    const evidence = [fact("architecture", guest.architecture)];
    if (!["x86_64", "i386", "aarch64"].includes(guest.architecture)) {
      return [
        {
          message: `The guest's programs are made for ${guest.architecture}, and ECS has no such machines.`,
          hint: "Install the services anew on an x86_64 or aarch64 instance and move their data.",
          evidence,
        },
      ];
    }
    if (guest.architecture === "aarch64" && guest.bootMode === "BIOS") {
      return [
        {
          message: "The guest is made for aarch64 but boots by BIOS; ECS starts such machines by UEFI only.",
          hint: "Give the guest an EFI system partition with a boot loader.",
          evidence: [...evidence, fact("bootMode", guest.bootMode)],
        },
      ];
    }
    return [];
  },
};
