import type { GuestFacts, WindowsFacts } from "@sampan/guest";
import { say, translated } from "../language/speech.ts";
import { padText, textWidth } from "../terminal/width.ts";
import { linuxPairs } from "./describe-linux.ts";

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
    [
      "architecture",
      say("fact.architecture", {
        architecture: guest.architecture ?? translated("unknown"),
        mode: guest.bootMode ?? say("fact.unknown-means"),
      }),
    ],
  ];
  if (guest.hostname !== null) pairs.push(["host name", guest.hostname]);
  const interfaces = guest.interfaces.map((one) => `${one.name} (${one.method})`);
  const network: [string, string] = [
    "network",
    interfaces.length > 0 ? interfaces.join(", ") : "nothing configured",
  ];
  if (guest.type === "windows") return [...pairs, ...windowsPairs(guest), network];
  return [...pairs, ...linuxPairs(guest), network];
}

function windowsPairs(guest: WindowsFacts): [string, string][] {
  const drivers = guest.drivers.map((one) => `${one.name}${one.start === 0 ? " (at boot)" : ""}`);
  const firewall = guest.firewall.filter((one) => one.enabled).map((one) => one.profile);
  const { enabled, port } = guest.remoteDesktop;
  const remote = enabled === null ? "unknown" : enabled ? `on, port ${port ?? "unknown"}` : "off";
  return [
    [
      "build",
      say("fact.build", {
        build: guest.build ?? translated("unknown"),
        edition: guest.edition ?? translated("unknown"),
      }),
    ],
    ["drivers", drivers.length > 0 ? drivers.join(", ") : "no virtio drivers"],
    ["remote desktop", remote],
    ["firewall", firewall.length > 0 ? firewall.join(", ") : "off"],
    ["boot configuration", guest.bootConfiguration ?? "none"],
    ["hibernated", guest.hibernated === null ? "unknown" : guest.hibernated ? "yes" : "no"],
    ["waits for the next start", guest.pending.length > 0 ? guest.pending.join(", ") : "nothing"],
  ];
}

/** Pairs under each other in the language of this process, names padded to one width; `paint` colours the names. */
export function pairLines(
  pairs: readonly (readonly [string, string])[],
  paint: (name: string) => string = (name) => name,
): string {
  const told = pairs.map(([name, value]) => [translated(name), translated(value)] as const);
  const width = Math.max(...told.map(([name]) => textWidth(name)));
  return told.map(([name, value]) => `${paint(padText(name, width))}  ${value}`).join("\n");
}
