import { readBootService } from "../../facts/boot-services.ts";
import { textLines, wordsOf } from "../../facts/lines.ts";
import { readNetworkManager } from "../../facts/services.ts";
import { parseShellVariables } from "../../facts/shell-variables.ts";
import type { GuestFiles, WritableGuestFiles } from "../../files/guest-files.ts";
import { commented, editLines, mapLines, readLatin1, writeLatin1 } from "../edit-lines.ts";
import { chooseFirst, firstName, isPhysical, type NetworkStack } from "./stack.ts";

const redHat = "/etc/sysconfig/network-scripts";
const suse = "/etc/sysconfig/network";

/** Red Hat's `ifcfg` files, for the script `network` and for NetworkManager. */
export const ifcfgRedHat: NetworkStack = {
  async isActive(files) {
    return (
      (await readBootService(files, "network")).links.length > 0 ||
      (await readNetworkManager(files))?.enabledAtBoot === true
    );
  },
  async toDhcp(files) {
    const found = await toDhcp(files, redHat, { BOOTPROTO: "dhcp", ONBOOT: "yes", DEVICE: firstName });
    if (!found) return "nothing";
    // A gateway for all interfaces, and a script that is told to do nothing.
    await editLines(files, "/etc/sysconfig/network", (line) =>
      /^[ \t]*(GATEWAY|GATEWAYDEV)=/.test(line)
        ? commented(line)
        : line.replace(/^([ \t]*NETWORKING=["']?)no\b/i, (_, head: string) => `${head}yes`),
    );
    return firstName;
  },
};

/** SUSE's `ifcfg` files, for wicked and for the script `network`. */
export const ifcfgSuse: NetworkStack = {
  async isActive(files) {
    for (const name of ["wicked", "network"]) {
      if ((await readBootService(files, name)).links.length > 0) return true;
    }
    // Enabled as `network.service`, which is then a link to what does the work.
    return (
      (await files.readLink("/etc/systemd/system/network.service"))?.endsWith("/wicked.service") === true
    );
  },
  async toDhcp(files) {
    const found = await toDhcp(files, suse, { BOOTPROTO: "dhcp", STARTMODE: "auto" });
    if (!found) return "nothing";
    await editLines(files, `${suse}/routes`, (line) =>
      wordsOf(line)[0] === "default" ? commented(line) : line,
    );
    return firstName;
  },
};

/** What belongs to a fixed address, to other hardware, or makes the card part of a bridge or bond. */
const fixed =
  /^(IPADDR|NETMASK|PREFIX|PREFIXLEN|BROADCAST|NETWORK|GATEWAY|DNS|REMOTE_IPADDR|LABEL)[\d_]{0,8}$|^(DOMAIN|HWADDR|MACADDR|LLADDR|MASTER|SLAVE|BRIDGE|UNIQUE|_nm_name|IPV6ADDR|IPV6ADDR_SECONDARIES|IPV6_DEFAULTGW)$/;
const always: Readonly<Record<string, RegExp>> = {
  BOOTPROTO: /^dhcp$/i,
  ONBOOT: /^yes$/i,
  STARTMODE: /^(auto|onboot|on|boot|hotplug|nfsroot)$/i,
};

async function toDhcp(
  files: WritableGuestFiles,
  folder: string,
  wanted: Readonly<Record<string, string>>,
): Promise<boolean> {
  const names = (await files.list(folder)).filter(
    (name) =>
      /^ifcfg-[\w.:-]+$/.test(name) && !/\.(bak|orig|old|rpmsave|rpmnew|rpmorig|template)$/.test(name),
  );
  const devices = new Map<string, string>();
  for (const name of names) {
    const values = parseShellVariables(await files.readText(`${folder}/${name}`));
    const device = values.get("DEVICE") ?? deviceOf(name);
    if (isPhysical(device) && !devices.has(device)) devices.set(device, name);
  }
  const first = chooseFirst([...devices.keys()]);
  const name = first === undefined ? undefined : devices.get(first);
  if (first === undefined || name === undefined) return false;
  const text = (await readLatin1(files, `${folder}/${name}`)) ?? "";
  const edited = edit(text, wanted);
  const target = `${folder}/ifcfg-${firstName}`;
  if (name !== `ifcfg-${firstName}`) await files.remove(`${folder}/${name}`);
  await writeLatin1(files, target, edited);
  await releaseFrom(files, folder, names, text, first);
  return true;
}

/** `ifcfg-eth0` is of eth0; SUSE once named files after the hardware: `ifcfg-eth-id-00:0c:29:…`. */
function deviceOf(name: string): string {
  const device = name.slice("ifcfg-".length);
  return device.startsWith("eth-") ? firstName : device;
}

function edit(text: string, wanted: Readonly<Record<string, string>>): string {
  const said = new Set<string>();
  const edited = mapLines(text, (line) => {
    const match = /^([ \t]*)([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (match === null) return line;
    const [, indent = "", key = "", raw = ""] = match;
    if (fixed.test(key)) return commented(line);
    const value = wanted[key];
    if (value === undefined) return line;
    said.add(key);
    const now = parseShellVariables(line.trim()).get(key) ?? "";
    if (always[key]?.test(now) ?? now === value) return line;
    const quote = /^["']/.exec(raw)?.[0] ?? "";
    return `${indent}${key}=${quote}${value}${quote}`;
  });
  const missing = Object.entries(wanted).filter(([key]) => !said.has(key));
  const gap = edited === "" || edited.endsWith("\n") ? "" : "\n";
  return missing.reduce((whole, [key, value]) => `${whole}${key}=${value}\n`, `${edited}${gap}`);
}

/** Keeps bridges, bonds and VLANs on the card from coming up with the old address. */
async function releaseFrom(
  files: WritableGuestFiles,
  folder: string,
  names: readonly string[],
  text: string,
  first: string,
): Promise<void> {
  const values = parseShellVariables(text);
  const masters = [values.get("BRIDGE"), values.get("MASTER")].filter((one) => one !== undefined);
  for (const name of names) {
    const path = `${folder}/${name}`;
    const other = parseShellVariables(await files.readText(path));
    const device = other.get("DEVICE") ?? name.slice("ifcfg-".length);
    const lies =
      masters.includes(device) ||
      device.startsWith(`${first}.`) ||
      // SUSE names the cards in the file of the bridge or bond.
      [...other].some(
        ([key, value]) =>
          /^(BRIDGE_PORTS|BONDING_SLAVE_?\w{1,8}|ETHERDEVICE|PHYSDEV)$/.test(key) &&
          value.split(/\s+/).includes(first),
      );
    if (!lies) continue;
    await editLines(files, path, (line) =>
      line
        .replace(/^([ \t]*ONBOOT=["']?)yes\b/i, (_, head: string) => `${head}no`)
        .replace(
          /^([ \t]*STARTMODE=["']?)(auto|onboot|on|boot|hotplug)\b/i,
          (_, head: string) => `${head}off`,
        ),
    );
  }
}

/** Whether the script `network` is installed and can ask for an address. */
export async function hasNetworkScript(files: GuestFiles): Promise<boolean> {
  const script = ["/etc/rc.d/init.d/network", "/etc/init.d/network"];
  for (const path of script) {
    // SUSE's script of this name belongs to other files.
    if (textLines(await files.readText(path)).some((line) => line.includes("network-scripts"))) return true;
  }
  return false;
}
