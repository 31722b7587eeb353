import { cloudInit } from "./cloud-init.ts";
import { dhcp } from "./dhcp.ts";
import { firewall } from "./firewall.ts";
import type { Fixup } from "./fixup.ts";
import { fstab } from "./fstab.ts";
import { grubRoot } from "./grub-root.ts";
import { hypervisorTools } from "./hypervisor-tools.ts";
import { ipv6 } from "./ipv6.ts";
import { networkManager } from "./network-manager.ts";
import { persistentNet } from "./persistent-net.ts";
import { selinux } from "./selinux.ts";
import { serialConsole } from "./serial-console.ts";
import { sshd } from "./sshd.ts";

/** Every fix-up, in the order they are applied. A new one is one file and one line here. */
export const fixups: readonly Fixup[] = [
  fstab,
  grubRoot,
  serialConsole,
  selinux,
  firewall,
  persistentNet,
  dhcp,
  networkManager,
  ipv6,
  sshd,
  hypervisorTools,
  cloudInit,
];
