import { formatBytes } from "@sampan/core";
import type { DiskLayout, GuestFacts } from "@sampan/guest";
import { formatTable } from "../terminal/table.ts";

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
  if (guest.type !== "linux") return pairs;
  if (guest.hostname !== null) pairs.push(["host name", guest.hostname]);
  for (const kernel of guest.kernels) {
    const virtio = kernel.drivers.virtio_blk ?? "unknown";
    pairs.push(["kernel", `${kernel.version}, virtio_blk: ${virtio}`]);
  }
  pairs.push(["SELinux", guest.selinux.configured ?? "not configured"]);
  const firewalls = guest.firewalls.filter((service) => service.enabledAtBoot).map((service) => service.name);
  pairs.push(["firewall", firewalls.length > 0 ? firewalls.join(", ") : "none at boot"]);
  const interfaces = guest.interfaces.map((one) => `${one.name} (${one.method})`);
  pairs.push(["network", interfaces.length > 0 ? interfaces.join(", ") : "nothing configured"]);
  return pairs;
}

/** The volumes of a disk as a table. */
export function layoutTable(layout: DiskLayout): string {
  return formatTable(
    ["volume", "start", "size", "type", "file system", "label", "uuid", "used"],
    layout.volumes.map((volume) => {
      const system = volume.fileSystem;
      return [
        volume.logicalVolume !== null
          ? `${volume.logicalVolume.group}/${volume.logicalVolume.name}`
          : volume.partition === null
            ? "whole disk"
            : String(volume.partition.number),
        formatBytes(volume.range.offset),
        formatBytes(volume.range.length),
        volume.logicalVolume !== null ? "logical volume" : (volume.partition?.typeName ?? "–"),
        system === null
          ? "unknown"
          : `${system.kind}${system.dirty === true ? " (not unmounted cleanly)" : ""}`,
        system?.label ?? "–",
        system?.uuid ?? "–",
        system?.usedBytes === null || system === null ? "–" : formatBytes(system.usedBytes),
      ];
    }),
    { borders: false },
  );
}

/** Pairs under each other, names padded to one width. */
export function pairLines(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
