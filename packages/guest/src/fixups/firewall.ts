import { replaceInLines } from "../facts/lines.ts";
import type { Fixup } from "./fixup.ts";
import { switchOff } from "./switch-off.ts";

export const firewall: Fixup = {
  id: "firewall",
  summary: "Keeps the guest's own firewalls from starting at boot; their rules stay where they are.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.firewalls.some((service) => service.enabledAtBoot);
  },
  async apply(files, { guest }) {
    if (guest?.type !== "linux") return;
    for (const service of guest.firewalls) {
      if (!service.enabledAtBoot) continue;
      const config = "/etc/ufw/ufw.conf";
      const text = service.name === "ufw" ? await files.readText(config) : undefined;
      // ufw is always started and asks this file; switching it off here is what `ufw disable` does.
      if (text === undefined) await switchOff(files, service.name);
      else await files.write(config, replaceInLines(text, /^(\s*ENABLED\s*=\s*)yes\b/i, "$1no"));
    }
  },
};
