import { wordsOf } from "../facts/lines.ts";
import type { LinuxFacts } from "../facts.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";
import { commented, editLines } from "./edit-lines.ts";
import type { Fixup } from "./fixup.ts";
import { switchOff } from "./switch-off.ts";

export const firewall: Fixup = {
  id: "firewall",
  summary: "Keeps the guest's own firewalls from starting at boot; their rules stay where they are.",
  appliesTo(guest) {
    return (
      guest.type === "linux" && (guest.firewalls.some((one) => one.enabledAtBoot) || hasInterfaces(guest))
    );
  },
  async apply(files, { inspection: { guest } }) {
    if (guest?.type !== "linux") return;
    for (const service of guest.firewalls) {
      if (!service.enabledAtBoot) continue;
      const config = "/etc/ufw/ufw.conf";
      if (service.name !== "ufw" || !(await files.stat(config))) {
        await switchOff(files, service.name);
        continue;
      }
      // ufw is always started and asks this file; switching it off here is what `ufw disable` does.
      await editLines(files, config, (line) =>
        line.replace(/^(\s*ENABLED\s*=\s*["']?)yes\b/i, (_, head: string) => `${head}no`),
      );
    }
    if (hasInterfaces(guest)) await silenceHooks(files);
  },
};

const interfaces = "/etc/network/interfaces";

function hasInterfaces(guest: LinuxFacts): boolean {
  return guest.interfaces.some((one) => one.source.startsWith(interfaces));
}

/** Without a service, Debian's administrators load the rules as the interface comes up. */
async function silenceHooks(files: WritableGuestFiles): Promise<void> {
  const folder = `${interfaces}.d`;
  for (const path of [interfaces, ...(await files.list(folder)).map((name) => `${folder}/${name}`)]) {
    await editLines(files, path, (line) => {
      const [hook = "", ...command] = wordsOf(line);
      const loads = command.some((word) => /(^|\/)(ip6?tables(-legacy|-nft)?-restore|nft)$/.test(word));
      return ["pre-up", "up", "post-up"].includes(hook) && loads ? commented(line) : line;
    });
  }
}
