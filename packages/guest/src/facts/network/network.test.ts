import { describe, expect, it } from "vitest";
import type { InterfaceFacts } from "../../facts.ts";
import { MemoryGuestFiles } from "../../testing/memory-guest-files.ts";
import type { PhonyTree } from "../../testing/phony-disk.ts";
import { parseYaml } from "../yaml.ts";
import { parseIfupdown } from "./ifupdown.ts";
import { parseNetplan } from "./netplan.ts";
import { readInterfaces } from "./read-interfaces.ts";

const short = (all: readonly InterfaceFacts[]) => all.map(({ name, method, ipv6 }) => [name, method, ipv6]);
const read = async (tree: PhonyTree) => short(await readInterfaces(new MemoryGuestFiles(tree)));
const redHat = (text: string) => read({ "/etc/sysconfig/network-scripts/ifcfg-eth0": text });

describe("ifcfg files", () => {
  it.each([
    ["BOOTPROTO=dhcp\nIPV6INIT=no\nIPV6ADDR=fd00::1\n", "dhcp", []],
    ['BOOTPROTO="none"\nIPADDR0=10.0.0.2\nPREFIX0=24\n', "static", []],
    ["BOOTPROTO=none\n", "other", []],
    ["BOOTPROTO=dhcp\nIPV6INIT=yes\n", "dhcp", ["auto"]],
    ["BOOTPROTO=dhcp\nIPV6INIT=yes\nDHCPV6C=yes\nIPV6_AUTOCONF=no\n", "dhcp", ["dhcp6"]],
    [
      'IPV6ADDR=fd00::1/64\nIPV6ADDR_SECONDARIES="fd00::2/64 fd00::3/64"\n',
      "other",
      ["fd00::1/64", "fd00::2/64", "fd00::3/64"],
    ],
    ["TYPE=Bond\nBONDING_OPTS=mode=1\nIPADDR=10.0.0.2\n", "other", []],
    ["MASTER=bond0\nSLAVE=yes\nBOOTPROTO=none\n", "other", []],
  ])("of Red Hat with %o are %s", async (text, method, ipv6) => {
    expect(await redHat(text)).toEqual([["eth0", method, ipv6]]);
  });

  it("of SUSE say by STARTMODE whether they count", async () => {
    const folder = "/etc/sysconfig/network";
    expect(
      await read({
        [`${folder}/ifcfg-lo`]: "IPADDR=127.0.0.1\n",
        [`${folder}/ifcfg-eth0`]: "BOOTPROTO='dhcp4'\nSTARTMODE='auto'\n",
        [`${folder}/ifcfg-eth1`]:
          "BOOTPROTO='static'\nIPADDR='10.0.0.3/24'\nIPADDR_1='fd00::9/64'\nSTARTMODE='hotplug'\n",
        [`${folder}/ifcfg-eth2`]: "BOOTPROTO='dhcp'\nSTARTMODE='off'\n",
        [`${folder}/ifcfg-vlan5`]: "ETHERDEVICE='eth0'\nBOOTPROTO='dhcp'\n",
        [`${folder}/ifcfg.template`]: "",
        [`${folder}/ifcfg-eth0.rpmsave`]: "",
      }),
    ).toEqual([
      ["eth0", "dhcp", []],
      ["eth1", "static", ["fd00::9/64"]],
      ["vlan5", "other", []],
    ]);
  });
});

describe("ifupdown", () => {
  it("takes in other files by pattern and by folder, each once", async () => {
    expect(
      await read({
        "/etc/network/interfaces":
          "source /etc/network/interfaces.d/*\nsource-directory more\nauto lo\niface lo inet loopback\n",
        "/etc/network/interfaces.d/50-cloud-init.cfg": "auto eth0\niface eth0 inet dhcp\n",
        "/etc/network/more/a": "iface eth1 inet static\n  address 10.0.0.2/24\n",
        "/etc/network/more/b.bak": "iface eth9 inet dhcp\n",
        "/etc/network/unread": "iface eth8 inet dhcp\n",
      }),
    ).toEqual([
      ["eth0", "dhcp", []],
      ["eth1", "static", []],
    ]);
  });

  it("makes bonds, bridges and VLANs something else", () => {
    const text =
      "iface bond0 inet static\n address 10.0.0.2\niface lan inet static\n bridge_ports eth0\niface eth0.5 inet dhcp\niface eth0 inet manual\n";
    expect(short(parseIfupdown(text, "f")).map(([name, method]) => `${name} ${method}`)).toEqual([
      "bond0 other",
      "lan other",
      "eth0.5 other",
      "eth0 other",
    ]);
  });
});

describe("netplan", () => {
  it("is understood in flow style, with anchors, options of addresses and yes for true", () => {
    const text = `network: {version: 2, ethernets: {eth0: {dhcp4: yes, dhcp6: true}, "eth1": {addresses: [10.0.0.2/24, "fd00::2/64"]}}}`;
    expect(short(parseNetplan(text, "f"))).toEqual([
      ["eth0", "dhcp", ["dhcp6"]],
      ["eth1", "static", ["fd00::2/64"]],
    ]);
    const more =
      "network:\n  ethernets:\n    a: &all\n      match: {macaddress: '00:11:22:33:44:55'}\n      set-name: wan0\n      addresses:\n      - 10.0.0.2/24:\n          label: x\n    b: *all\n  bonds:\n    bond0: {interfaces: [a], dhcp4: true}\n";
    expect(short(parseNetplan(more, "f"))).toEqual([
      ["wan0", "static", []],
      ["wan0", "static", []],
      ["bond0", "other", []],
    ]);
  });

  it("merges files in the order of their names", async () => {
    expect(
      await read({
        "/etc/netplan/50-cloud-init.yaml":
          "network:\n  ethernets:\n    eth0:\n      addresses: [10.0.0.2/24]\n",
        "/etc/netplan/60-more.yaml": "network:\n  ethernets:\n    eth0:\n      dhcp6: true\n",
      }),
    ).toEqual([["eth0", "static", ["dhcp6"]]]);
  });

  it("says nothing where it is malformed or nested without end", () => {
    for (const text of [
      "network: [",
      "{".repeat(2000),
      "- ".repeat(2000),
      "? ".repeat(2000),
      "a: *b",
      "\0",
    ]) {
      expect(parseNetplan(text, "f")).toEqual([]);
    }
    expect(parseYaml(`a: ${"x".repeat(20_000)}`)).toBeUndefined();
  });
});

describe("systemd-networkd and NetworkManager", () => {
  it("are read with their drop-ins, and parts of a bond are something else", async () => {
    expect(
      await read({
        "/etc/systemd/network/10-lan.network": "[Match]\nName=ens3\n\n[Network]\nAddress=10.0.0.9/24\n",
        "/etc/systemd/network/10-lan.network.d/dhcp.conf": "[Network]\nDHCP=yes\n",
        "/etc/systemd/network/20-slave.network": "[Match]\nName=ens4\n[Network]\nBond=bond0\n",
        "/etc/NetworkManager/system-connections/a.nmconnection":
          "[connection]\nid=a\ntype=ethernet\n[ipv4]\nmethod=manual\naddress1=10.0.0.2/24,10.0.0.1\n[ipv6]\nmethod=manual\naddress1=fd00::2/64,fd00::1\n",
        "/etc/NetworkManager/system-connections/wifi": "[connection]\ntype=wifi\n",
        "/etc/NetworkManager/system-connections/br":
          "[connection]\ntype=bridge\ninterface-name=br0\n[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto\n",
      }),
    ).toEqual([
      ["ens3", "dhcp", ["dhcp6"]],
      ["ens4", "other", []],
      ["a", "static", ["fd00::2/64"]],
      ["br0", "other", []],
    ]);
  });

  it("of Gentoo are lines of one file", async () => {
    expect(
      await read({ "/etc/conf.d/net": 'config_eth0="dhcp"\nconfig_eth1="10.0.0.2/24 fd00::2/64"\n' }),
    ).toEqual([
      ["eth0", "dhcp", []],
      ["eth1", "static", ["fd00::2/64"]],
    ]);
  });
});
