import { describe, expect, it } from "vitest";
import { parseFstab } from "../facts/fstab.ts";
import { readFirewalls } from "../facts/services.ts";
import { applyFixup, phonyLayout, phonyUuid as uuid } from "../testing/apply-fixup.ts";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { cloudInit } from "./cloud-init.ts";
import { firewall } from "./firewall.ts";
import { fstab } from "./fstab.ts";
import { hypervisorTools } from "./hypervisor-tools.ts";
import { ipv6 } from "./ipv6.ts";
import { persistentNet } from "./persistent-net.ts";
import { sshd } from "./sshd.ts";

async function mendFstab(text: string | Uint8Array): Promise<string> {
  const plain = typeof text === "string" ? text : Buffer.from(text).toString("utf8");
  const { files } = await applyFixup(
    fstab,
    { "/etc/fstab": text },
    { fstab: parseFstab(plain, phonyLayout) },
  );
  return Buffer.from((await files.read("/etc/fstab")) ?? []).toString("latin1");
}

describe("the fix-up of fstab", () => {
  it("names volumes by UUID and keeps every other byte of the line", async () => {
    expect(await mendFstab("/dev/sda1\t/\text4\tdefaults 0 1 # root\n")).toBe(
      `# was /dev/sda1 on the old machine\nUUID=${uuid}\t/\text4\tdefaults 0 1 # root\n`,
    );
  });

  it("keeps bytes that are no UTF-8, and line ends that are CR LF", async () => {
    const bytes = Buffer.from("# \xb8\xf9\xc4\xbf\xc2\xbc\r\n/dev/sda1 / ext4 defaults 0 1\r\n", "latin1");
    expect(await mendFstab(Uint8Array.from(bytes))).toBe(
      `# \xb8\xf9\xc4\xbf\xc2\xbc\r\n# was /dev/sda1 on the old machine\r\nUUID=${uuid} / ext4 defaults 0 1\r\n`,
    );
  });

  it("gives a dead root the UUID of the root that was found", async () => {
    expect(await mendFstab("/dev/sdc9 / ext4 defaults 0 1\n")).toContain(`UUID=${uuid} / ext4`);
  });

  it("follows links named after the captured disk, and no others", async () => {
    const disk = "/dev/disk/by-id/ata-VBOX_HARDDISK_VB1234";
    expect(await mendFstab(`${disk}-part1 / ext4 defaults\n${disk}-part3 swap swap defaults\n`)).toContain(
      "UUID=77777777-0000-4000-8000-000000000003 swap swap",
    );
    const other = `/dev/disk/by-id/scsi-OTHER-part1 /data ext4 defaults\n`;
    expect(await mendFstab(`${disk}-part1 / ext4 defaults\n${other}`)).toContain(
      `# not on the migrated disk: ${other}`,
    );
    const lvm = "/dev/disk/by-id/dm-name-system-root / ext4 defaults\n";
    expect(await mendFstab(lvm)).toBe(lvm);
  });

  it("gives entries of volumes that are elsewhere nofail, and makes names of other disks comments", async () => {
    expect(
      await mendFstab(
        "UUID=aaaa /data ext4\nUUID=bbbb /more ext4 noatime 0 2\n/dev/sdb1 /b ext4 defaults 0 0\n",
      ),
    ).toBe(
      "UUID=aaaa /data ext4 defaults,nofail\nUUID=bbbb /more ext4 noatime,nofail 0 2\n# not on the migrated disk: /dev/sdb1 /b ext4 defaults 0 0\n",
    );
  });

  it("leaves alone what is right, harmless, or has no better name", async () => {
    const text = `UUID=${uuid} / ext4 defaults 0 1\nUUID=aaaa /data ext4 nofail\ntmpfs /tmp tmpfs\n/dev/sda2 /x ext4 defaults\nnas:/e /n nfs defaults\n/dev/sdb1 /usb auto noauto,user\n`;
    expect(await mendFstab(text)).toBe(text);
  });
});

async function applyFirewall(tree: PhonyTree): Promise<MemoryGuestFiles> {
  const firewalls = await readFirewalls(new MemoryGuestFiles(tree));
  expect(firewalls.some((one) => one.enabledAtBoot)).toBe(true);
  const { files } = await applyFixup(firewall, tree, { firewalls });
  expect((await readFirewalls(files)).some((one) => one.enabledAtBoot)).toBe(false);
  return files;
}

describe("the fix-up of firewalls", () => {
  it("removes a unit's links and its alias, as systemctl disable does", async () => {
    const files = await applyFirewall({
      "/usr/lib/systemd/system/firewalld.service": "",
      "/etc/systemd/system/multi-user.target.wants/firewalld.service": {
        link: "/usr/lib/systemd/system/firewalld.service",
      },
      "/etc/systemd/system/dbus-org.fedoraproject.FirewallD1.service": {
        link: "/usr/lib/systemd/system/firewalld.service",
      },
      "/etc/firewalld/firewalld.conf": "kept",
    });
    expect([...files.tree.keys()]).toEqual([
      "/usr/lib/systemd/system/firewalld.service",
      "/etc/firewalld/firewalld.conf",
    ]);
  });

  it("turns start links into kill links, as chkconfig does", async () => {
    const files = await applyFirewall({
      "/etc/rc.d/init.d/iptables": "",
      "/etc/rc.d/rc3.d/S08iptables": { link: "../init.d/iptables" },
    });
    expect(await files.readLink("/etc/rc.d/rc3.d/K92iptables")).toBe("../init.d/iptables");
  });

  it("does so too where a unit is installed but systemd is not what starts the guest", async () => {
    const files = await applyFirewall({
      "/sbin/init": "sysvinit",
      "/lib/systemd/system/nftables.service": "",
      "/etc/init.d/nftables": "",
      "/etc/rcS.d/S12nftables": { link: "../init.d/nftables" },
    });
    expect(files.tree.has("/etc/rcS.d/S12nftables")).toBe(false);
  });

  it("takes a service from OpenRC's run levels", async () => {
    const files = await applyFirewall({
      "/sbin/init": { link: "/bin/busybox" },
      "/bin/busybox": "",
      "/etc/init.d/iptables": "",
      "/etc/runlevels/default/iptables": { link: "/etc/init.d/iptables" },
    });
    expect(files.tree.has("/etc/runlevels/default/iptables")).toBe(false);
  });

  it("silences upstart jobs", async () => {
    const files = await applyFirewall({ "/etc/init/nftables.conf": "start on runlevel [2345]\n" });
    expect(await files.readText("/etc/init/nftables.override")).toBe("manual\n");
  });

  it("switches ufw off where ufw itself looks", async () => {
    const files = await applyFirewall({
      "/lib/systemd/system/ufw.service": "",
      "/etc/systemd/system/multi-user.target.wants/ufw.service": { link: "/lib/systemd/system/ufw.service" },
      "/etc/ufw/ufw.conf": "# ENABLED=yes here\nENABLED=yes\nLOGLEVEL=low\n",
    });
    expect(await files.readText("/etc/ufw/ufw.conf")).toBe("# ENABLED=yes here\nENABLED=no\nLOGLEVEL=low\n");
  });

  it("keeps ifupdown from loading rules as the interface comes up", async () => {
    const path = "/etc/network/interfaces";
    const text =
      "iface eth0 inet dhcp\n  pre-up iptables-restore < /etc/iptables.up.rules\n  up ip route show\n";
    const interfaces = [{ name: "eth0", method: "dhcp", ipv6: [], source: path }] as const;
    const fixed = await applyFixup(firewall, { [path]: text }, { interfaces });
    expect(await fixed.text(path)).toBe(text.replace("  pre-up", "#   pre-up"));
  });
});

describe("the fix-up of persistent names", () => {
  it("removes generated rules and comments out other bindings to hardware", async () => {
    const bound = 'SUBSYSTEM=="net", ATTR{address}=="00:0c:29:aa:bb:cc", NAME="eth0"';
    const { files, text } = await applyFixup(persistentNet, {
      "/etc/udev/rules.d/70-persistent-net.rules": `# made by write_net_rules\n${bound}\n`,
      "/etc/udev/rules.d/75-persistent-net-generator.rules": 'ACTION!="add", GOTO="end"\n',
      "/etc/udev/rules.d/60-own.rules": `KERNEL=="sd*", MODE="0660"\n${bound}\n`,
      "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nHWADDR=00:0C:29:AA:BB:CC\nONBOOT=yes\n",
      "/etc/systemd/network/10-lan.link": "[Match]\nMACAddress=00:0c:29:aa:bb:cc\n[Link]\nName=lan0\n",
      "/etc/systemd/network/20-other.link": "[Match]\nDriver=e1000\n[Link]\nWakeOnLan=off\n",
    });
    expect([...files.tree.keys()].filter((path) => path.includes("persistent-net.rules"))).toEqual([]);
    expect(files.tree.has("/etc/udev/rules.d/75-persistent-net-generator.rules")).toBe(true);
    expect(await text("/etc/udev/rules.d/60-own.rules")).toBe(`KERNEL=="sd*", MODE="0660"\n# ${bound}\n`);
    expect(await text("/etc/sysconfig/network-scripts/ifcfg-eth0")).toBe(
      "DEVICE=eth0\n# HWADDR=00:0C:29:AA:BB:CC\nONBOOT=yes\n",
    );
    expect(files.tree.has("/etc/systemd/network/10-lan.link")).toBe(false);
    expect(files.tree.has("/etc/systemd/network/20-other.link")).toBe(true);
  });
});

describe("the fix-up of IPv6", () => {
  it("switches it off by a file of its own, or in the one file old distributions read", async () => {
    const both = "net.ipv6.conf.all.disable_ipv6 = 1\nnet.ipv6.conf.default.disable_ipv6 = 1\n";
    const modern = await applyFixup(ipv6, {
      "/etc/sysctl.d/50-own.conf": "net/ipv6/conf/all/disable_ipv6=0\nvm.swappiness=1\n",
    });
    expect(await modern.text("/etc/sysctl.d/99-sampan-ipv6.conf")).toBe(both);
    expect(await modern.text("/etc/sysctl.d/50-own.conf")).toBe(
      "net/ipv6/conf/all/disable_ipv6=1\nvm.swappiness=1\n",
    );
    const old = await applyFixup(ipv6, { "/etc/sysctl.conf": "kernel.sysrq = 0" });
    expect(await old.text("/etc/sysctl.conf")).toBe(`kernel.sysrq = 0\n${both}`);
  });
});

describe("the fix-up of the SSH server", () => {
  const unit: PhonyTree = { "/usr/lib/systemd/system/sshd.service": "" };
  const wants = "/etc/systemd/system/multi-user.target.wants/sshd.service";

  it("has it start at boot, a mask taken off", async () => {
    const { files } = await applyFixup(sshd, {
      ...unit,
      "/etc/systemd/system/sshd.service": { link: "/dev/null" },
    });
    expect(await files.readLink(wants)).toBe("/usr/lib/systemd/system/sshd.service");
    expect(files.tree.has("/etc/systemd/system/sshd.service")).toBe(false);
  });

  it("is not led astray by an alias of a masked unit (Debian)", async () => {
    const unitOf = "/lib/systemd/system/ssh.service";
    const { files } = await applyFixup(sshd, {
      [unitOf]: "",
      "/etc/systemd/system/ssh.service": { link: "/dev/null" },
      "/etc/systemd/system/sshd.service": { link: unitOf },
    });
    expect(await files.readLink("/etc/systemd/system/multi-user.target.wants/ssh.service")).toBe(unitOf);
    expect(files.tree.has("/etc/systemd/system/ssh.service")).toBe(false);
    expect([...files.tree.keys()]).toHaveLength(3);
  });

  it("has it start by scripts where chkconfig's header says when, and by OpenRC", async () => {
    const scripts = await applyFixup(sshd, {
      "/sbin/init": "upstart",
      "/etc/rc.d/init.d/sshd": "#!/bin/bash\n# chkconfig: 2345 55 25\n",
      "/etc/rc.d/rc3.d/K25sshd": { link: "../init.d/sshd" },
    });
    expect(await scripts.files.readLink("/etc/rc.d/rc3.d/S55sshd")).toBe("../init.d/sshd");
    expect(scripts.files.tree.has("/etc/rc.d/rc3.d/K25sshd")).toBe(false);
    const openRc = await applyFixup(sshd, {
      "/sbin/init": "busybox",
      "/etc/init.d/sshd": "#!/sbin/openrc-run\n",
      "/etc/runlevels/default/crond": { link: "/etc/init.d/crond" },
    });
    expect(await openRc.files.readLink("/etc/runlevels/default/sshd")).toBe("/etc/init.d/sshd");
  });

  it("leaves what starts already, by a socket too", async () => {
    const tree = { ...unit, "/etc/systemd/system/sockets.target.wants/ssh.socket": { link: "x" } };
    const { files } = await applyFixup(sshd, tree);
    expect(Object.fromEntries(files.tree)).toEqual(tree);
  });

  it("has it listen on every address, and keeps the port and PermitRootLogin", async () => {
    const { text, notes } = await applyFixup(sshd, {
      ...unit,
      "/etc/ssh/sshd_config":
        "Port 2222\nListenAddress 10.1.2.3\n  ListenAddress 10.1.2.4\nListenAddress 10.1.2.3:443\nPermitRootLogin no\n",
      "/etc/hosts.deny": "# none\nALL: ALL\n",
    });
    expect(await text("/etc/ssh/sshd_config")).toBe(
      "Port 2222\nListenAddress 0.0.0.0\n#   ListenAddress 10.1.2.4\nListenAddress 0.0.0.0:443\nPermitRootLogin no\n",
    );
    expect(notes).toEqual([expect.stringContaining('/etc/hosts.deny says "ALL: ALL"')]);
  });

  it("sets PermitRootLogin when told to, where it holds for all users", async () => {
    const path = "/etc/ssh/sshd_config";
    const set = async (config: string) => {
      const fixed = await applyFixup(
        sshd,
        { ...unit, [path]: config },
        {},
        { permitRootLogin: "prohibit-password" },
      );
      return fixed.text(path);
    };
    expect(await set("PermitRootLogin no # never\n")).toBe("PermitRootLogin prohibit-password # never\n");
    expect(await set("Port 22\nMatch User bob\n  PermitRootLogin no\n")).toBe(
      "Port 22\nPermitRootLogin prohibit-password\nMatch User bob\n  PermitRootLogin no\n",
    );
    expect(await set("Port 22\n")).toBe("PermitRootLogin prohibit-password\nPort 22\n");
  });
});

describe("the fix-up of other hypervisors' tools", () => {
  it("switches off what the facts say starts", async () => {
    const link = "/etc/systemd/system/multi-user.target.wants/vmtoolsd.service";
    const { files } = await applyFixup(
      hypervisorTools,
      { "/usr/lib/systemd/system/vmtoolsd.service": "", [link]: { link: "x" } },
      { hypervisorTools: [{ name: "vmtoolsd", enabledAtBoot: true, source: link }] },
    );
    expect([...files.tree.keys()]).toEqual(["/usr/lib/systemd/system/vmtoolsd.service"]);
  });
});

describe("the fix-up of cloud-init", () => {
  const sources = "/usr/lib/python3/dist-packages/cloudinit/sources";

  it("points it at ECS by a file that has the last word, and keeps host name and host keys", async () => {
    const { text } = await applyFixup(cloudInit, {
      [`${sources}/DataSourceAliYun.py`]: "",
      "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ NoCloud ]\n",
    });
    const config = await text("/etc/cloud/cloud.cfg.d/99_sampan.cfg");
    expect(config).toContain("datasource_list: [AliYun, None]\n");
    expect(config).toContain("preserve_hostname: true\nssh_deletekeys: false\n");
    const late = await applyFixup(cloudInit, {
      "/etc/cloud/cloud.cfg.d/99_zz.cfg": "datasource_list: [Azure]\n",
    });
    expect(await late.text("/etc/cloud/cloud.cfg.d/zz_sampan.cfg")).toBe(config);
  });

  it("leaves one that is too old to know ECS, and says so", async () => {
    const tree = { [`${sources}/DataSourceEc2.py`]: "", "/etc/cloud/cloud.cfg": "" };
    const { files, notes } = await applyFixup(cloudInit, tree);
    expect(Object.fromEntries(files.tree)).toEqual(tree);
    expect(notes).toEqual(["cloud-init is too old to know ECS, so it keeps the sources it has"]);
  });
});
