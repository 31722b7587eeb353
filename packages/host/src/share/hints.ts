import type { Shell } from "../connection/shell.ts";

const hintScript = `
PATH=$PATH:/usr/sbin:/sbin; export PATH
[ "$(getenforce 2>/dev/null)" = Enforcing ] && echo selinux
case $1 in
  smb) for one in samba_export_all_rw; do getsebool $one 2>/dev/null | grep -- '--> on' >/dev/null && echo "on $one"; done ;;
  nfs) for one in nfs_export_all_rw; do getsebool $one 2>/dev/null | grep -- '--> on' >/dev/null && echo "on $one"; done ;;
esac
if command -v firewall-cmd >/dev/null 2>&1 && firewall-cmd --state >/dev/null 2>&1; then echo firewalld
elif command -v ufw >/dev/null 2>&1 && ufw status 2>/dev/null | grep -i '^status: active' >/dev/null; then echo ufw
elif command -v iptables >/dev/null 2>&1 && iptables -S INPUT 2>/dev/null | grep -E -- '-P INPUT DROP|-j (DROP|REJECT)' >/dev/null; then echo iptables
elif command -v nft >/dev/null 2>&1 && nft list ruleset 2>/dev/null | grep -E 'hook input.*policy drop' >/dev/null; then echo nftables
fi
exit 0
`;

/**
 * What stands between a share and who mounts it, and that Sampan leaves to the host's administrator: a firewall, SELinux. Sentences
 * for people, each with the command that mends it; empty where nothing was seen.
 */
export async function shareHints(
  shell: Shell,
  kind: "nfs" | "smb",
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { exitCode, stdout } = await shell.script(hintScript, [kind], {
    asRoot: true,
    maxOutputBytes: 16 * 1024,
    ...(signal && { signal }),
  });
  if (exitCode !== 0) return [];
  const seen = new Set(Buffer.from(stdout).toString("utf8").split("\n"));
  const hints: string[] = [];
  const ports = kind === "nfs" ? "TCP and UDP 111, 2049 and mountd's (rpcinfo -p)" : "TCP 445 and 139";
  if (seen.has("firewalld")) {
    const services = kind === "nfs" ? ["nfs", "rpc-bind", "mountd"] : ["samba"];
    const args = services.map((one) => `--add-service=${one}`).join(" ");
    hints.push(`firewalld is on: it has to let ${ports} through, by \`firewall-cmd ${args}\``);
  }
  for (const one of ["ufw", "iptables", "nftables"]) {
    if (seen.has(one))
      hints.push(`${one} refuses connections: it has to let ${ports} through from the migrated host`);
  }
  const boolean = kind === "nfs" ? "nfs_export_all_rw" : "samba_export_all_rw";
  if (seen.has("selinux") && !seen.has(`on ${boolean}`)) {
    hints.push(
      `SELinux is enforcing and ${boolean} is off: \`setsebool ${boolean} on\` lets the server write to the folder`,
    );
  }
  return hints;
}
