import { textLines, wordsOf } from "../../facts/lines.ts";
import { readIfupdown } from "../../facts/network/ifupdown.ts";
import { parseShellVariables } from "../../facts/shell-variables.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import type { Fixup } from "../fixup.ts";
import { hasNetworkScript } from "../network/ifcfg.ts";
import { ifupdown } from "../network/ifupdown.ts";
import { networkd } from "../network/networkd.ts";
import { readSections } from "../network/sections.ts";
import { hasProgram, isPhysical } from "../network/stack.ts";
import { networkManagerUnits, switchOff } from "../switch-off.ts";
import { switchOn } from "../switch-on.ts";

/**
 * NetworkManager of a host that goes on running where it is. Unlike on a copy, the network keeps its addresses: it is only switched
 * off where another service is set up already to bring up every interface the host is reached by.
 */
export const networkManagerOnHost: Fixup = {
  id: "network-manager",
  summary:
    "Keeps NetworkManager from starting at boot, where another service is set up to bring up the same interfaces; otherwise it stays, for the host would be cut off.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.networkManager?.enabledAtBoot === true;
  },
  async apply(files, { note, undo }) {
    const services = await replacement(files);
    if (typeof services === "string") {
      note(`NetworkManager stays on: ${services}`);
      return;
    }
    if (services.has("network") && !(await switchOn(files, "network"))) {
      undo();
      note("NetworkManager stays on: the script `network` cannot be had started at boot");
      return;
    }
    for (const name of networkManagerUnits) await switchOff(files, name);
  },
};

type Service = "network" | "ifupdown" | "networkd";

/** What will bring the network up in its place; or why nothing will. */
async function replacement(files: GuestFiles): Promise<ReadonlySet<Service> | string> {
  const names = await interfacesInUse(files);
  if (names.length === 0) return "by which interface the host is reached cannot be told";
  if ((await files.readLink("/etc/resolv.conf"))?.includes("NetworkManager") === true) {
    return "/etc/resolv.conf leads to a file of its";
  }
  const services = new Set<Service>();
  for (const name of names) {
    const service = (await byScript(files, name))
      ? "network"
      : (await byIfupdown(files, name))
        ? "ifupdown"
        : (await byNetworkd(files, name))
          ? "networkd"
          : undefined;
    if (service === undefined) {
      return `no other service is set up to bring up ${name} (the script \`network\`, ifupdown or systemd-networkd), and the host would be cut off`;
    }
    services.add(service);
  }
  return services;
}

/** Cards that have a route, and whatever has the default route, as the kernel says. */
async function interfacesInUse(files: GuestFiles): Promise<readonly string[]> {
  // `/proc/net` leads to the process that reads it, which is gone by the next question.
  const text = (await files.readText("/proc/1/net/route")) ?? (await files.readText("/proc/net/route"));
  const rows = textLines(text)
    .map(wordsOf)
    .filter(([name = "", target = ""]) => /^[\w.:@-]{1,15}$/.test(name) && /^[0-9A-F]{8}$/.test(target));
  const used = rows.filter(([name = "", target]) => target === "00000000" || isPhysical(name));
  return [...new Set(used.map(([name = ""]) => name))];
}

const scripts = "/etc/sysconfig/network-scripts";

async function byScript(files: GuestFiles, name: string): Promise<boolean> {
  if (!(await hasNetworkScript(files))) return false;
  const general = parseShellVariables(await files.readText("/etc/sysconfig/network"));
  if (/^no$/i.test(general.get("NETWORKING") ?? "")) return false;
  for (const file of await files.list(scripts)) {
    if (!/^ifcfg-[\w.:-]+$/.test(file) || /\.(bak|orig|old|rpmsave|rpmnew|rpmorig)$/.test(file)) continue;
    const values = parseShellVariables(await files.readText(`${scripts}/${file}`));
    if ((values.get("DEVICE") ?? file.slice("ifcfg-".length)) !== name) continue;
    if (!/^(yes|true|1)$/i.test(values.get("ONBOOT") ?? "yes")) return false;
    const dhcp = /^(dhcp|bootp)$/i.test(values.get("BOOTPROTO") ?? "");
    if (dhcp) return hasProgram(files, "dhclient");
    return [...values.keys()].some((key) => /^IPADDR\d?$/.test(key));
  }
  return false;
}

async function byIfupdown(files: GuestFiles, name: string): Promise<boolean> {
  if (!(await ifupdown.isActive(files))) return false;
  const configured = (await readIfupdown(files)).find((one) => one.name === name && one.method !== "other");
  if (configured === undefined) return false;
  const main = await files.readText("/etc/network/interfaces");
  for (const text of new Set([main, await files.readText(configured.source)])) {
    for (const line of textLines(text)) {
      const [verb = "", ...names] = wordsOf(line);
      if (/^(auto|allow-hotplug|allow-auto)$/.test(verb) && names.includes(name)) return true;
    }
  }
  return false;
}

async function byNetworkd(files: GuestFiles, name: string): Promise<boolean> {
  if (!(await networkd.isActive(files))) return false;
  const folder = "/etc/systemd/network";
  for (const file of await files.list(folder)) {
    if (!file.endsWith(".network")) continue;
    const match = readSections(await files.readText(`${folder}/${file}`)).get("match.name") ?? "";
    if (match.split(/\s+/).includes(name)) return true;
  }
  return false;
}
