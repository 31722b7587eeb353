import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { pairOf, textLines, wordsOf } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** SELinux as configured for the next boot. */
export async function readSelinux(files: GuestFiles): Promise<LinuxFacts["selinux"]> {
  const source = "/etc/selinux/config";
  const text = await files.readText(source);
  if (text === undefined) return { configured: null, source: null };
  const value = parseShellVariables(text).get("SELINUX")?.toLowerCase();
  return {
    configured: value === "enforcing" || value === "permissive" || value === "disabled" ? value : null,
    source,
  };
}

/** The SSH server as configured. The first value counts, as sshd itself takes it. */
export async function readSshd(files: GuestFiles): Promise<LinuxFacts["sshd"]> {
  const main = await files.readText("/etc/ssh/sshd_config");
  let installed = false;
  for (const path of [
    "/usr/sbin/sshd",
    "/usr/bin/sshd",
    "/lib/systemd/system/ssh.service",
    "/usr/lib/systemd/system/sshd.service",
  ]) {
    installed ||= (await files.stat(path)) !== undefined;
  }
  if (main === undefined) return { installed, ports: [], permitRootLogin: null };
  const parts: string[] = [];
  for (const name of await files.list("/etc/ssh/sshd_config.d")) {
    if (name.endsWith(".conf")) parts.push((await files.readText(`/etc/ssh/sshd_config.d/${name}`)) ?? "");
  }
  const takesParts = textLines(main).some((line) => /^\s*Include\s+\/etc\/ssh\/sshd_config\.d\//i.test(line));
  // A Match block holds for some users only.
  const lines = [...(takesParts ? parts : []), main].flatMap((text) => {
    const all = textLines(text);
    const match = all.findIndex((line) => /^\s*Match\s/i.test(line));
    return match < 0 ? all : all.slice(0, match);
  });
  const values = (key: string) =>
    lines.flatMap((line) => {
      const [name = "", value = ""] = line.trim().split(/[\s=]+/);
      return name.toLowerCase() === key ? [value] : [];
    });
  const ports = values("port").map(Number).filter(Number.isInteger);
  return {
    installed: true,
    ports: ports.length > 0 ? ports : [22],
    permitRootLogin: values("permitrootlogin")[0] ?? null,
  };
}

/** Whether cloud-init is installed. */
export async function readCloudInit(files: GuestFiles): Promise<LinuxFacts["cloudInit"]> {
  for (const path of ["/usr/bin/cloud-init", "/etc/cloud/cloud.cfg", "/usr/local/bin/cloud-init"]) {
    if (await files.stat(path)) return { installed: true, enabledAtBoot: null, datasources: null };
  }
  return { installed: false, enabledAtBoot: null, datasources: null };
}

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
