import { describe, expect, it } from "vitest";
import { readNetworkManager } from "../../facts/services.ts";
import { applyFixup } from "../../testing/apply-fixup.ts";
import type { PhonyTree } from "../../testing/phony-disk.ts";
import { dhcp } from "../dhcp.ts";
import { networkManager } from "../network-manager.ts";

const enabled = (name: string): PhonyTree => ({
  [`/lib/systemd/system/${name}.service`]: "",
  [`/etc/systemd/system/multi-user.target.wants/${name}.service`]: {
    link: `/lib/systemd/system/${name}.service`,
  },
});
const predictable: PhonyTree = { "/usr/lib/udev/rules.d/80-net-setup-link.rules": "" };
const grub = (list: string) => `menuentry x {\n linux /vmlinuz ${list}\n initrd /initrd\n}\n`;
const interfaces = "/etc/network/interfaces";
const ifupdown: PhonyTree = { ...enabled("networking"), "/sbin/ifup": "", "/sbin/dhclient": "" };

describe("the first interface by ifupdown", () => {
  it("gets its kernel name and DHCP; its old settings become comments", async () => {
    const { text } = await applyFixup(dhcp, {
      ...ifupdown,
      ...predictable,
      [interfaces]:
        "auto lo\niface lo inet loopback\n\nauto ens192 ens224\niface ens192 inet static\n\taddress 10.0.0.9/24\n\tgateway 10.0.0.1\n\tmtu 1400\n" +
        "iface ens192 inet6 static\n\taddress fd00::9\n\niface ens224 inet static\n\taddress 10.1.0.9/24\n",
      "/boot/grub/grub.cfg": grub("root=UUID=x ro"),
      "/etc/default/grub": "GRUB_CMDLINE_LINUX=\n",
    });
    expect(await text(interfaces)).toBe(
      "auto lo\niface lo inet loopback\n\nauto eth0 ens224\niface eth0 inet dhcp\n# \taddress 10.0.0.9/24\n# \tgateway 10.0.0.1\n\tmtu 1400\n" +
        "# iface ens192 inet6 static\n# \taddress fd00::9\n\niface ens224 inet static\n\taddress 10.1.0.9/24\n",
    );
    expect(await text("/boot/grub/grub.cfg")).toBe(grub("root=UUID=x ro net.ifnames=0"));
    expect(await text("/etc/default/grub")).toBe('GRUB_CMDLINE_LINUX="net.ifnames=0"\n');
  });

  it("stays as it is where it is right already", async () => {
    const tree: PhonyTree = {
      ...ifupdown,
      ...predictable,
      [interfaces]: "auto lo\niface lo inet loopback\nallow-hotplug eth0\niface eth0 inet dhcp\n",
      "/boot/grub/grub.cfg": grub("ro net.ifnames=0"),
    };
    const { files, notes } = await applyFixup(dhcp, tree);
    expect(Object.fromEntries(files.tree)).toEqual(tree);
    expect(notes).toEqual([]);
  });

  it("is started at boot, taken out of bridges, and found in files that are taken in", async () => {
    const { text } = await applyFixup(dhcp, {
      ...ifupdown,
      [interfaces]:
        "source /etc/network/interfaces.d/*\nauto br0\niface br0 inet static\n  address 10.0.0.9\n  bridge_ports eth0\n",
      "/etc/network/interfaces.d/lan": "iface eth0 inet manual\n",
    });
    expect(await text(interfaces)).toBe(
      "auto eth0\nsource /etc/network/interfaces.d/*\n# auto br0\n# iface br0 inet static\n#   address 10.0.0.9\n#   bridge_ports eth0\n",
    );
    expect(await text("/etc/network/interfaces.d/lan")).toBe("iface eth0 inet dhcp\n");
  });

  it("is said to be unsure where no kernel arguments can be found", async () => {
    const { notes } = await applyFixup(dhcp, {
      ...ifupdown,
      ...predictable,
      [interfaces]: "auto ens3\niface ens3 inet dhcp\n",
    });
    expect(notes).toEqual([expect.stringContaining("its name on ECS is not sure")]);
  });
});

describe("the first interface by ifcfg", () => {
  const folder = "/etc/sysconfig/network-scripts";

  it("becomes ifcfg-eth0 by DHCP with all that was fixed as comments (Red Hat)", async () => {
    const { text, files } = await applyFixup(dhcp, {
      ...enabled("NetworkManager"),
      ...predictable,
      [`${folder}/ifcfg-lo`]: "DEVICE=lo\nIPADDR=127.0.0.1\n",
      [`${folder}/ifcfg-ens192`]:
        'TYPE=Ethernet\nBOOTPROTO=none\nDEFROUTE="yes"\nNAME=ens192\nUUID=1-2\nDEVICE="ens192"\nONBOOT=no\nIPADDR=10.0.0.9\nPREFIX=24\nGATEWAY=10.0.0.1\nDNS1=10.0.0.2\nHWADDR=00:0c:29:01:02:03\nBRIDGE=br0\n',
      [`${folder}/ifcfg-br0`]: "DEVICE=br0\nTYPE=Bridge\nONBOOT=yes\nIPADDR=10.0.0.8\n",
      "/etc/sysconfig/network": "NETWORKING=yes\nGATEWAY=10.0.0.1\n",
      "/boot/loader/entries/a.conf": "linux /v\ninitrd /i\noptions root=UUID=x ro\n",
    });
    expect(files.tree.has(`${folder}/ifcfg-ens192`)).toBe(false);
    expect(await text(`${folder}/ifcfg-eth0`)).toBe(
      'TYPE=Ethernet\nBOOTPROTO=dhcp\nDEFROUTE="yes"\nNAME=ens192\nUUID=1-2\nDEVICE="eth0"\nONBOOT=yes\n# IPADDR=10.0.0.9\n# PREFIX=24\n# GATEWAY=10.0.0.1\n# DNS1=10.0.0.2\n# HWADDR=00:0c:29:01:02:03\n# BRIDGE=br0\n',
    );
    expect(await text(`${folder}/ifcfg-br0`)).toContain("ONBOOT=no\n");
    expect(await text("/etc/sysconfig/network")).toBe("NETWORKING=yes\n# GATEWAY=10.0.0.1\n");
    expect(await text("/boot/loader/entries/a.conf")).toContain("options root=UUID=x ro net.ifnames=0\n");
  });

  it("does so for wicked (SUSE), where files may be named after the hardware", async () => {
    const { text, files } = await applyFixup(dhcp, {
      "/usr/lib/systemd/system/wicked.service": "",
      "/etc/systemd/system/network.service": { link: "/usr/lib/systemd/system/wicked.service" },
      "/etc/sysconfig/network/ifcfg-eth-id-00:0c:29:01:02:03":
        "BOOTPROTO='static'\nIPADDR='10.0.0.9/24'\nSTARTMODE='off'\nMTU=''\n",
      "/etc/sysconfig/network/routes": "default 10.0.0.1 - -\n10.2.0.0/16 10.0.0.3 - -\n",
    });
    expect([...files.tree.keys()].filter((path) => path.includes("eth-id"))).toEqual([]);
    expect(await text("/etc/sysconfig/network/ifcfg-eth0")).toBe(
      "BOOTPROTO='dhcp'\n# IPADDR='10.0.0.9/24'\nSTARTMODE='auto'\nMTU=''\n",
    );
    expect(await text("/etc/sysconfig/network/routes")).toBe(
      "# default 10.0.0.1 - -\n10.2.0.0/16 10.0.0.3 - -\n",
    );
  });
});

describe("the first interface by netplan, networkd and keyfiles", () => {
  it("matches any card where netplan sets it up; the old files become comments", async () => {
    const old =
      "network:\n  version: 2\n  ethernets:\n    ens3:\n      match:\n        macaddress: fa:16:3e:01:02:03\n      addresses: [10.0.0.9/24]\n      set-name: ens3\n";
    const path = "/etc/netplan/50-cloud-init.yaml";
    const { text } = await applyFixup(dhcp, { "/usr/sbin/netplan": "", [path]: old });
    const edited = (await text(path)) ?? "";
    const live = edited.split("\n").filter((line) => !line.startsWith("#"));
    expect(live.join("\n")).toBe(
      'network:\n  version: 2\n  ethernets:\n    first:\n      match:\n        name: "e*"\n      dhcp4: true\n',
    );
    for (const line of old.trimEnd().split("\n")) expect(edited).toContain(`# ${line}\n`);
  });

  it("leaves netplan to NetworkManager where it was", async () => {
    const path = "/etc/netplan/01-all.yaml";
    const plain = "network:\n  version: 2\n  renderer: NetworkManager\n";
    const kept = await applyFixup(dhcp, { "/usr/sbin/netplan": "", [path]: plain });
    expect(await kept.text(path)).toBe(plain);
    const fixed = `${plain}  ethernets:\n    ens192:\n      addresses: [10.0.0.9/24]\n`;
    const edited = await applyFixup(dhcp, { "/usr/sbin/netplan": "", [path]: fixed });
    expect(await edited.text(path)).toMatch(/\nnetwork:\n {2}version: 2\n {2}renderer: NetworkManager\n$/);
  });

  it("matches any card where networkd sets it up", async () => {
    const path = "/etc/systemd/network/20-lan.network";
    const { text } = await applyFixup(dhcp, {
      ...enabled("systemd-networkd"),
      [path]:
        "[Match]\nName=ens192\nMACAddress=00:0c:29:01:02:03\n\n[Network]\nAddress=10.0.0.9/24\nGateway=10.0.0.1\nLLMNR=no\n\n[Route]\nDestination=10.2.0.0/16\n",
    });
    expect(await text(path)).toBe(
      "[Match]\nName=en* eth*\n# MACAddress=00:0c:29:01:02:03\n\n[Network]\nDHCP=ipv4\n# Address=10.0.0.9/24\n# Gateway=10.0.0.1\nLLMNR=no\n\n[Route]\n# Destination=10.2.0.0/16\n",
    );
    const right = "[Match]\nName=en* eth*\n[Network]\nDHCP=yes\nDNS=1.1.1.1\n";
    const kept = await applyFixup(dhcp, { ...enabled("systemd-networkd"), [path]: right });
    expect(await kept.text(path)).toBe(right);
  });

  it("is bound to no card in NetworkManager's keyfile", async () => {
    const path = "/etc/NetworkManager/system-connections/ens192.nmconnection";
    const { text } = await applyFixup(dhcp, {
      ...enabled("NetworkManager"),
      [path]:
        "[connection]\nid=ens192\ntype=ethernet\nautoconnect=false\ninterface-name=ens192\n\n[ethernet]\nmac-address=00:0C:29:01:02:03\n\n[ipv4]\naddress1=10.0.0.9/24,10.0.0.1\ndns=10.0.0.2;\nmethod=manual\n\n[ipv6]\nmethod=disabled\n",
    });
    expect(await text(path)).toBe(
      "[connection]\nid=ens192\ntype=ethernet\nautoconnect=true\n# interface-name=ens192\n\n[ethernet]\n# mac-address=00:0C:29:01:02:03\n\n[ipv4]\n# address1=10.0.0.9/24,10.0.0.1\n# dns=10.0.0.2;\nmethod=auto\n\n[ipv6]\nmethod=disabled\n",
    );
  });
});

describe("the fix-up of NetworkManager", () => {
  const manager: PhonyTree = {
    ...enabled("NetworkManager"),
    "/etc/systemd/system/network-online.target.wants/NetworkManager-wait-online.service": {
      link: "/lib/systemd/system/NetworkManager-wait-online.service",
    },
  };
  const apply = async (tree: PhonyTree) => {
    const fixed = await applyFixup(networkManager, { ...manager, ...tree });
    return { ...fixed, off: (await readNetworkManager(fixed.files))?.enabledAtBoot === false };
  };

  it("switches it off where ifupdown brings an interface up by DHCP, or can", async () => {
    const { files, off, text } = await apply({
      ...ifupdown,
      [interfaces]: "auto lo\niface lo inet loopback\n",
      "/etc/resolv.conf": { link: "/run/NetworkManager/resolv.conf" },
    });
    expect(off).toBe(true);
    expect(
      [...files.tree.keys()].filter((path) => path.includes("wants") && path.includes("Manager")),
    ).toEqual([]);
    expect(await text(interfaces)).toBe(
      "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n",
    );
    expect(files.tree.has("/etc/resolv.conf")).toBe(false);
  });

  it("has the script network take its place where that and dhclient are installed (Red Hat 7)", async () => {
    const { files, off, text } = await apply({
      "/etc/rc.d/init.d/network":
        "#! /bin/bash\n# chkconfig: 2345 10 90\ncd /etc/sysconfig/network-scripts\n",
      "/etc/rc.d/rc3.d/K90network": { link: "../init.d/network" },
      "/usr/sbin/dhclient": "",
      "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n",
    });
    expect(off).toBe(true);
    expect(await files.readLink("/etc/rc.d/rc3.d/S10network")).toBe("../init.d/network");
    expect(await text("/etc/sysconfig/network-scripts/ifcfg-eth0")).toBe(
      "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n",
    );
  });

  it("sets up systemd-networkd for any name, with its resolver where NetworkManager kept the old one", async () => {
    for (const resolver of [
      { link: "/run/NetworkManager/resolv.conf" },
      "# Generated by NetworkManager\nnameserver 10.0.0.2\n",
    ]) {
      const { files, off, text } = await apply({
        "/lib/systemd/system/systemd-networkd.service": "",
        "/lib/systemd/system/systemd-resolved.service": "",
        "/etc/resolv.conf": resolver,
      });
      expect(off).toBe(true);
      expect(await text("/etc/systemd/network/80-sampan-dhcp.network")).toContain("DHCP=ipv4");
      expect(await files.readLink("/etc/resolv.conf")).toBe("/run/systemd/resolve/resolv.conf");
    }
  });

  it("leaves it on, changes nothing and says why, where nothing else can bring the network up", async () => {
    for (const tree of [
      {},
      { ...ifupdown, ...predictable },
      // Red Hat 8 and 9: neither the script nor systemd-networkd.
      {
        "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nBOOTPROTO=dhcp\n",
        "/usr/sbin/dhclient": "",
      },
      // Red Hat 7 with a bond alone: what was tried before that was seen is taken back.
      {
        ...predictable,
        "/etc/rc.d/init.d/network":
          "#! /bin/bash\n# chkconfig: 2345 10 90\ncd /etc/sysconfig/network-scripts\n",
        "/usr/sbin/dhclient": "",
        "/boot/grub2/grub.cfg": "menuentry 'Linux' {\n\tlinux /vmlinuz root=UUID=1 ro\n}\n",
        "/etc/sysconfig/network-scripts/ifcfg-bond0": "DEVICE=bond0\nBOOTPROTO=none\n",
      },
      {
        "/lib/systemd/system/systemd-networkd.service": "",
        "/etc/resolv.conf": { link: "/run/NetworkManager/resolv.conf" },
      },
    ] as readonly PhonyTree[]) {
      const { files, off, notes } = await apply(tree);
      expect(off).toBe(false);
      expect(Object.fromEntries(files.tree)).toEqual({ ...manager, ...tree });
      expect(notes).toEqual([expect.stringContaining("NetworkManager stays on")]);
    }
  });
});
