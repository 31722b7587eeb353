import { architecture } from "./architecture.ts";
import { bootMode } from "./boot-mode.ts";
import { cloudInit } from "./cloud-init.ts";
import { dhcp } from "./dhcp.ts";
import { diskCount, whitepaperDiskCount } from "./disk-count.ts";
import { diskSize, whitepaperDiskSize } from "./disk-size.ts";
import { fileSystem, lvm, whitepaperFileSystem } from "./file-system.ts";
import { firewall } from "./firewall.ts";
import { fstab } from "./fstab.ts";
import { interfaces } from "./interfaces.ts";
import { ipv6 } from "./ipv6.ts";
import { networkManager } from "./network-manager.ts";
import { nvme } from "./nvme.ts";
import { osVersion, whitepaperVersion } from "./os-version.ts";
import { platform } from "./platform.ts";
import type { ProfileName, Rule } from "./rule.ts";
import { selinux } from "./selinux.ts";
import { sshd } from "./sshd.ts";
import { systemImage } from "./system-image.ts";
import { virtio } from "./virtio.ts";
import { whitepaperBitness } from "./whitepaper-bitness.ts";

/** Every rule. A new one is one file and one line here. */
export const rules: readonly Rule[] = [
  systemImage,
  platform,
  osVersion,
  whitepaperVersion,
  architecture,
  whitepaperBitness,
  bootMode,
  virtio,
  nvme,
  fstab,
  selinux,
  dhcp,
  cloudInit,
  firewall,
  networkManager,
  interfaces,
  ipv6,
  sshd,
  fileSystem,
  lvm,
  whitepaperFileSystem,
  diskSize,
  whitepaperDiskSize,
  diskCount,
  whitepaperDiskCount,
];

/** What a profile is, for people. */
export interface Profile {
  readonly name: ProfileName;
  readonly summary: string;
}

/** The profiles, the default first. */
export const profiles: readonly Profile[] = [
  { name: "current", summary: "What ECS takes today, from its own pages and API, each rule with its date." },
  {
    name: "whitepaper-2017",
    summary: "What the image migration whitepaper of 2017 asks for in its sections 3 and 5.",
  },
];
