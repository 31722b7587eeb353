import type { GuestFiles, WritableGuestFiles } from "../../files/guest-files.ts";

/** How one kind of network configuration is read and changed. One file a kind. */
export interface NetworkStack {
  /** Whether something brings up at boot what this kind configures. */
  isActive(files: GuestFiles): Promise<boolean>;
  /**
   * Has the first interface take its address by DHCP, whatever its hardware.
   *
   * Says what name the interface must have for that: `eth0`, or `any`. `nothing`: no interface is configured here, and
   * nothing was changed.
   */
  toDhcp(files: WritableGuestFiles, note: (text: string) => void): Promise<InterfaceName>;
}

export type InterfaceName = "eth0" | "any" | "nothing";

/** The name of the first interface where names are not made from its slot. */
export const firstName = "eth0";

/** Whether a name is that of a network card, not of a bridge, bond, VLAN, tunnel or the like. */
export function isPhysical(name: string): boolean {
  return /^(eth\d+|en[a-z0-9]+|em\d+|p\d+p\d+|net\d+|seth\d+)$/.test(name);
}

/** The interface to change: `eth0` where it is configured, otherwise the first card. */
export function chooseFirst(names: readonly string[]): string | undefined {
  const cards = names.filter(isPhysical);
  return cards.includes(firstName) ? firstName : cards[0];
}

/** Whether one of the programs is there. */
export async function hasProgram(files: GuestFiles, ...names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    for (const folder of ["/sbin", "/usr/sbin", "/bin", "/usr/bin"]) {
      if (await files.stat(`${folder}/${name}`)) return true;
    }
  }
  return false;
}
