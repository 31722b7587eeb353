import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { mappingOf, parseYaml } from "../yaml.ts";

/** What netplan has sections for. The kinds after the first are made of interfaces, or have no cable. */
const sections = ["ethernets", "wifis", "modems", "bonds", "bridges", "vlans", "tunnels"];
/** Text of netplan's files that is looked at: see `parseYaml`. */
const maxTextLength = 32 * 1024;

/** Reads netplan's files as netplan does: the last of one name counts, whatever its folder, and they are merged in order. */
export async function readNetplan(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const places = new Map<string, string>();
  for (const folder of ["/lib/netplan", "/etc/netplan"]) {
    for (const name of await files.list(folder)) {
      if (/\.ya?ml$/.test(name)) places.set(name, `${folder}/${name}`);
    }
  }
  const found = new Map<string, InterfaceFacts>();
  let left = maxTextLength;
  for (const name of [...places.keys()].sort()) {
    const source = places.get(name) as string;
    const text = (await files.readText(source)) ?? "";
    left -= text.length;
    if (left < 0) break;
    for (const one of parseNetplan(text, source)) found.set(one.name, merged(found.get(one.name), one));
  }
  return [...found.values()];
}

/** A later file adds to what an earlier one says. */
function merged(before: InterfaceFacts | undefined, after: InterfaceFacts): InterfaceFacts {
  if (before === undefined) return after;
  const method = after.method === "other" ? before.method : after.method;
  return { ...after, method, ipv6: [...new Set([...before.ipv6, ...after.ipv6])] };
}

/** Reads the interfaces of one netplan file; none when it is malformed. */
export function parseNetplan(text: string, source: string): readonly InterfaceFacts[] {
  const network = mappingOf(mappingOf(parseYaml(text)).get("network"));
  const found: InterfaceFacts[] = [];
  for (const section of sections) {
    for (const [id, value] of mappingOf(network.get(section))) {
      if (id === "renderer") continue;
      const settings = mappingOf(value);
      const addresses = listOf(settings.get("addresses"));
      const ipv6 = addresses.filter((one) => one.includes(":"));
      if (isOn(settings.get("dhcp6"))) ipv6.unshift("dhcp6");
      const method = isOn(settings.get("dhcp4"))
        ? "dhcp"
        : addresses.some((one) => !one.includes(":"))
          ? "static"
          : "other";
      const given = settings.get("set-name");
      found.push({
        name: typeof given === "string" ? given : id,
        method: section === "ethernets" ? method : "other",
        ipv6,
        source,
      });
    }
  }
  return found;
}

/** Addresses: each a text, or a mapping of one with its options. */
function listOf(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item) => (typeof item === "string" ? [item] : [...mappingOf(item).keys()]));
}

/** YAML 1.1, by which netplan goes, calls `yes` and `on` true too. */
function isOn(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(?:true|yes|on)$/i.test(value));
}
