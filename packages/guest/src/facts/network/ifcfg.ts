import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { parseShellVariables } from "../shell-variables.ts";

/** Red Hat's folder and SUSE's, which wicked reads too. */
const folders = ["/etc/sysconfig/network-scripts", "/etc/sysconfig/network"];
const spare = /\.(?:bak|orig|rpmsave|rpmnew|rpmorig|template)$|~$/;

/** Red Hat and SUSE: `ifcfg-*`. An alias such as `ifcfg-eth0:1` gives its interface further addresses. */
export async function readIfcfg(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const folder of folders) {
    for (const file of await files.list(folder)) {
      const name = /^ifcfg-([^:]+)$/.exec(file)?.[1];
      if (name === undefined || name === "lo" || spare.test(name)) continue;
      const source = `${folder}/${file}`;
      const one = parseIfcfg((await files.readText(source)) ?? "", name, source);
      if (one) found.push(one);
    }
  }
  return found;
}

/** Reads one file; `undefined` for the loopback and for an interface that is never brought up. */
function parseIfcfg(text: string, file: string, source: string): InterfaceFacts | undefined {
  const values = parseShellVariables(text);
  const get = (key: string) => values.get(key) ?? "";
  const isOn = (key: string) => /^(?:yes|true|y|1)$/i.test(get(key));
  const name = get("DEVICE") || get("INTERFACE") || file;
  if (name === "lo" || get("STARTMODE") === "off") return undefined;
  const proto = get("BOOTPROTO").toLowerCase();
  const addresses = [...values].filter(([key]) => /^IPADDR[\w]*$/.test(key)).map(([, value]) => value);
  const compound =
    /^(?:Bond|Bridge|Vlan|Team|OVS.*)$/i.test(get("TYPE")) ||
    ["BONDING_MASTER", "BRIDGE", "VLAN", "ETHERDEVICE", "MASTER", "TEAM_CONFIG", "BONDING_OPTS"].some(
      (key) => get(key) !== "" && get(key).toLowerCase() !== "no",
    );
  return {
    name,
    method: compound
      ? "other"
      : proto === "dhcp" || proto === "dhcp4" || proto.startsWith("dhcp+") || proto === "bootp"
        ? "dhcp"
        : proto === "static" || addresses.some((one) => /^\d/.test(one))
          ? "static"
          : "other",
    ipv6: ipv6Of(values, isOn, addresses, proto),
    source,
  };
}

function ipv6Of(
  values: ReadonlyMap<string, string>,
  isOn: (key: string) => boolean,
  addresses: readonly string[],
  proto: string,
): readonly string[] {
  const init = values.get("IPV6INIT");
  // Red Hat's switch for all the rest.
  if (init !== undefined && !isOn("IPV6INIT")) return [];
  const given = `${values.get("IPV6ADDR") ?? ""} ${values.get("IPV6ADDR_SECONDARIES") ?? ""}`;
  const found = [...given.split(/\s+/), ...addresses.filter((one) => one.includes(":"))].filter(
    (one) => one !== "",
  );
  if (isOn("DHCPV6C") || proto === "dhcp6" || proto === "dhcp+dhcp6") found.push("dhcp6");
  const auto = values.get("IPV6_AUTOCONF");
  if (auto === undefined ? isOn("IPV6INIT") && found.length === 0 : isOn("IPV6_AUTOCONF")) found.push("auto");
  return found;
}
