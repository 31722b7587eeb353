import type { InterfaceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { readGentooNet } from "./gentoo.ts";
import { readIfcfg } from "./ifcfg.ts";
import { readIfupdown } from "./ifupdown.ts";
import { readKeyfiles } from "./keyfiles.ts";
import { readNetplan } from "./netplan.ts";
import { readNetworkd } from "./networkd.ts";

/** Interfaces beyond this are not listed. */
const maxInterfaces = 256;

/**
 * Reads network interfaces as configured, from every place a distribution keeps them; the loopback is left out. Bonds,
 * bridges and VLANs, and interfaces that belong to one, are `other`.
 */
export async function readInterfaces(files: GuestFiles): Promise<readonly InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  for (const read of [readIfupdown, readIfcfg, readNetplan, readNetworkd, readKeyfiles, readGentooNet]) {
    found.push(...(await read(files)));
  }
  return found.filter((one) => one.name !== "lo").slice(0, maxInterfaces);
}
