import { firewall } from "./firewall.ts";
import type { Fixup } from "./fixup.ts";
import { fstab } from "./fstab.ts";
import { networkManager } from "./network-manager.ts";
import { selinux } from "./selinux.ts";

/** Every fix-up, in the order they are applied. A new one is one file and one line here. */
export const fixups: readonly Fixup[] = [selinux, firewall, networkManager, fstab];
