import { editKernelArguments } from "./boot/kernel-arguments.ts";
import { editLines } from "./edit-lines.ts";
import type { Fixup } from "./fixup.ts";

export const selinux: Fixup = {
  id: "selinux",
  summary:
    "Sets SELINUX=disabled (or permissive, as chosen) in /etc/selinux/config, and takes what overrides it from the kernel's arguments.",
  appliesTo(guest, { selinux: wanted }) {
    const configured = guest.type === "linux" ? guest.selinux.configured : null;
    return configured !== null && configured !== "disabled" && configured !== wanted;
  },
  async apply(files, { settings }) {
    const old = settings.selinux === "disabled" ? "(?:enforcing|permissive)" : "enforcing";
    const setting = new RegExp(`^([ \\t]*SELINUX[ \\t]*=[ \\t]*)${old}\\b`, "i");
    await editLines(files, "/etc/selinux/config", (line) => line.replace(setting, `$1${settings.selinux}`));
    const overrides = settings.selinux === "disabled" ? ["enforcing=1", "selinux=1"] : ["enforcing=1"];
    await editKernelArguments(files, {
      change: (argument) => (overrides.includes(argument) ? null : argument),
    });
  },
};
