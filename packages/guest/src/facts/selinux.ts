import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import type { BootLoaders } from "./boot-loaders/read-boot-loaders.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** `/etc/sysconfig/selinux` is Red Hat's link to the first, and on RHEL 4 the file itself. */
const places = ["/etc/selinux/config", "/etc/sysconfig/selinux"];

/** SELinux as it will be after the next boot: the kernel's arguments override the file. */
export async function readSelinux(files: GuestFiles, loaders?: BootLoaders): Promise<LinuxFacts["selinux"]> {
  const found = await readFile(files);
  const given = (argument: string) => loaders?.kernelArguments.includes(argument) === true;
  if (found.configured === "disabled" || loaders === undefined) return found;
  if (given("selinux=0")) return { configured: "disabled", source: loaders.source };
  return found.configured === "enforcing" && given("enforcing=0")
    ? { configured: "permissive", source: loaders.source }
    : found;
}

async function readFile(files: GuestFiles): Promise<LinuxFacts["selinux"]> {
  for (const source of places) {
    const text = await files.readText(source);
    if (text === undefined) continue;
    const value = parseShellVariables(text).get("SELINUX")?.toLowerCase();
    const known = value === "enforcing" || value === "permissive" || value === "disabled";
    return { configured: known ? value : null, source };
  }
  return { configured: null, source: null };
}
