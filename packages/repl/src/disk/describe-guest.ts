import { formatBytes } from "@sampan/core";
import type { DiskLayout, GuestFacts, Volume, WindowsFacts } from "@sampan/guest";
import { formatTable } from "../terminal/table.ts";
import type { VolumeUse } from "./inspect-report.ts";

/** Facts about a guest as pairs of a name and a value, for people. */
export function guestPairs(guest: GuestFacts | null): [string, string][] {
  if (guest === null) return [["guest", "no operating system was found"]];
  const pairs: [string, string][] = [
    [
      "guest",
      guest.version === null || guest.name.includes(guest.version)
        ? guest.name
        : `${guest.name} (${guest.version})`,
    ],
    ["architecture", `${guest.architecture ?? "unknown"}, boots by ${guest.bootMode ?? "unknown means"}`],
  ];
  if (guest.hostname !== null) pairs.push(["host name", guest.hostname]);
  const interfaces = guest.interfaces.map((one) => `${one.name} (${one.method})`);
  const network: [string, string] = [
    "network",
    interfaces.length > 0 ? interfaces.join(", ") : "nothing configured",
  ];
  if (guest.type === "windows") return [...pairs, ...windowsPairs(guest), network];
  for (const kernel of guest.kernels) {
    const virtio = kernel.drivers.virtio_blk ?? "unknown";
    pairs.push(["kernel", `${kernel.version}, virtio_blk: ${virtio}`]);
  }
  pairs.push(["SELinux", guest.selinux.configured ?? "not configured"]);
  const firewalls = guest.firewalls.filter((service) => service.enabledAtBoot).map((service) => service.name);
  pairs.push(["firewall", firewalls.length > 0 ? firewalls.join(", ") : "none at boot"]);
  return [...pairs, network];
}

function windowsPairs(guest: WindowsFacts): [string, string][] {
  const drivers = guest.drivers.map((one) => `${one.name}${one.start === 0 ? " (at boot)" : ""}`);
  const firewall = guest.firewall.filter((one) => one.enabled).map((one) => one.profile);
  const { enabled, port } = guest.remoteDesktop;
  const remote = enabled === null ? "unknown" : enabled ? `on, port ${port ?? "unknown"}` : "off";
  return [
    ["build", `${guest.build ?? "unknown"}, edition ${guest.edition ?? "unknown"}`],
    ["drivers", drivers.length > 0 ? drivers.join(", ") : "no virtio drivers"],
    ["remote desktop", remote],
    ["firewall", firewall.length > 0 ? firewall.join(", ") : "off"],
  ];
}

/** The volumes of a disk as a table; columns with nothing in them are left out. */
export function layoutTable(layout: DiskLayout, uses: readonly VolumeUse[]): string {
  const rows = layout.volumes.map((volume): Readonly<Record<string, string>> => {
    const system = volume.fileSystem;
    const use = uses.find((one) => one.volume === volume.index);
    return {
      volume: shortName(volume),
      start: formatBytes(volume.range.offset),
      size: formatBytes(volume.range.length),
      type: typeOf(volume),
      name: volume.partition?.name ?? nothing,
      boot: volume.partition?.bootable === true ? "yes" : nothing,
      "file system":
        system === null
          ? "unknown"
          : `${system.kind}${system.dirty === true ? " (not unmounted cleanly)" : ""}`,
      label: system?.label ?? nothing,
      uuid: system?.uuid ?? nothing,
      used: bytesOr(use?.usedBytes),
      free: bytesOr(use?.freeBytes),
    };
  });
  const [first] = rows;
  if (first === undefined) return "no volumes";
  const columns = Object.keys(first).filter((name) => rows.some((row) => row[name] !== nothing));
  return formatTable(
    columns,
    rows.map((row) => columns.map((name) => row[name] ?? nothing)),
    { borders: false },
  );
}

const nothing = "–";

function shortName({ logicalVolume, mirror, partition }: Volume): string {
  if (logicalVolume !== null) return `${logicalVolume.group}/${logicalVolume.name}`;
  if (mirror !== undefined) return `md ${mirror.name ?? mirror.uuid ?? "array"}`;
  return partition === null ? "whole disk" : String(partition.number);
}

function typeOf({ logicalVolume, mirror, partition }: Volume): string {
  if (logicalVolume !== null) return "logical volume";
  return mirror !== undefined ? "mirror" : (partition?.typeName ?? nothing);
}

function bytesOr(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? nothing : formatBytes(bytes);
}

/** Pairs under each other, names padded to one width. */
export function pairLines(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
