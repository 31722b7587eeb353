import { firewall } from "../firewall.ts";
import type { Fixup } from "../fixup.ts";
import { selinux } from "../selinux.ts";
import { mounts } from "./mounts.ts";
import { networkManagerOnHost } from "./network-manager.ts";

/**
 * The fix-ups for a host that goes on running: just what §5.1 of the whitepaper prepares by hand, and each of them such that the
 * host starts and is reached where it is. In the order they are applied.
 */
export const hostFixups: readonly Fixup[] = [mounts, selinux, firewall, networkManagerOnHost];
