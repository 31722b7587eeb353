import { defineTool } from "./define-tool.ts";

/**
 * VMware's disk manager (Workstation, Fusion, VDDK): `vmware-vdiskmanager -r SOURCE -t TYPE DESTINATION`. In the whitepaper (5.3) it puts
 * split disks together. Virtual Disk Manager User's Guide, types 0 (one growing file) and 2 (one preallocated file).
 */
export const vmwareVdiskmanager = defineTool({
  name: "vmware-vdiskmanager",
  title: "vmware-vdiskmanager",
  systems: ["linux", "windows"],
  page: "https://www.vmware.com/products/desktop-hypervisor/workstation-and-fusion",
  programs: [
    "vmware-vdiskmanager",
    "C:\\Program Files (x86)\\VMware\\VMware Workstation\\vmware-vdiskmanager.exe",
    "C:\\Program Files\\VMware\\VMware Workstation\\vmware-vdiskmanager.exe",
  ],
  usedFor: "putting a split VMDK together into one file",
  instead: "Split VMDKs, and chains of snapshots, are opened by their descriptor as they are.",
  versionBy: { args: ["-h"], pattern: /VMware Virtual Disk Manager - build (\d{1,12})/ },
  canDo(task) {
    if (task.kind === "capture") return { why: "it captures no disks", instead: "Leave the tool out." };
    if (task.format !== "vmdk")
      return { why: `it writes VMDK, no ${task.format}`, instead: "Leave the tool out." };
    return /\.vmdk$/i.test(task.source) && /\.vmdk$/i.test(task.destination)
      ? undefined
      : { why: "it takes files that end in .vmdk only", instead: "Leave the tool out." };
  },
  args: (task) =>
    task.kind === "capture"
      ? []
      : ["-r", task.source, "-t", task.fixed === true ? "2" : "0", task.destination],
  fractionOf(said) {
    const percent = said.match(/(\d{1,3})% done/g)?.at(-1);
    return percent === undefined ? undefined : Math.min(1, Number.parseInt(percent, 10) / 100);
  },
  failures: [
    { pattern: /not a virtual disk/i, hint: "Give the descriptor: the small .vmdk that names the others." },
    { pattern: /disk is in use|lock/i, hint: "The machine runs, or crashed and left its .lck folder." },
  ],
});
