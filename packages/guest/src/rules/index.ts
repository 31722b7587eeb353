import { activation } from "./activation.ts";
import { architecture } from "./architecture.ts";
import { bootMode } from "./boot-mode.ts";
import { cloudAssistant } from "./cloud-assistant.ts";
import { cloudInit } from "./cloud-init.ts";
import { dhcp } from "./dhcp.ts";
import { dirtyFileSystem } from "./dirty-file-system.ts";
import { diskCount } from "./disk-count.ts";
import { diskSize } from "./disk-size.ts";
import { diskUse } from "./disk-use.ts";
import { encryption } from "./encryption.ts";
import { extFeatures } from "./ext-features.ts";
import { fileSystem } from "./file-system.ts";
import { firewall } from "./firewall.ts";
import { fstab } from "./fstab.ts";
import { grub } from "./grub.ts";
import { guestAgent } from "./guest-agent.ts";
import { hibernation } from "./hibernation.ts";
import { hypervisorTools } from "./hypervisor-tools.ts";
import { imageFormat } from "./image-format.ts";
import { interfaces } from "./interfaces.ts";
import { ipv6 } from "./ipv6.ts";
import { kernelVersion } from "./kernel-version.ts";
import { licence } from "./licence.ts";
import { lvm } from "./lvm.ts";
import { mocInstanceTypes } from "./moc-instance-types.ts";
import { networkManager } from "./network-manager.ts";
import { nvme } from "./nvme.ts";
import { onlineResize } from "./online-resize.ts";
import { osVersion } from "./os-version.ts";
import { persistentNet } from "./persistent-net.ts";
import { platform } from "./platform.ts";
import { raid } from "./raid.ts";
import { remoteDesktop } from "./remote-desktop.ts";
import { rootAccount } from "./root-account.ts";
import { rtcTimeMode } from "./rtc-time-mode.ts";
import type { ProfileName, Rule } from "./rule.ts";

export type { ProfileName } from "./rule.ts";

import { securityCenterAgent } from "./security-center-agent.ts";
import { selinux } from "./selinux.ts";
import { sshd } from "./sshd.ts";
import { systemDiskOnly } from "./system-disk-only.ts";
import { systemImage } from "./system-image.ts";
import { uac } from "./uac.ts";
import { virtio } from "./virtio.ts";
import { whitepaperBitness } from "./whitepaper-bitness.ts";
import { whitepaperDiskSize } from "./whitepaper-disk-size.ts";
import { whitepaperFileSystem } from "./whitepaper-file-system.ts";
import { whitepaperVersion } from "./whitepaper-version.ts";
import { windowsBcd } from "./windows-bcd.ts";
import { windowsBootManager } from "./windows-boot-manager.ts";
import { windowsDisk } from "./windows-disk.ts";
import { windowsHotfix } from "./windows-hotfix.ts";
import { windowsRegistry } from "./windows-registry.ts";
import { windowsServer } from "./windows-server.ts";
import { windowsSysprep } from "./windows-sysprep.ts";
import { windowsUpdate } from "./windows-update.ts";
import { windowsXen } from "./windows-xen.ts";

/** Every rule. A new one is one file and one line here. */
export const rules: readonly Rule[] = [
  systemImage,
  platform,
  osVersion,
  whitepaperVersion,
  architecture,
  whitepaperBitness,
  rtcTimeMode,
  bootMode,
  kernelVersion,
  virtio,
  nvme,
  fstab,
  grub,
  dhcp,
  selinux,
  onlineResize,
  cloudAssistant,
  cloudInit,
  securityCenterAgent,
  mocInstanceTypes,
  windowsBcd,
  windowsBootManager,
  windowsRegistry,
  windowsDisk,
  windowsHotfix,
  windowsSysprep,
  windowsUpdate,
  windowsXen,
  windowsServer,
  hibernation,
  encryption,
  firewall,
  networkManager,
  interfaces,
  ipv6,
  sshd,
  remoteDesktop,
  uac,
  rootAccount,
  activation,
  licence,
  persistentNet,
  hypervisorTools,
  guestAgent,
  diskUse,
  dirtyFileSystem,
  fileSystem,
  whitepaperFileSystem,
  extFeatures,
  lvm,
  raid,
  diskSize,
  whitepaperDiskSize,
  diskCount,
  systemDiskOnly,
  imageFormat,
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
