import { readBootService } from "../../facts/boot-services.ts";
import { textLines } from "../../facts/lines.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { commented, editLines } from "../edit-lines.ts";
import { editSections, readSections } from "./sections.ts";
import { isPhysical, type NetworkStack } from "./stack.ts";

const folder = "/etc/systemd/network";
/** Cards by whatever name they get. */
export const anyCard = "en* eth*";

/** systemd-networkd's own files. */
export const networkd: NetworkStack = {
  async isActive(files) {
    return (await readBootService(files, "systemd-networkd")).links.length > 0;
  },
  async toDhcp(files) {
    const path = await firstFile(files);
    if (path === undefined) return "nothing";
    const sections = readSections(await files.readText(path));
    const bound =
      sections.has("match.macaddress") || sections.has("match.path") || sections.has("match.driver");
    const wide = (sections.get("match.name") ?? "")
      .split(/\s+/)
      .some((one) => /^(en\*|e\*|eth\*|\*)$/.test(one));
    const dhcp = ["yes", "ipv4", "both", "true", "v4"].includes(
      (sections.get("network.dhcp") ?? "").toLowerCase(),
    );
    if (wide && dhcp && !bound) return "any";
    let renamed = false;
    let asked = false;
    await editSections(files, path, (section, key, line) => {
      if (section === "match") {
        if (key !== "name") return key === "type" ? line : commented(line);
        if (renamed) return commented(line);
        renamed = true;
        return line.replace(/=.*$/, `=${anyCard}`);
      }
      if (section === "network") {
        if (["address", "gateway", "dns", "domains", "bridge", "bond", "vlan"].includes(key))
          return commented(line);
        if (key !== "dhcp") return line;
        asked = true;
        return dhcp ? line : line.replace(/=.*$/, "=ipv4");
      }
      return section === "address" || section === "route" ? commented(line) : line;
    });
    // A section may be named more than once, so what is missing can be added where the first of its name begins.
    await editLines(files, path, (line) => {
      if (!renamed && /^\s*\[Match\]\s*$/i.test(line)) {
        renamed = true;
        return [line, `Name=${anyCard}`];
      }
      if (!asked && /^\s*\[Network\]\s*$/i.test(line)) {
        asked = true;
        return [line, "DHCP=ipv4"];
      }
      return line;
    });
    return "any";
  },
};

/** The first file that is about a network card. */
async function firstFile(files: GuestFiles): Promise<string | undefined> {
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".network")) continue;
    const path = `${folder}/${name}`;
    const lines = textLines(await files.readText(path));
    const sections = readSections(lines.join("\n"));
    const names = (sections.get("match.name") ?? "").split(/\s+/);
    const hardware =
      sections.has("match.macaddress") ||
      sections.get("match.type") === "ether" ||
      sections.has("match.path");
    if (names.some((one) => isPhysical(one) || /^(en|eth|e|ens|enp|eno)?\*$/.test(one)) || hardware)
      return path;
  }
  return undefined;
}
