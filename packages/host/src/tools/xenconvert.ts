import { toolByHand } from "./by-hand.ts";

/** Citrix XenConvert (whitepaper 4.4), withdrawn by its maker since XenServer 6.2. Its wizard converts VMDK to VHD. */
export const xenconvert = toolByHand({
  name: "xenconvert",
  title: "XenConvert",
  page: "https://docs.xenserver.com",
  programs: ["C:\\Program Files\\Citrix\\XenConvert\\XenConvert.exe"],
  usedFor: "converting a VMDK to a VHD on Windows; withdrawn by its maker",
  instead: "`toVhd()` reads VMDKs of every kind, split ones too.",
  steps:
    "In its wizard choose VMware Virtual Hard Disk (VMDK) as source and XenServer Virtual Hard Disk (VHD) as destination.",
});
