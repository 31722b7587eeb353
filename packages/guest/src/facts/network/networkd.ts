import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { type IniValue, iniValues, parseIni } from "../ini.ts";

/** Folders of systemd-networkd, the administrator's last: its files take the place of a package's of the same name. */
const folders = ["/usr/lib/systemd/network", "/lib/systemd/network", "/etc/systemd/network"];

/** systemd-networkd: each `.network` file with its drop-ins. What packages bring for containers and links is left out. */
export async function readNetworkd(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  const folder = folders[folders.length - 1] as string;
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".network")) continue;
    const source = `${folder}/${name}`;
    const values = [...parseIni(await files.readText(source))];
    for (const base of folders) {
      for (const part of await files.list(`${base}/${name}.d`)) {
        if (part.endsWith(".conf"))
          values.push(...parseIni(await files.readText(`${base}/${name}.d/${part}`)));
      }
    }
    const one = parseNetwork(values, source);
    if (one) found.push(one);
  }
  return found;
}

function parseNetwork(values: readonly IniValue[], source: string): InterfaceFacts | undefined {
  const match = (key: string) => iniValues(values, "match", key).at(-1);
  const name = match("name") ?? match("originalname") ?? match("type") ?? match("macaddress");
  if (name === undefined || name === "lo" || name === "loopback") return undefined;
  const network = (key: string) => iniValues(values, "network", key);
  const dhcp = (network("dhcp").at(-1) ?? "no").toLowerCase();
  const addresses = [...network("address"), ...iniValues(values, "address", "address")];
  const ipv6 = addresses.filter((one) => one.includes(":"));
  if (["ipv6", "yes", "both", "true", "v6"].includes(dhcp)) ipv6.push("dhcp6");
  // A member of a bond or bridge, or a virtual interface, has no address of its own on a cable.
  const compound =
    [...network("bond"), ...network("bridge")].length > 0 ||
    /^(?:bond|bridge|vlan)$/.test(match("type") ?? "");
  const method = ["yes", "ipv4", "both", "true", "v4"].includes(dhcp)
    ? "dhcp"
    : addresses.some((one) => one !== "" && !one.includes(":"))
      ? "static"
      : "other";
  return { name, method: compound || isVirtualName(name) ? "other" : method, ipv6, source };
}

function isVirtualName(name: string): boolean {
  return /^(?:bond|br|vlan|team|veth|docker|virbr)\d/.test(name);
}
