import { describe, expect, it } from "vitest";
import { parseFstab } from "../facts/fstab.ts";
import { readFirewalls, readNetworkManager } from "../facts/services.ts";
import type { LinuxFacts } from "../facts.ts";
import type { DiskInspection } from "../inspection.ts";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { firewall } from "./firewall.ts";
import { fstab } from "./fstab.ts";
import { networkManager } from "./network-manager.ts";

const uuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";
const layout: DiskInspection["layout"] = {
  sizeBytes: 100,
  table: { kind: "mbr", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
  notes: [],
  volumeGroups: [],
  volumes: [1, 2].map((number) => ({
    index: number - 1,
    ambiguous: false,
    logicalVolume: null,
    range: { offset: number * 10, length: 10 },
    partition: {
      number,
      range: { offset: number * 10, length: 10 },
      type: "83",
      typeName: "Linux",
      name: null,
      partUuid: null,
      bootable: false,
    },
    fileSystem: {
      kind: "ext4",
      label: null,
      uuid: number === 1 ? uuid : null,
      sizeBytes: 10,
      usedBytes: 1,
      dirty: false,
      features: [],
    },
  })),
};

async function mendFstab(text: string): Promise<string> {
  const files = new MemoryGuestFiles({ "/etc/fstab": text });
  const guest = { type: "linux", rootVolume: 0, fstab: parseFstab(text, layout) } as unknown as LinuxFacts;
  const inspection: DiskInspection = { layout, guest, notes: [] };
  await fstab.apply(files, inspection);
  return (await files.readText("/etc/fstab")) ?? "";
}

describe("the fix-up of fstab", () => {
  it("names volumes by UUID and keeps every other byte of the line", async () => {
    expect(await mendFstab("/dev/sda1\t/\text4\tdefaults 0 1 # root\n")).toBe(
      `# was /dev/sda1 on the old machine\nUUID=${uuid}\t/\text4\tdefaults 0 1 # root\n`,
    );
  });

  it("gives a dead root the UUID of the root that was found", async () => {
    expect(await mendFstab("/dev/sdc9 / ext4 defaults 0 1\n")).toContain(`UUID=${uuid} / ext4`);
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
    const text = `UUID=${uuid} / ext4 defaults 0 1\nUUID=aaaa /data ext4 nofail\ntmpfs /tmp tmpfs\n/dev/sda2 /x ext4 defaults\nnas:/e /n nfs defaults\n`;
    expect(await mendFstab(text)).toBe(text);
  });

  it("finds nothing to do the second time", async () => {
    const once = await mendFstab("/dev/sda1 / ext4\n/dev/sdb1 /b ext4\nUUID=aaaa /data ext4\n");
    expect(await mendFstab(once)).toBe(once);
  });
});

async function applyFirewall(tree: PhonyTree): Promise<MemoryGuestFiles> {
  const files = new MemoryGuestFiles(tree);
  const guest = { type: "linux", firewalls: await readFirewalls(files) } as unknown as LinuxFacts;
  expect(firewall.appliesTo(guest)).toBe(true);
  await firewall.apply(files, { layout, guest, notes: [] });
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

  it("switches ufw off where ufw itself looks", async () => {
    const files = await applyFirewall({
      "/lib/systemd/system/ufw.service": "",
      "/etc/systemd/system/multi-user.target.wants/ufw.service": { link: "/lib/systemd/system/ufw.service" },
      "/etc/ufw/ufw.conf": "# ENABLED=yes here\nENABLED=yes\nLOGLEVEL=low\n",
    });
    expect(await files.readText("/etc/ufw/ufw.conf")).toBe("# ENABLED=yes here\nENABLED=no\nLOGLEVEL=low\n");
  });
});

const manager: PhonyTree = {
  "/lib/systemd/system/NetworkManager.service": "",
  "/etc/systemd/system/multi-user.target.wants/NetworkManager.service": {
    link: "/lib/systemd/system/NetworkManager.service",
  },
  "/etc/systemd/system/network-online.target.wants/NetworkManager-wait-online.service": {
    link: "/lib/systemd/system/NetworkManager-wait-online.service",
  },
};
const ifupdown: PhonyTree = {
  "/sbin/ifup": "",
  "/lib/systemd/system/networking.service": "",
  "/etc/systemd/system/multi-user.target.wants/networking.service": {
    link: "/lib/systemd/system/networking.service",
  },
};

async function applyManager(tree: PhonyTree): Promise<{ files: MemoryGuestFiles; off: boolean }> {
  const files = new MemoryGuestFiles({ ...manager, ...tree });
  await networkManager.apply(files, { layout, guest: null, notes: [] });
  return { files, off: (await readNetworkManager(files))?.enabledAtBoot === false };
}

describe("the fix-up of NetworkManager", () => {
  it("switches it off where ifupdown brings an interface up by DHCP", async () => {
    const interfaces = "auto lo\niface lo inet loopback\nallow-hotplug ens3\niface ens3 inet dhcp\n";
    const { files, off } = await applyManager({ ...ifupdown, "/etc/network/interfaces": interfaces });
    expect(off).toBe(true);
    expect(
      [...files.tree.keys()].filter((path) => path.includes("wants") && path.includes("Manager")),
    ).toEqual([]);
    expect(await files.readText("/etc/network/interfaces")).toBe(interfaces);
  });

  it("adds eth0 to ifupdown where names are not predictable", async () => {
    const { files, off } = await applyManager({
      ...ifupdown,
      "/etc/network/interfaces": "auto lo\niface lo inet loopback\n",
      "/boot/grub/grub.cfg": "linux /vmlinuz root=UUID=x net.ifnames=0\n",
    });
    expect(off).toBe(true);
    expect(await files.readText("/etc/network/interfaces")).toBe(
      "auto lo\niface lo inet loopback\n\nallow-hotplug eth0\niface eth0 inet dhcp\n",
    );
  });

  it("sets up systemd-networkd for any name, with its resolver where NetworkManager kept the old one", async () => {
    const { files, off } = await applyManager({
      "/lib/systemd/system/systemd-networkd.service": "",
      "/lib/systemd/system/systemd-resolved.service": "",
      "/etc/resolv.conf": { link: "/run/NetworkManager/resolv.conf" },
    });
    expect(off).toBe(true);
    expect(await files.readText("/etc/systemd/network/80-sampan-dhcp.network")).toContain("DHCP=ipv4");
    expect(await files.readLink("/etc/resolv.conf")).toBe("/run/systemd/resolve/resolv.conf");
  });

  it("leaves it on, and changes nothing, where nothing else can bring the network up", async () => {
    for (const tree of [
      {},
      ifupdown,
      {
        "/lib/systemd/system/systemd-networkd.service": "",
        "/etc/resolv.conf": { link: "/run/NetworkManager/resolv.conf" },
      },
    ]) {
      const { files, off } = await applyManager(tree);
      expect(off).toBe(false);
      expect(files.tree).toEqual(new Map(Object.entries({ ...manager, ...tree })));
    }
  });
});
