import type { GuestFiles } from "../files/guest-files.ts";
import { pathsMatching } from "./glob.ts";
import { pairOf, textLines, wordsOf } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** The name a guest calls itself. */
export async function readHostname(files: GuestFiles): Promise<string | null> {
  const plain = (await files.readText("/etc/hostname")) ?? (await files.readText("/etc/HOSTNAME"));
  const line = textLines(plain).find((one) => wordsOf(one).length > 0);
  if (line !== undefined) return line.trim();
  const network = parseShellVariables(await files.readText("/etc/sysconfig/network"));
  const openRc = parseShellVariables(await files.readText("/etc/conf.d/hostname"));
  return network.get("HOSTNAME") || openRc.get("hostname") || null;
}

/** Whether IPv6 is switched off for the whole guest; `null` when nothing says so either way. */
export async function readIpv6Disabled(files: GuestFiles): Promise<boolean | null> {
  // The last assignment counts, and this file is read last.
  const paths = [...(await pathsMatching(files, "/etc/sysctl.d/*.conf")), "/etc/sysctl.conf"];
  let disabled: boolean | null = null;
  for (const path of paths) {
    for (const line of textLines(await files.readText(path))) {
      const [name, value] = pairOf(line) ?? [];
      if (name?.replaceAll("/", ".") === "net.ipv6.conf.all.disable_ipv6") disabled = value === "1";
    }
  }
  if (disabled !== null) return disabled;
  for (const path of [
    "/etc/default/grub",
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/grub/menu.lst",
  ]) {
    if (/\bipv6\.disable=1\b/.test((await files.readText(path)) ?? "")) return true;
  }
  return (await isModuleOff(files)) ? true : null;
}

/** Whether the module of IPv6 is kept from loading or told to do nothing, as was the way before it was built in. */
async function isModuleOff(files: GuestFiles): Promise<boolean> {
  for (const path of ["/etc/modprobe.conf", ...(await pathsMatching(files, "/etc/modprobe.d/*"))]) {
    for (const line of textLines(await files.readText(path))) {
      const text = wordsOf(line).join(" ");
      if (
        /^(?:options ipv6 (?:.* )?disable=1|install ipv6 \/bin\/(?:true|false)|alias net-pf-10 off)\b/.test(
          text,
        )
      ) {
        return true;
      }
    }
  }
  return false;
}
