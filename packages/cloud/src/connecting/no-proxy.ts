import { BlockList, isIP } from "node:net";

/** Whether a host is reached without the proxy. */
export type NoProxyRule = (hostname: string, port: number) => boolean;

/**
 * Makes the rule out of a list as in `NO_PROXY`.
 *
 * A name stands for itself and for everything under it, with or without a leading dot or `*.`; `name:port` only for that
 * port; an address for itself; `10.0.0.0/8` for a network; `*` for everything. Loopback is always without the proxy: no proxy
 * can reach this machine's own. Entries that are none of these are names nobody has.
 */
export function noProxyRule(list = ""): NoProxyRule {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .slice(0, 1000);
  const networks = new BlockList();
  for (const entry of entries) addNetwork(networks, entry);
  const names = entries.map(nameOf);
  return (hostname, port) => {
    const host = bare(hostname.toLowerCase().replace(/\.$/, ""));
    if (isLoopback(host) || entries.includes("*")) return true;
    const kind = isIP(host);
    if (kind !== 0 && networks.check(host, kind === 4 ? "ipv4" : "ipv6")) return true;
    return names.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        entry.name !== "" &&
        (host === entry.name || (kind === 0 && host.endsWith(`.${entry.name}`))),
    );
  };
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

function addNetwork(networks: BlockList, entry: string): void {
  const [address = "", bits = ""] = entry.split("/");
  const kind = isIP(address);
  if (kind === 0 || !/^[0-9]{1,3}$/.test(bits) || Number(bits) > (kind === 4 ? 32 : 128)) return;
  networks.addSubnet(address, Number(bits), kind === 4 ? "ipv4" : "ipv6");
}

function nameOf(entry: string): { readonly name: string; readonly port: number | undefined } {
  const { name = entry, port } =
    isIP(entry) === 6 ? {} : (/^(?<name>.+):(?<port>[0-9]{1,5})$/.exec(entry)?.groups ?? {});
  const plain = bare(name.replace(/^\*?\.+/, ""));
  return { name: plain, port: port === undefined ? undefined : Number(port) };
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
