import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";

/** SELinux as configured for the next boot. */
export async function readSelinux(files: GuestFiles): Promise<LinuxFacts["selinux"]> {
  const source = "/etc/selinux/config";
  const text = await files.readText(source);
  if (text === undefined) return { configured: null, source: null };
  const value = [...text.matchAll(/^\s*SELINUX\s*=\s*(\w+)/gm)].pop()?.[1]?.toLowerCase();
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
  const takesParts = /^\s*Include\s+\/etc\/ssh\/sshd_config\.d\//im.test(main);
  // A Match block holds for some users only.
  const lines = [...(takesParts ? parts : []), main].flatMap(
    (text) => text.split(/^\s*Match\s/im)[0]?.split("\n") ?? [],
  );
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
  const line = plain?.split("\n").find((one) => one.trim() !== "" && !one.trim().startsWith("#"));
  if (line !== undefined) return line.trim();
  const network = await files.readText("/etc/sysconfig/network");
  return /^\s*HOSTNAME\s*=\s*"?([^"\s]+)/m.exec(network ?? "")?.[1] ?? null;
}

/** Whether IPv6 is switched off for the whole guest; `null` when nothing says so either way. */
export async function readIpv6Disabled(files: GuestFiles): Promise<boolean | null> {
  const paths = ["/etc/sysctl.conf"];
  for (const name of await files.list("/etc/sysctl.d")) {
    if (name.endsWith(".conf")) paths.push(`/etc/sysctl.d/${name}`);
  }
  let disabled: boolean | null = null;
  for (const path of paths) {
    const text = (await files.readText(path)) ?? "";
    for (const match of text.matchAll(/^\s*net[./]ipv6[./]conf[./]all[./]disable_ipv6\s*=\s*([01])/gm)) {
      disabled = match[1] === "1";
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
