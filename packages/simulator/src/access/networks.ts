import { BlockList, isIP } from "node:net";

/** Whether an address lies in `a.b.c.d`, `a.b.c.d/n` or their like of IPv6. What is not such a text holds nothing. */
export function isInNetwork(address: string, network: string): boolean {
  const [base = "", bits] = network.trim().split("/", 2);
  const family = isIP(base);
  if (family === 0 || family !== isIP(address)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const whole = family === 4 ? 32 : 128;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= whole)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits === undefined ? whole : Number(bits), type);
  return list.check(address, type);
}

/** The address of a peer as policies compare it: no mapped IPv4, and the loopback of IPv6 as that of IPv4. */
export function sourceAddress(remote: string | undefined): string {
  const plain = (remote ?? "").replace(/^::ffff:/i, "");
  return plain === "::1" ? "127.0.0.1" : plain;
}
