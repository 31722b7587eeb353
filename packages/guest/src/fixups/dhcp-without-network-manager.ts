import { parseIfupdown } from "../facts/interfaces.ts";
import { textLines, wordsOf } from "../facts/lines.ts";
import { readBootService } from "../facts/services.ts";
import { parseShellVariables } from "../facts/shell-variables.ts";
import type { GuestFiles, WritableGuestFiles } from "../files/guest-files.ts";

/*
 * What brings the first interface up by DHCP once NetworkManager is off. In this order: what the guest has set up
 * already; ifupdown where its interface name is certain; systemd-networkd, which matches any name.
 */

/**
 * Makes sure that the guest gets its address by DHCP without NetworkManager. False when that cannot be assured: then
 * nothing was changed, and NetworkManager must stay.
 */
export async function ensureDhcp(files: WritableGuestFiles): Promise<boolean> {
  if (
    (await ifupdownReady(files)) === "dhcp" ||
    (await networkdReady(files)) ||
    (await initscriptsReady(files))
  ) {
    return true;
  }
  return (await setUpIfupdown(files)) || (await setUpNetworkd(files));
}

const interfacesFile = "/etc/network/interfaces";

async function ifupdownReady(files: GuestFiles): Promise<"dhcp" | "unused" | "absent"> {
  const tool = (await files.stat("/sbin/ifup")) ?? (await files.stat("/usr/sbin/ifup"));
  const service = await readBootService(files, "networking");
  if (tool === undefined || service.links.length + service.upstartJobs.length === 0) return "absent";
  const texts = [(await files.readText(interfacesFile)) ?? ""];
  if (textLines(texts[0]).some((line) => /^\s*source(-directory)?\s/.test(line))) {
    for (const name of await files.list("/etc/network/interfaces.d")) {
      texts.push((await files.readText(`/etc/network/interfaces.d/${name}`)) ?? "");
    }
  }
  const all = texts.join("\n");
  const starts = (name: string) =>
    textLines(all).some((line) => {
      const [verb = "", ...names] = wordsOf(line);
      return (verb === "auto" || verb === "allow-hotplug") && names.includes(name);
    });
  const ready = parseIfupdown(all, interfacesFile).some((one) => one.method === "dhcp" && starts(one.name));
  return ready ? "dhcp" : "unused";
}

async function networkdReady(files: GuestFiles): Promise<boolean> {
  if ((await readBootService(files, "systemd-networkd")).links.length === 0) return false;
  for (const [folder, suffix, dhcp] of [
    ["/etc/systemd/network", ".network", /^\s*DHCP\s*=\s*(yes|ipv4|both|true)\b/i],
    ["/etc/netplan", ".yaml", /^\s*dhcp4:\s*(true|yes)\b/i],
  ] as const) {
    for (const name of await files.list(folder)) {
      const lines = name.endsWith(suffix) ? textLines(await files.readText(`${folder}/${name}`)) : [];
      const elsewhere = lines.some((line) => /^\s*renderer:\s*NetworkManager/.test(line));
      if (lines.some((line) => dhcp.test(line)) && !elsewhere) return true;
    }
  }
  return false;
}

/** Red Hat's `network` script with an interface that comes up by DHCP. */
async function initscriptsReady(files: GuestFiles): Promise<boolean> {
  if ((await readBootService(files, "network")).links.length === 0) return false;
  const folder = "/etc/sysconfig/network-scripts";
  for (const name of await files.list(folder)) {
    if (!/^ifcfg-(?!lo$)[\w.-]+$/.test(name)) continue;
    const values = parseShellVariables(await files.readText(`${folder}/${name}`));
    // A fixed hardware address is that of the old machine.
    if (values.get("BOOTPROTO") === "dhcp" && values.get("ONBOOT") === "yes" && !values.has("HWADDR"))
      return true;
  }
  return false;
}

async function setUpIfupdown(files: WritableGuestFiles): Promise<boolean> {
  if ((await ifupdownReady(files)) !== "unused") return false;
  const grub =
    (await files.readText("/boot/grub/grub.cfg")) ?? (await files.readText("/boot/grub/menu.lst")) ?? "";
  // Only without predictable names is the first interface sure to be eth0.
  if (!/\bnet\.ifnames=0\b/.test(grub)) return false;
  const text = (await files.readText(interfacesFile)) ?? "";
  if (textLines(text).some((line) => /^\s*iface\s+eth0\s+inet\s/.test(line))) return false;
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  await files.write(interfacesFile, `${text}${gap}allow-hotplug eth0\niface eth0 inet dhcp\n`);
  return true;
}

async function setUpNetworkd(files: WritableGuestFiles): Promise<boolean> {
  const units = ["/usr/lib/systemd/system", "/lib/systemd/system"];
  const unitOf = async (name: string) => {
    for (const folder of units) {
      if (await files.stat(`${folder}/${name}.service`)) return `${folder}/${name}.service`;
    }
    return undefined;
  };
  const networkd = await unitOf("systemd-networkd");
  if (networkd === undefined) return false;
  // A resolver file that NetworkManager writes vanishes with it.
  const resolver = await files.readLink("/etc/resolv.conf");
  const resolved = await unitOf("systemd-resolved");
  if (resolver?.includes("NetworkManager") && resolved === undefined) return false;
  const wants = "/etc/systemd/system/multi-user.target.wants";
  await files.write(
    "/etc/systemd/network/80-sampan-dhcp.network",
    "# Takes the place of NetworkManager: the first interface, whatever its name, by DHCP.\n[Match]\nName=en* eth*\n\n[Network]\nDHCP=ipv4\n",
  );
  await files.link(`${wants}/systemd-networkd.service`, networkd);
  if (resolver?.includes("NetworkManager") && resolved !== undefined) {
    await files.link(`${wants}/systemd-resolved.service`, resolved);
    await files.link("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf");
  }
  return true;
}
