import { formatBytes } from "@sampan/core";
import type { LinuxFacts } from "@sampan/guest";
import { joined, listed, say, translated } from "../language/speech.ts";

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
    pairs.push([
      "kernel",
      joined([kernel.version, `virtio_blk: ${kernel.drivers.virtio_blk ?? translated("unknown")}`]),
    ]);
  }
  for (const { kind, roots, serialConsole } of guest.bootLoaders) {
    const devices = roots.map((root) => marked(root.device, root.resolved));
    const root =
      devices.length > 0
        ? say("fact.root", { devices: devices.join(say("list.or")) })
        : translated("no root named");
    pairs.push([
      "boot loader",
      joined([loaderNames[kind], root, ...(serialConsole ? [translated("serial console")] : [])]),
    ]);
  }
  for (const { mountPoint, sizeBytes, usedBytes, inodes } of guest.use) {
    const files =
      inodes === null || inodes.total === 0
        ? ""
        : say("fact.of-inodes", { share: percent(inodes.used, inodes.total) });
    const share = say("fact.share", { share: percent(usedBytes, sizeBytes), size: formatBytes(sizeBytes) });
    pairs.push(["use", `${mountPoint}: ${share}${files}`]);
  }
  const dead = guest.fstab.filter((entry) => entry.resolved === false);
  if (dead.length > 0) {
    pairs.push(["fstab", listed(dead.map((entry) => marked(entry.device, entry.resolved)))]);
  }
  if (guest.raidArrays.length > 0) pairs.push(["RAID", guest.raidArrays.join(", ")]);
  if (guest.encrypted.length > 0) {
    pairs.push([
      "encrypted",
      listed(guest.encrypted.map(({ name, device }) => say("fact.on", { name, device }))),
    ]);
  }
  pairs.push(["SELinux", guest.selinux.configured ?? "not configured"]);
  const firewalls = guest.firewalls.filter((service) => service.enabledAtBoot).map((service) => service.name);
  pairs.push(["firewall", firewalls.length > 0 ? firewalls.join(", ") : "none at boot"]);
  pairs.push(["SSH server", sshServer(guest)]);
  if (guest.rootAccount !== null) {
    const password = say("fact.password", { state: guest.rootAccount.password });
    const keys = guest.rootAccount.hasAuthorizedKeys ? [translated("has keys")] : [];
    pairs.push(["root", joined([password, ...keys])]);
  }
  pairs.push(["cloud-init", cloudInit(guest)]);
  const tools = [...(guest.guestAgent === null ? [] : [guest.guestAgent]), ...guest.hypervisorTools];
  if (tools.length > 0) {
    const names = tools.map((tool) => `${tool.name}${tool.enabledAtBoot ? say("fact.at-boot") : ""}`);
    pairs.push(["guest tools", listed(names)]);
  }
  if (guest.licence !== null) {
    const { product, registered } = guest.licence;
    const state = registered === null ? "registration unknown" : registered ? "registered" : "not registered";
    pairs.push(["licence", joined([product.toUpperCase(), translated(state)])]);
  }
  if (guest.hardwareClock !== null) {
    pairs.push(["clock", guest.hardwareClock === "utc" ? "UTC" : "local time"]);
  }
  if (guest.persistentNetRules.length > 0) {
    const names = guest.persistentNetRules.map(({ name, macAddress }) =>
      say("fact.name-is", { name, card: macAddress ?? translated("one slot") }),
    );
    pairs.push(["fixed names", names.join(", ")]);
  }
  return pairs;
}

function marked(device: string, resolved: boolean | null): string {
  return resolved === false ? say("fact.not-here", { device }) : device;
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)}%`;
}

function sshServer({ sshd }: LinuxFacts): string {
  if (!sshd.installed) return "not installed";
  const ports =
    sshd.ports.length > 0 ? say("fact.port", { ports: sshd.ports.join(", ") }) : translated("port unknown");
  return sshd.permitRootLogin === null ? ports : joined([ports, `root: ${sshd.permitRootLogin}`]);
}

function cloudInit({ cloudInit: { installed, enabledAtBoot, datasources } }: LinuxFacts): string {
  if (!installed) return "not installed";
  const state = enabledAtBoot === null ? "installed" : enabledAtBoot ? "at boot" : "installed, not at boot";
  if (datasources === null) return state;
  const asked = datasources.join(", ") || translated("nobody");
  return joined([translated(state), say("fact.asks", { datasources: asked })]);
}
