import type { GuestFiles } from "../files/guest-files.ts";
import { pairOf, textLines, wordsOf } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** The name a guest calls itself. */
export async function readHostname(files: GuestFiles): Promise<string | null> {
  const plain = (await files.readText("/etc/hostname")) ?? (await files.readText("/etc/HOSTNAME"));
  const line = textLines(plain).find((one) => wordsOf(one).length > 0);
  if (line !== undefined) return line.trim();
  return parseShellVariables(await files.readText("/etc/sysconfig/network")).get("HOSTNAME") ?? null;
}

/** Whether IPv6 is switched off for the whole guest; `null` when nothing says so either way. */
export async function readIpv6Disabled(files: GuestFiles): Promise<boolean | null> {
  const paths = ["/etc/sysctl.conf"];
  for (const name of await files.list("/etc/sysctl.d")) {
    if (name.endsWith(".conf")) paths.push(`/etc/sysctl.d/${name}`);
  }
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
  return null;
}
