import { phonyUuid } from "../apply-fixup.ts";
import {
  bootRoot,
  fstabByUuid,
  known,
  osRelease,
  type PhonyGuest,
  phonyGuest,
  program,
  rootByUuid,
  systemd,
  unit,
  unitFacts,
} from "./phony-guest.ts";

const release = (file: string, line: string) => ({ [`/etc/${file}-release`]: `${line}\n` });
const rhel5 = "Red Hat Enterprise Linux Server release 5.11 (Tikanga)";
const rhel4 = "Red Hat Enterprise Linux AS release 4 (Nahant Update 7)";
const centos6 = "CentOS release 6.10 (Final)";
const kylin = "Kylin Linux Advanced Server V10 (Tercel)";

/** Red Hat's family and what is built like it. */
export const redHatGuests: readonly PhonyGuest[] = [
  phonyGuest(
    "RHEL 4",
    { ...known("rhel", rhel4, "4.7", 4, 7), licence: { product: "rhel", registered: null, source: null } },
    release("redhat", rhel4),
  ),
  phonyGuest(
    "RHEL 5",
    {
      ...known("rhel", rhel5, "5.11", 5, 11),
      architecture: "i386",
      hostname: "web-01.example",
      fstab: [
        { ...rootByUuid, device: "LABEL=/", naming: "label", type: "ext3", resolved: false },
        {
          line: 2,
          device: "/dev/sda2",
          mountPoint: "/data",
          type: "ext3",
          options: ["defaults"],
          naming: "device",
          resolved: true,
        },
      ],
      use: [
        { mountPoint: "/", volume: 0, sizeBytes: 10, usedBytes: 1, inodes: null },
        { mountPoint: "/data", volume: 1, sizeBytes: 10, usedBytes: 1, inodes: null },
      ],
      selinux: { configured: "disabled", source: "/boot/grub/grub.conf" },
      firewalls: [{ name: "iptables", enabledAtBoot: true, source: "/etc/rc.d/rc3.d/S08iptables" }],
      interfaces: [
        { name: "eth0", method: "static", ipv6: [], source: "/etc/sysconfig/network-scripts/ifcfg-eth0" },
      ],
      bootLoaders: [
        {
          kind: "grub-legacy",
          source: "/boot/grub/grub.conf",
          roots: [{ device: "LABEL=/", naming: "label", resolved: false, line: 5 }],
          serialConsole: false,
        },
      ],
      licence: { product: "rhel", registered: true, source: "/etc/sysconfig/rhn/systemid" },
      hardwareClock: "local",
    },
    {
      ...release("redhat", rhel5),
      "/bin/ls": program(3, 32),
      "/etc/hostname": "",
      "/etc/sysconfig/network": "NETWORKING=yes\nHOSTNAME=web-01.example\n",
      "/etc/fstab": "LABEL=/ / ext3 defaults 1 1\n/dev/sda2 /data ext3 defaults 1 2\n",
      "/etc/inittab": "id:3:initdefault:\n",
      "/etc/rc.d/init.d/iptables": "",
      "/etc/rc.d/rc3.d/S08iptables": { link: "../init.d/iptables" },
      "/etc/selinux/config": "SELINUX=enforcing\n",
      "/etc/sysconfig/network-scripts/ifcfg-eth0":
        "DEVICE=eth0\nBOOTPROTO=none\nHWADDR=00:0C:29:00:00:01\nIPADDR=10.0.0.2\nONBOOT=yes\n",
      "/boot/grub/grub.conf":
        "default=0\ntimeout=5\ntitle Red Hat Enterprise Linux Server\n\troot (hd0,0)\n\tkernel /vmlinuz-2.6.18 ro root=LABEL=/ selinux=0\n",
      "/etc/sysconfig/rhn/systemid": "<xml/>",
      "/etc/sysconfig/clock": 'ZONE="Europe/Berlin"\nUTC=false\n',
    },
  ),
  phonyGuest(
    "CentOS 6",
    {
      ...known("centos", centos6, "6.10", 6, 10),
      fstab: [rootByUuid],
      selinux: { configured: "enforcing", source: "/etc/selinux/config" },
      firewalls: [{ name: "iptables", enabledAtBoot: false, source: "/etc/init.d/iptables" }],
      interfaces: [
        { name: "eth0", method: "dhcp", ipv6: [], source: "/etc/sysconfig/network-scripts/ifcfg-eth0" },
      ],
      persistentNetRules: [
        {
          source: "/etc/udev/rules.d/70-persistent-net.rules",
          line: 2,
          name: "eth0",
          macAddress: "00:50:56:00:00:01",
        },
      ],
      hypervisorTools: [{ name: "vmware-tools", enabledAtBoot: true, source: "/etc/rc3.d/S03vmware-tools" }],
      rootAccount: { password: "set", hasAuthorizedKeys: false },
    },
    {
      ...release("centos", centos6),
      ...release("redhat", centos6),
      ...fstabByUuid,
      "/sbin/init": program(62),
      "/etc/inittab": "id:3:initdefault:\n",
      "/etc/init.d/iptables": "",
      "/etc/init.d/vmware-tools": "",
      "/etc/rc3.d/S03vmware-tools": { link: "../init.d/vmware-tools" },
      "/etc/rc5.d/S08iptables": { link: "../init.d/iptables" },
      "/etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
      "/etc/shadow": "root:$6$a$b:17000:0:99999:7:::\n",
      "/etc/sysconfig/network-scripts/ifcfg-eth0": 'DEVICE="eth0"\nBOOTPROTO="dhcp"\nIPV6INIT="no"\n',
      "/etc/udev/rules.d/70-persistent-net.rules":
        '# PCI device 0x15ad:0x07b0 (vmxnet3)\nSUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="00:50:56:00:00:01", ATTR{type}=="1", KERNEL=="eth*", NAME="eth0"\n',
    },
  ),
  phonyGuest(
    "CentOS 7",
    {
      ...known("centos", "CentOS Linux 7 (Core)", "7.9.2009", 7, 9),
      fstab: [rootByUuid],
      firewalls: [unitFacts("firewalld", true)],
      networkManager: unitFacts("NetworkManager", true),
      sshd: { installed: true, ports: [22], permitRootLogin: "yes" },
      bootLoaders: [
        { kind: "grub2", source: "/boot/grub2/grub.cfg", roots: [bootRoot(3)], serialConsole: true },
      ],
    },
    {
      ...osRelease("centos", "7", "CentOS Linux 7 (Core)"),
      ...release("centos", "CentOS Linux release 7.9.2009 (Core)"),
      ...fstabByUuid,
      ...systemd,
      ...unit("firewalld", true),
      ...unit("NetworkManager", true),
      "/etc/ssh/sshd_config": "#Port 22\nPermitRootLogin yes\n",
      "/boot/grub2/grub.cfg": `set default="\${saved_entry}"\nmenuentry 'CentOS Linux (3.10.0)' --class centos {\n\tlinux16 /vmlinuz-3.10.0 root=UUID=${phonyUuid} ro console=ttyS0,115200\n}\n`,
    },
  ),
  phonyGuest("CentOS Stream 9", known("centos", "CentOS Stream 9", "9", 9, 0), {
    ...osRelease("centos", "9", "CentOS Stream 9", 'NAME="CentOS Stream"\n'),
    ...release("centos", "CentOS Stream release 9"),
  }),
  phonyGuest(
    "RHEL 8",
    {
      ...known("rhel", "Red Hat Enterprise Linux 8.6 (Ootpa)", "8.6", 8, 6),
      fstab: [rootByUuid],
      bootLoaders: [
        { kind: "bls", source: "/boot/grub2/grubenv", roots: [bootRoot(2)], serialConsole: false },
      ],
      licence: { product: "rhel", registered: true, source: "/etc/pki/consumer/cert.pem" },
    },
    {
      ...osRelease("rhel", "8.6", "Red Hat Enterprise Linux 8.6 (Ootpa)"),
      ...release("redhat", "Red Hat Enterprise Linux release 8.6 (Ootpa)"),
      ...fstabByUuid,
      "/boot/grub2/grub.cfg": "insmod blscfg\nblscfg\n",
      "/boot/grub2/grubenv": `# GRUB Environment Block\nkernelopts=root=UUID=${phonyUuid} ro\n`,
      "/boot/loader/entries/a-4.18.0.conf": "title RHEL\nlinux /vmlinuz-4.18.0\noptions $kernelopts\n",
      "/etc/pki/consumer/cert.pem": "-",
    },
  ),
  phonyGuest(
    "Rocky 9",
    known("rocky", "Rocky Linux 9.3 (Blue Onyx)", "9.3", 9, 3),
    osRelease("rocky", "9.3", "Rocky Linux 9.3 (Blue Onyx)"),
  ),
  phonyGuest(
    "AlmaLinux 8",
    known("almalinux", "AlmaLinux 8.9 (Midnight Oncilla)", "8.9", 8, 9),
    osRelease("almalinux", "8.9", "AlmaLinux 8.9 (Midnight Oncilla)"),
  ),
  phonyGuest("Oracle Linux 6", known("oracle", "Oracle Linux Server release 6.10", "6.10", 6, 10), {
    ...release("oracle", "Oracle Linux Server release 6.10"),
    ...release("redhat", "Red Hat Enterprise Linux Server release 6.10 (Santiago)"),
  }),
  phonyGuest(
    "Scientific Linux 7",
    known("scientific", "Scientific Linux 7.9 (Nitrogen)", "7.9", 7, 9),
    osRelease("rhel", "7.9", "Scientific Linux 7.9 (Nitrogen)", 'NAME="Scientific Linux"\n'),
  ),
  phonyGuest(
    "Fedora 14",
    { ...known("fedora", "Fedora release 14 (Phony)", "14", 14, 0), hostname: "fedora.invalid" },
    {
      ...release("redhat", "Fedora release 14 (Phony)"),
      "/etc/hostname": "",
      "/etc/sysconfig/network": "HOSTNAME=fedora.invalid\n",
    },
  ),
  phonyGuest(
    "Fedora CoreOS 39",
    known("fedora-coreos", "Fedora CoreOS 39.20231101.3.0", "39.20231101.3.0", 39, 20231101),
    osRelease(
      "fedora",
      "39",
      "Fedora CoreOS 39.20231101.3.0",
      "VARIANT_ID=coreos\nOSTREE_VERSION='39.20231101.3.0'\n",
    ),
  ),
  phonyGuest(
    "Amazon Linux 1",
    known("amazon", "Amazon Linux AMI 2018.03", "2018.03", 2018, 3),
    osRelease("amzn", "2018.03", "Amazon Linux AMI 2018.03"),
  ),
  phonyGuest(
    "Amazon Linux 2",
    known("amazon", "Amazon Linux 2", "2", 2, 0),
    osRelease("amzn", "2", "Amazon Linux 2"),
  ),
  phonyGuest(
    "Amazon Linux 2023",
    known("amazon", "Amazon Linux 2023", "2023", 2023, 0),
    osRelease("amzn", "2023", "Amazon Linux 2023"),
  ),
  phonyGuest(
    "Anolis OS 8",
    known("anolis", "Anolis OS 8.8", "8.8", 8, 8),
    osRelease("anolis", "8.8", "Anolis OS 8.8"),
  ),
  phonyGuest(
    "Alibaba Cloud Linux 2",
    known("alinux", "Alibaba Cloud Linux (Aliyun Linux) 2.1903 LTS (Hunting Beagle)", "2.1903", 2, 1903),
    osRelease("alinux", "2.1903", "Alibaba Cloud Linux (Aliyun Linux) 2.1903 LTS (Hunting Beagle)"),
  ),
  phonyGuest(
    "openEuler 22.03",
    known("openeuler", "openEuler 22.03 (LTS-SP1)", "22.03", 22, 3),
    osRelease("openEuler", "22.03", "openEuler 22.03 (LTS-SP1)"),
  ),
  phonyGuest("Kylin V10", known("kylin", kylin, "V10", 10, 0), osRelease("kylin", "V10", kylin)),
  phonyGuest(
    "NeoKylin 7",
    known("neokylin", "NeoKylin Linux Advanced Server release V7Update6", "7.6", 7, 6),
    release("neokylin", "NeoKylin Linux Advanced Server release V7Update6"),
  ),
  phonyGuest("Mageia 8", known("mageia", "Mageia 8", "8", 8, 0), osRelease("mageia", "8", "Mageia 8")),
];
