import type { InterfaceFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { pairOf, textLines } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** Reads network interfaces as configured, from every place a distribution keeps them; the loopback is left out. */
export async function readInterfaces(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found = [
    ...(await readIfupdown(files)),
    ...(await readIfcfg(files)),
    ...(await readNetplan(files)),
    ...(await readNetworkd(files)),
    ...(await readKeyfiles(files)),
  ];
  return found.filter((one) => one.name !== "lo");
}

async function filesIn(files: GuestFiles, folder: string, suffix: RegExp): Promise<readonly string[]> {
  return (await files.list(folder)).filter((name) => suffix.test(name)).map((name) => `${folder}/${name}`);
}

/** Debian: `/etc/network/interfaces` and the files it takes in. */
async function readIfupdown(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const main = "/etc/network/interfaces";
  const found: InterfaceFacts[] = [];
  for (const path of [main, ...(await filesIn(files, "/etc/network/interfaces.d", /^[\w.-]+$/))]) {
    found.push(...parseIfupdown((await files.readText(path)) ?? "", path));
  }
  return found;
}

/** Reads the `iface` stanzas of an ifupdown file. */
export function parseIfupdown(text: string, source: string): readonly InterfaceFacts[] {
  const found = new Map<string, { method: InterfaceFacts["method"]; ipv6: string[] }>();
  let current: { method: InterfaceFacts["method"]; ipv6: string[] } | undefined;
  let family = "";
  for (const line of textLines(text)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "iface" && words.length >= 4) {
      const [, name = "", inet = "", method = ""] = words;
      family = inet;
      current = found.get(name) ?? { method: "other", ipv6: [] };
      found.set(name, current);
      if (inet === "inet") current.method = method === "dhcp" || method === "static" ? method : "other";
      else if (inet === "inet6" && method !== "static") current.ipv6.push(method);
    } else if (family === "inet6" && words[0] === "address" && words[1]) current?.ipv6.push(words[1]);
    else if (["auto", "mapping", "source", "source-directory"].includes(words[0] ?? "")) family = "";
  }
  return [...found].map(([name, { method, ipv6 }]) => ({ name, method, ipv6, source }));
}

/** Red Hat and SUSE: `ifcfg-*`. */
async function readIfcfg(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const folder of ["/etc/sysconfig/network-scripts", "/etc/sysconfig/network"]) {
    for (const source of await filesIn(files, folder, /^ifcfg-[\w.:-]+$/)) {
      const name = source.slice(source.lastIndexOf("ifcfg-") + 6);
      if (name === "lo" || /\.(bak|orig|rpmsave|rpmnew|template)$|~$/.test(name)) continue;
      const values = parseShellVariables((await files.readText(source)) ?? "");
      const proto = (values.get("BOOTPROTO") ?? "").toLowerCase();
      const ipv6: string[] = [];
      const address = values.get("IPV6ADDR");
      if (address) ipv6.push(address);
      if (values.get("DHCPV6C") === "yes") ipv6.push("dhcp6");
      if (values.get("IPV6_AUTOCONF") === "yes") ipv6.push("auto");
      found.push({
        name: values.get("DEVICE") ?? name,
        method: proto.startsWith("dhcp")
          ? "dhcp"
          : proto === "static" || values.has("IPADDR")
            ? "static"
            : "other",
        ipv6,
        source,
      });
    }
  }
  return found;
}

/** Ubuntu: netplan. Only the nesting of a plain YAML mapping is understood, which is all netplan's own files use. */
async function readNetplan(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const source of await filesIn(files, "/etc/netplan", /\.ya?ml$/)) {
    found.push(...parseNetplan((await files.readText(source)) ?? "", source));
  }
  return found;
}

/** Reads the ethernets of a netplan file. */
export function parseNetplan(text: string, source: string): readonly InterfaceFacts[] {
  const found: { name: string; dhcp: boolean; addresses: string[]; ipv6: string[] }[] = [];
  let section = "";
  let sectionIndent = -1;
  let nameIndent = -1;
  let list = "";
  for (const raw of textLines(text)) {
    const line = withoutComment(raw);
    if (line.trim() === "") continue;
    const indent = line.length - line.trimStart().length;
    const item = line.trim().startsWith("-") ? line.trim().slice(1).trim() : undefined;
    const current = found[found.length - 1];
    if (item !== undefined) {
      if (list === "addresses") current?.addresses.push(unquote(item));
      continue;
    }
    const pair = pairOf(line, ":");
    if (!pair) continue;
    const [key, value] = pair.map(unquote) as [string, string];
    if (indent <= sectionIndent) section = "";
    if (["ethernets", "wifis", "bonds", "bridges", "vlans"].includes(key) && value === "") {
      section = key;
      sectionIndent = indent;
      nameIndent = -1;
    } else if (section !== "") {
      if (nameIndent < 0) nameIndent = indent;
      if (indent === nameIndent) {
        found.push({ name: key, dhcp: false, addresses: [], ipv6: [] });
        list = "";
        continue;
      }
      list = value === "" ? key : "";
      const on = /^(true|yes|on)$/i.test(value);
      if (key === "dhcp4") Object.assign(current ?? {}, { dhcp: on });
      if (key === "dhcp6" && on) current?.ipv6.push("dhcp6");
      if (key === "addresses" && value.startsWith("[")) {
        current?.addresses.push(
          ...value
            .replace(/[[\]]/g, "")
            .split(",")
            .map((one) => unquote(one.trim())),
        );
      }
    }
  }
  return found.map(({ name, dhcp, addresses, ipv6 }) => ({
    name,
    method: dhcp ? "dhcp" : addresses.some((one) => !one.includes(":")) ? "static" : "other",
    ipv6: [...ipv6, ...addresses.filter((one) => one.includes(":"))],
    source,
  }));
}

/** systemd-networkd. */
async function readNetworkd(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const source of await filesIn(files, "/etc/systemd/network", /\.network$/)) {
    const sections = parseIni((await files.readText(source)) ?? "");
    const name = sections.get("match.name")?.[0] ?? sections.get("match.type")?.[0];
    if (name === undefined || name === "lo" || name === "loopback") continue;
    const dhcp = (sections.get("network.dhcp")?.[0] ?? "no").toLowerCase();
    const addresses = [
      ...(sections.get("network.address") ?? []),
      ...(sections.get("address.address") ?? []),
    ];
    const ipv6 = addresses.filter((one) => one.includes(":"));
    if (dhcp === "ipv6" || dhcp === "yes") ipv6.push("dhcp6");
    found.push({
      name,
      method: ["yes", "ipv4", "both", "true", "v4"].includes(dhcp)
        ? "dhcp"
        : addresses.some((one) => !one.includes(":"))
          ? "static"
          : "other",
      ipv6,
      source,
    });
  }
  return found;
}

/** NetworkManager's keyfiles. */
async function readKeyfiles(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const source of await filesIn(files, "/etc/NetworkManager/system-connections", /^[^.].*$/)) {
    const sections = parseIni((await files.readText(source)) ?? "");
    const type = sections.get("connection.type")?.[0];
    if (type === undefined || !/ethernet/.test(type)) continue;
    const method4 = sections.get("ipv4.method")?.[0] ?? "auto";
    const method6 = sections.get("ipv6.method")?.[0] ?? "auto";
    found.push({
      name:
        sections.get("connection.interface-name")?.[0] ?? sections.get("connection.id")?.[0] ?? "ethernet",
      method: method4 === "auto" ? "dhcp" : method4 === "manual" ? "static" : "other",
      ipv6:
        method6 === "manual"
          ? [...sections].filter(([key]) => /^ipv6\.address\d*$/.test(key)).flatMap(([, values]) => values)
          : [],
      source,
    });
  }
  return found;
}

/** Reads an ini file into `section.key` in lower case, each with its values in order. */
function parseIni(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  let section = "";
  for (const line of textLines(text)) {
    const head = /^\s*\[([^\]]+)\]\s*$/.exec(line);
    if (head) section = (head[1] ?? "").toLowerCase();
    const pair = pairOf(line);
    if (pair === undefined) continue;
    const key = `${section}.${pair[0].toLowerCase()}`;
    values.set(key, [...(values.get(key) ?? []), pair[1]]);
  }
  return values;
}

function withoutComment(line: string): string {
  const at = line.split("").findIndex((char, i) => char === "#" && !/\S/.test(line[i - 1] ?? ""));
  return at < 0 ? line : line.slice(0, at);
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}
