import { ensureDhcp } from "./dhcp-without-network-manager.ts";
import type { Fixup } from "./fixup.ts";
import { networkManagerUnits, switchOff } from "./switch-off.ts";

export const networkManager: Fixup = {
  id: "network-manager",
  summary:
    "Keeps NetworkManager from starting at boot, where another service brings the interface up by DHCP or can be made to.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.networkManager?.enabledAtBoot === true;
  },
  async apply(files) {
    // A guest without network cannot be reached any more: then NetworkManager stays, and so does its finding.
    if (!(await ensureDhcp(files))) return;
    for (const name of networkManagerUnits) await switchOff(files, name);
  },
};
