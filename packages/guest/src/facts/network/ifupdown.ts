import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { pathsMatching } from "../glob.ts";
import { textLines, wordsOf } from "../lines.ts";

const main = "/etc/network/interfaces";
/** Files that one configuration takes in. */
const maxFiles = 64;

/** Debian and Alpine: `/etc/network/interfaces` and the files it takes in. */
export async function readIfupdown(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  const seen = new Set<string>();
  const pending = [main];
  for (let path = pending.shift(); path !== undefined && seen.size < maxFiles; path = pending.shift()) {
    const text = seen.has(path) ? undefined : await files.readText(path);
    seen.add(path);
    if (text === undefined) continue;
    found.push(...parseIfupdown(text, path));
    const folder = path.slice(0, path.lastIndexOf("/"));
    for (const line of textLines(text)) {
      const [verb, ...patterns] = wordsOf(line);
      for (const pattern of patterns.slice(0, maxFiles)) {
        const place = pattern.startsWith("/") ? pattern : `${folder}/${pattern}`;
        if (verb === "source") pending.push(...(await pathsMatching(files, place)).slice(0, maxFiles));
        // Of a folder only names without a dot count (interfaces(5)); newer versions take `.cfg` too.
        if (verb === "source-directory") {
          const all = await pathsMatching(files, `${place.replace(/\/$/, "")}/*`);
          pending.push(...all.filter((one) => /\/[\w-]+(?:\.cfg)?$/.test(one)).slice(0, maxFiles));
        }
      }
    }
  }
  return found;
}

/** Options by which a stanza makes an interface out of others. */
const compound = /^(?:bond|bridge|vlan|ovs)[-_]/;

/** Reads the `iface` stanzas of an ifupdown file. */
export function parseIfupdown(text: string, source: string): readonly InterfaceFacts[] {
  const found = new Map<string, { method: InterfaceFacts["method"]; ipv6: string[]; compound: boolean }>();
  let current: { method: InterfaceFacts["method"]; ipv6: string[]; compound: boolean } | undefined;
  let family = "";
  for (const line of textLines(text)) {
    const words = wordsOf(line);
    const [verb = "", name = "", inet = "", method = ""] = words;
    if (verb === "iface" && words.length >= 2) {
      family = inet;
      current = found.get(name) ?? { method: "other", ipv6: [], compound: false };
      found.set(name, current);
      if (inet === "inet") current.method = method === "dhcp" || method === "static" ? method : "other";
      // `manual` only brings the interface up.
      else if (inet === "inet6" && (method === "auto" || method === "dhcp")) {
        current.ipv6.push(method === "dhcp" ? "dhcp6" : method);
      }
    } else if (/^(?:auto|allow-.*|mapping|source|source-directory|rename|template)$/.test(verb)) {
      current = undefined;
    } else if (current && compound.test(verb)) current.compound = true;
    else if (current && verb === "address" && (family === "inet6" || name.includes(":"))) {
      current.ipv6.push(name);
    }
  }
  return [...found].map(([name, one]) => ({
    name,
    method: one.compound || isCompoundName(name) ? "other" : one.method,
    ipv6: one.ipv6,
    source,
  }));
}

/** `bond0`, `br0`, and `eth0.100`, which is a VLAN. */
function isCompoundName(name: string): boolean {
  return /^(?:bond|br|vlan|team|tun|tap|dummy)\d/.test(name) || /^\w+\.\d+$/.test(name);
}
