import { toolByHand } from "./by-hand.ts";

/** Alibaba Cloud's Alip2v (whitepaper 4.1), withdrawn by its maker: its successor is SMC. It works in windows of its own. */
export const alip2v = toolByHand({
  name: "alip2v",
  title: "Alip2v",
  page: "https://www.alibabacloud.com/help/en/smc",
  programs: ["alip2v.exe"],
  usedFor: "capturing drive C of a Windows into a VHD, also on a share; withdrawn by its maker",
  instead: "Use Disk2vhd; the VHD it writes is a source as it is.",
  steps:
    "Start it on the machine itself and give it the share as its destination, such as \\\\host\\VHD_DIR\\web-01.vhd; then migrate that file. Disk2vhd does the same from a command line.",
});
