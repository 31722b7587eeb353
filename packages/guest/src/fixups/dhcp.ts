import type { Fixup } from "./fixup.ts";
import { ifcfgRedHat, ifcfgSuse } from "./network/ifcfg.ts";
import { ifupdown } from "./network/ifupdown.ts";
import { ensureKernelNames } from "./network/interface-names.ts";
import { keyfiles } from "./network/keyfiles.ts";
import { netplan } from "./network/netplan.ts";
import { networkd } from "./network/networkd.ts";

const stacks = [ifupdown, ifcfgRedHat, ifcfgSuse, netplan, networkd, keyfiles];

export const dhcp: Fixup = {
  id: "dhcp",
  summary:
    "Has the first network interface take its address by DHCP, whatever its name and hardware; what was set before stays as comments or in the diff.",
  appliesTo(guest) {
    return guest.type === "linux";
  },
  async apply(files, { note }) {
    let needsName = false;
    for (const stack of stacks) {
      if (!(await stack.isActive(files))) continue;
      if ((await stack.toDhcp(files, note)) === "eth0") needsName = true;
    }
    if (needsName && !(await ensureKernelNames(files))) {
      note(
        "the first interface is configured as eth0, but no list of kernel arguments was found to put net.ifnames=0 into: its name on ECS is not sure",
      );
    }
  },
};
