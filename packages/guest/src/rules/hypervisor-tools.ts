import { fact, file, linuxGuest, windowsGuest } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { engineering } from "./sources.ts";

/** `SERVICE_DISABLED`. */
const disabled = 4;

export const hypervisorTools: Rule = {
  id: "SAMPAN.HypervisorTools",
  requirement: "No guest tools of another hypervisor start at boot.",
  why: "Tools of VMware, VirtualBox, Xen, Hyper-V or Parallels talk to a host that is not there on ECS. At best they end with an error; clocks, network scripts and disk drivers of theirs have kept guests from coming up.",
  looksAt:
    "Units and scripts of such tools that start at boot; with Windows their services in the SYSTEM hive. The evidence is the link or key.",
  mend: steps(
    "Linux:",
    shell("systemctl disable open-vm-tools vmtoolsd vboxadd xe-daemon", "chkconfig vmware-tools off"),
    "Windows: uninstall them, which removes their drivers too, or keep the services from starting:",
    powershell(
      "wmic product where \"name like 'VMware Tools%'\" call uninstall",
      "sc.exe config VMTools start= disabled",
    ),
  ),
  profiles: { current: { severity: "warning", source: engineering } },
  fixup: "hypervisor-tools",
  check(input) {
    const services = windowsGuest(input)?.hypervisorTools.filter((one) => one.start !== disabled) ?? [];
    const windows = services.map(({ name, source, start }) => ({
      message: `${name} of another hypervisor starts with Windows and has nothing to talk to on ECS.`,
      hint: `Uninstall the tools on the host, or run \`sc.exe config ${name} start= disabled\`.`,
      evidence: [fact(source, `Start: ${start ?? "none"}`)],
      severity: "info" as const,
      fixup: null,
    }));
    const units = linuxGuest(input)?.hypervisorTools.filter((one) => one.enabledAtBoot) ?? [];
    const linux = units.map(({ name, source }) => ({
      message: `${name} of another hypervisor starts at boot and has nothing to talk to on ECS.`,
      hint: `Run \`systemctl disable ${name}\` (or \`chkconfig ${name} off\`) on the host, or uninstall it.`,
      evidence: [file(source, name)],
    }));
    return [...windows, ...linux];
  },
};
