import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { iniValues, parseIni } from "../ini.ts";

const folder = "/etc/NetworkManager/system-connections";
const wired = ["ethernet", "802-3-ethernet"];
const compound = ["bond", "bridge", "vlan", "team", "infiniband"];

/** NetworkManager's keyfiles. */
export async function readKeyfiles(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const name of await files.list(folder)) {
    if (name.startsWith(".") || name.endsWith("~")) continue;
    const one = parseKeyfile((await files.readText(`${folder}/${name}`)) ?? "", `${folder}/${name}`);
    if (one) found.push(one);
  }
  return found;
}

/** Reads one keyfile; `undefined` for a connection that has no place on ECS, such as Wi-Fi. */
function parseKeyfile(text: string, source: string): InterfaceFacts | undefined {
  const values = parseIni(text);
  const first = (section: string, key: string) => iniValues(values, section, key)[0];
  const type = first("connection", "type") ?? "";
  if (!wired.includes(type) && !compound.includes(type)) return undefined;
  const method4 = first("ipv4", "method") ?? "auto";
  const slave = first("connection", "master") ?? first("connection", "controller");
  const addresses = values.filter(({ section, key }) => section === "ipv6" && /^address\d*$/.test(key));
  const method6 = first("ipv6", "method");
  return {
    name: first("connection", "interface-name") ?? first("connection", "id") ?? "ethernet",
    method:
      !wired.includes(type) || slave !== undefined
        ? "other"
        : method4 === "auto"
          ? "dhcp"
          : method4 === "manual"
            ? "static"
            : "other",
    // `auto` is what NetworkManager writes everywhere by itself, and no configuration of anybody's.
    ipv6:
      method6 === "manual"
        ? addresses.map((one) => one.value.split(",")[0] ?? "")
        : method6 === "dhcp"
          ? ["dhcp6"]
          : [],
    source,
  };
}
