import type { Fixup } from "./fixup.ts";
import { switchOff } from "./switch-off.ts";

export const hypervisorTools: Fixup = {
  id: "hypervisor-tools",
  summary:
    "Keeps the guest tools of VMware, VirtualBox, Xen, Hyper-V and Parallels from starting at boot; they stay installed.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.hypervisorTools.some((service) => service.enabledAtBoot);
  },
  async apply(files, { inspection: { guest } }) {
    if (guest?.type !== "linux") return;
    for (const service of guest.hypervisorTools)
      if (service.enabledAtBoot) await switchOff(files, service.name);
  },
};
