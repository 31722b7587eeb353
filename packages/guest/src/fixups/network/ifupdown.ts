import { readBootService } from "../../facts/boot-services.ts";
import { textLines, wordsOf } from "../../facts/lines.ts";
import type { GuestFiles, WritableGuestFiles } from "../../files/guest-files.ts";
import { appended, commented, editLines, mapLines, readLatin1, writeLatin1 } from "../edit-lines.ts";
import { chooseFirst, firstName, hasProgram, type NetworkStack } from "./stack.ts";

const main = "/etc/network/interfaces";
const folder = "/etc/network/interfaces.d";

/** Debian and Alpine: `/etc/network/interfaces` and the files it takes in. */
export const ifupdown: NetworkStack = {
  async isActive(files) {
    const service = await readBootService(files, "networking");
    return (
      service.links.length + service.upstartJobs.length > 0 &&
      (await hasProgram(files, "ifup")) &&
      (await hasProgram(files, "dhclient", "udhcpc", "dhcpcd", "pump"))
    );
  },
  async toDhcp(files) {
    const paths = await configurations(files);
    const stanzas: Stanza[] = [];
    for (const path of paths) stanzas.push(...readStanzas(await readLatin1(files, path)));
    const first = chooseFirst(stanzas.filter((one) => one.family === "inet").map((one) => one.name));
    if (first === undefined) return "nothing";
    const above = stanzas.filter((one) => one.uses.includes(first)).map((one) => one.name);
    for (const path of paths) await editFile(files, path, first, above);
    if (!(await isStarted(files, paths))) {
      await editLines(files, main, startBefore(await readLatin1(files, main)));
    }
    return firstName;
  },
};

/** Adds an interface that comes up by DHCP, where none is configured. */
export async function addIfupdown(files: WritableGuestFiles): Promise<void> {
  const text = (await readLatin1(files, main)) ?? "";
  const gap = text === "" || text.endsWith("\n\n") ? [] : [""];
  const lines = [...gap, `auto ${firstName}`, `iface ${firstName} inet dhcp`];
  await writeLatin1(files, main, appended(text, lines));
}

interface Stanza {
  readonly name: string;
  readonly family: string;
  /** Cards a bridge, bond or VLAN lies on. */
  readonly uses: readonly string[];
}

/** Words that begin what is not of the stanza before. */
const beginners = [
  "iface",
  "auto",
  "mapping",
  "source",
  "source-directory",
  "no-auto-down",
  "no-scripts",
  "template",
];
const begins = (word: string) => beginners.includes(word) || word.startsWith("allow-");
const lowerLayers = [
  "bridge_ports",
  "bridge-ports",
  "slaves",
  "bond-slaves",
  "bond_slaves",
  "vlan-raw-device",
  "vlan_raw_device",
];

function readStanzas(text: string | undefined): readonly Stanza[] {
  const found: { name: string; family: string; uses: string[] }[] = [];
  let current: (typeof found)[number] | undefined;
  for (const line of textLines(text)) {
    const [word = "", name = "", family = "", ...more] = wordsOf(line);
    if (word === "iface") {
      current = { name, family, uses: name.includes(".") ? [name.split(".")[0] ?? ""] : [] };
      found.push(current);
    } else if (begins(word)) current = undefined;
    else if (lowerLayers.includes(word)) current?.uses.push(name, family, ...more);
  }
  return found;
}

/** Options of a fixed address, and of a hardware address that is not the card's own. */
const fixed = new Set(
  "address netmask broadcast network gateway pointopoint hwaddress dns-nameservers dns-nameserver dns-search dns-domain".split(
    " ",
  ),
);

/** Gives the first card its new name and DHCP; what lies above it becomes a comment, or the card would be taken. */
async function editFile(
  files: WritableGuestFiles,
  path: string,
  first: string,
  above: readonly string[],
): Promise<void> {
  const text = await readLatin1(files, path);
  if (text === undefined) return;
  let inside: "first" | "above" | "other" = "other";
  let had = false;
  const edited = mapLines(text, (line) => {
    const [word = "", name = "", family = "", method = ""] = wordsOf(line);
    if (word === "iface") {
      inside = above.includes(name) ? "above" : name === first ? "first" : "other";
      if (inside !== "first") return inside === "above" ? commented(line) : line;
      // A second stanza of the card holds a second address, one of IPv6 an address of the old network.
      if (family !== "inet" ? method === "static" : had) inside = "above";
      if (inside === "above") return commented(line);
      if (family === "inet") had = true;
      return family === "inet" ? renamed(line, name, "dhcp") : renamed(line, name);
    }
    if (begins(word)) {
      inside = "other";
      if (word !== "auto" && !word.startsWith("allow-")) return line;
      const names = wordsOf(line).slice(1);
      const kept = names.filter((one) => !above.includes(one));
      if (kept.length === 0 && names.length > 0) return commented(line);
      if (kept.length === names.length && (first === firstName || !names.includes(first))) return line;
      const indent = line.slice(0, line.length - line.trimStart().length);
      return `${indent}${[word, ...kept.map((one) => (one === first ? firstName : one))].join(" ")}`;
    }
    if (inside === "above") return commented(line);
    return inside === "first" && fixed.has(word) ? commented(line) : line;
  });
  if (edited !== text) await writeLatin1(files, path, edited);
}

function renamed(line: string, name: string, method?: string): string {
  const parts = line.split(/(\s+)/);
  const at = parts.indexOf(name);
  return parts
    .map((part, index) =>
      index === at ? firstName : index === at + 4 && method !== undefined ? method : part,
    )
    .join("");
}

async function isStarted(files: GuestFiles, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    for (const line of textLines(await files.readText(path))) {
      const [word = "", ...names] = wordsOf(line);
      if ((word === "auto" || word === "allow-hotplug") && names.includes(firstName)) return true;
    }
  }
  return false;
}

/** Puts `auto` before the stanza, or at the end when the stanza is in a file that this one takes in. */
function startBefore(text: string | undefined): (line: string, index: number) => string | readonly string[] {
  const lines = (text ?? "").split("\n");
  const stanza = lines.findIndex((line) => wordsOf(line).slice(0, 2).join(" ") === `iface ${firstName}`);
  const at = Math.max(stanza, 0);
  return (line, index) => (index === at ? [`auto ${firstName}`, line] : line);
}

async function configurations(files: GuestFiles): Promise<readonly string[]> {
  const takesMore = textLines(await files.readText(main)).some((line) =>
    /^\s*source(-directory)?\s/.test(line),
  );
  const names = takesMore ? (await files.list(folder)).filter((name) => /^[\w.-]+$/.test(name)) : [];
  return [main, ...names.map((name) => `${folder}/${name}`)];
}
