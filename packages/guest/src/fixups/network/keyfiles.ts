import { readNetworkManager } from "../../facts/services.ts";
import { commented, editLines } from "../edit-lines.ts";
import { editSections, readSections } from "./sections.ts";
import type { NetworkStack } from "./stack.ts";

const folder = "/etc/NetworkManager/system-connections";

/** NetworkManager's keyfiles. A card that none of them names gets DHCP, unless that was switched off. */
export const keyfiles: NetworkStack = {
  async isActive(files) {
    return (await readNetworkManager(files))?.enabledAtBoot === true;
  },
  async toDhcp(files) {
    for (const name of await files.list(folder)) {
      const path = `${folder}/${name}`;
      const sections = readSections(await files.readText(path));
      const type = sections.get("connection.type");
      if (name.startsWith(".") || (type !== "ethernet" && type !== "802-3-ethernet")) continue;
      await editSections(files, path, (section, key, line) => edit(section, key, line));
      // Without the section the method is `auto` already; without the key it is not.
      if (!sections.has("ipv4.method")) {
        await editLines(files, path, (line) => (line.trim() === "[ipv4]" ? [line, "method=auto"] : line));
      }
      return "any";
    }
    return "nothing";
  },
};

function edit(section: string, key: string, line: string): string {
  const value = line.slice(line.indexOf("=") + 1).trim();
  const set = (wanted: string) => (value === wanted ? line : line.replace(/=.*$/, `=${wanted}`));
  switch (section) {
    case "connection":
      if (key === "autoconnect") return set("true");
      return ["interface-name", "master", "slave-type", "controller", "port-type"].includes(key)
        ? commented(line)
        : line;
    case "ethernet":
    case "802-3-ethernet":
      return ["mac-address", "cloned-mac-address"].includes(key) ? commented(line) : line;
    case "match":
      return commented(line);
    case "ipv4":
      if (key === "method") return set("auto");
      return /^(address|addresses|route|routes)\d*(_options)?$|^(gateway|dns|dns-search|never-default)$/.test(
        key,
      )
        ? commented(line)
        : line;
    case "ipv6":
      if (key === "method") return value === "manual" ? set("auto") : line;
      return /^(address|addresses|route|routes)\d*(_options)?$|^(gateway|dns)$/.test(key)
        ? commented(line)
        : line;
    default:
      return line;
  }
}
