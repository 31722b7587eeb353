import { formatBytes } from "@sampan/core";
import type { LinuxFacts } from "@sampan/guest";

/** Boot loaders by the names people know. */
const loaderNames: Readonly<Record<LinuxFacts["bootLoaders"][number]["kind"], string>> = {
  "grub-legacy": "GRUB Legacy",
  grub2: "GRUB 2",
  bls: "boot loader entry",
  extlinux: "EXTLINUX",
  "systemd-boot": "systemd-boot",
  lilo: "LILO",
};

/** Facts about a Linux guest as pairs; what there is nothing to say of is left out. */
export function linuxPairs(guest: LinuxFacts): [string, string][] {
  const pairs: [string, string][] = [];
  for (const kernel of guest.kernels) {
    pairs.push(["kernel", `${kernel.version}, virtio_blk: ${kernel.drivers.virtio_blk ?? "unknown"}`]);
  }
  for (const { kind, roots, serialConsole } of guest.bootLoaders) {
    const devices = roots.map((root) => marked(root.device, root.resolved));
    const root = devices.length > 0 ? `root ${devices.join(" or ")}` : "no root named";
    pairs.push(["boot loader", `${loaderNames[kind]}, ${root}${serialConsole ? ", serial console" : ""}`]);
  }
  for (const { mountPoint, sizeBytes, usedBytes, inodes } of guest.use) {
    const files =
      inodes === null || inodes.total === 0 ? "" : `, ${percent(inodes.used, inodes.total)} of the inodes`;
    const share = `${percent(usedBytes, sizeBytes)} of ${formatBytes(sizeBytes)}`;
    pairs.push(["use", `${mountPoint}: ${share}${files}`]);
  }
  const dead = guest.fstab.filter((entry) => entry.resolved === false);
  if (dead.length > 0) {
    pairs.push(["fstab", dead.map((entry) => marked(entry.device, entry.resolved)).join(", ")]);
  }
  if (guest.raidArrays.length > 0) pairs.push(["RAID", guest.raidArrays.join(", ")]);
  if (guest.encrypted.length > 0) {
    pairs.push(["encrypted", guest.encrypted.map((one) => `${one.name} on ${one.device}`).join(", ")]);
  }
  pairs.push(["SELinux", guest.selinux.configured ?? "not configured"]);
  const firewalls = guest.firewalls.filter((service) => service.enabledAtBoot).map((service) => service.name);
  pairs.push(["firewall", firewalls.length > 0 ? firewalls.join(", ") : "none at boot"]);
  pairs.push(["SSH server", sshServer(guest)]);
  if (guest.rootAccount !== null) {
    const keys = guest.rootAccount.hasAuthorizedKeys ? ", has keys" : "";
    pairs.push(["root", `password ${guest.rootAccount.password}${keys}`]);
  }
  pairs.push(["cloud-init", cloudInit(guest)]);
  const tools = [...(guest.guestAgent === null ? [] : [guest.guestAgent]), ...guest.hypervisorTools];
  if (tools.length > 0) {
    const names = tools.map((tool) => `${tool.name}${tool.enabledAtBoot ? " (at boot)" : ""}`);
    pairs.push(["guest tools", names.join(", ")]);
  }
  if (guest.licence !== null) {
    const { product, registered } = guest.licence;
    const state = registered === null ? "registration unknown" : registered ? "registered" : "not registered";
    pairs.push(["licence", `${product.toUpperCase()}, ${state}`]);
  }
  if (guest.hardwareClock !== null) {
    pairs.push(["clock", guest.hardwareClock === "utc" ? "UTC" : "local time"]);
  }
  if (guest.persistentNetRules.length > 0) {
    const names = guest.persistentNetRules.map(
      ({ name, macAddress }) => `${name} is ${macAddress ?? "one slot"}`,
    );
    pairs.push(["fixed names", names.join(", ")]);
  }
  return pairs;
}

function marked(device: string, resolved: boolean | null): string {
  return resolved === false ? `${device} (not on this disk)` : device;
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)}%`;
}

function sshServer({ sshd }: LinuxFacts): string {
  if (!sshd.installed) return "not installed";
  const ports = sshd.ports.length > 0 ? `port ${sshd.ports.join(", ")}` : "port unknown";
  return sshd.permitRootLogin === null ? ports : `${ports}, root: ${sshd.permitRootLogin}`;
}

function cloudInit({ cloudInit: { installed, enabledAtBoot, datasources } }: LinuxFacts): string {
  if (!installed) return "not installed";
  const state = enabledAtBoot === null ? "installed" : enabledAtBoot ? "at boot" : "installed, not at boot";
  return datasources === null ? state : `${state}, asks ${datasources.join(", ") || "nobody"}`;
}
