import { fact } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { importImageApi } from "./sources.ts";

export const architecture: Rule = {
  id: "GUESTOS.Architecture",
  requirement: "The guest is made for x86_64, i386 or, with UEFI and Linux, for aarch64.",
  why: "ECS has machines of these kinds only, names them x86_64, i386 and arm64, and starts arm64 by UEFI alone. It has no Windows for arm64.",
  looksAt:
    "The machine that the guest's own programs are made for (ELF header, or the registry of Windows), and how the disk boots. The evidence is both.",
  mend: "Install the services anew on an x86_64 or aarch64 instance and move their data. An aarch64 guest that boots by BIOS code needs an EFI system partition with a boot loader.",
  profiles: { current: { severity: "blocker", source: importImageApi } },
  fixup: null,
  check({ inspection, disk }) {
    const { guest } = inspection;
    if (!disk.system || !guest?.architecture) return [];
    const evidence = [fact("architecture", guest.architecture)];
    const known = guest.type === "windows" ? ["x86_64", "i386"] : ["x86_64", "i386", "aarch64"];
    if (!known.includes(guest.architecture)) {
      return [
        {
          message: `The guest's programs are made for ${guest.architecture}, and ECS has no such machines${guest.type === "windows" ? " for Windows" : ""}.`,
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
