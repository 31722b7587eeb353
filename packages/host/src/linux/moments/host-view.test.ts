import { describe, expect, it } from "vitest";
import { parseLvm, parseView } from "./host-view.ts";
import { mountsToHold } from "./plan-snapshots.ts";

/** A Debian 12 with its root on LVM, a loop mount and a path with a space, as its kernel tells. */
const debian = `disk /dev/sda
kernel 6.1.0-18-amd64
tool lvs
tool lvcreate
tool dmsetup
tool fsfreeze
device sda 8:0
device sda1 8:1
under sda1 sda
device sda2 8:2
under sda2 sda
device dm-0 254:0
under dm-0 sda2
mapped dm-0 LVM-PFCIKYYafi
device dm-1 254:1
mapped dm-1 CRYPT-LUKS2-00-crypt
under dm-1 dm-0
device sdb 8:16
mount 22 27 0:21 / /proc rw,nosuid shared:12 - proc proc rw
mount 27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg0-root rw,errors=remount-ro
mount 30 27 8:1 / /boot rw,relatime shared:30 - ext4 /dev/sda1 rw
mount 31 27 254:0 /srv /mnt/bind rw,relatime shared:30 - ext4 /dev/mapper/vg0-root rw
mount 32 27 8:16 / /data\\040one rw,relatime - xfs /dev/sdb rw
mount 33 27 254:1 / /secret rw,relatime - ext4 /dev/mapper/crypt rw
mount 34 27 8:2 / /ro ro,relatime - ext4 /dev/sda2 ro
`.split("\n");

describe("what a host tells of its disks", () => {
  it("names what lies on the disk through every layer, and each of its file systems once", () => {
    const view = parseView(debian, "web-01");
    expect(view).toMatchObject({ disk: "sda", kernel: { major: 6, minor: 1 } });
    expect([...view.devices].sort()).toEqual(["dm-0", "dm-1", "sda", "sda1", "sda2"]);
    expect([...view.otherMaps]).toEqual(["dm-1"]);
    expect(mountsToHold(view).map(({ point, kind }) => `${point} ${kind}`)).toEqual([
      "/ ext4",
      "/boot ext4",
      "/secret ext4",
    ]);
    expect(view.mounts.find(({ device }) => device === "sdb")?.point).toBe("/data one");
  });

  it("sees a mount point that something else hides", () => {
    const lines = [...debian, "mount 40 27 8:16 / /boot rw - xfs /dev/sdb rw"];
    const boot = mountsToHold(parseView(lines, "web-01")).find(({ device }) => device === "sda1");
    expect(boot).toMatchObject({ point: "/boot", hidden: true });
  });

  it("finds the device of a btrfs by its name, since its number is its own", () => {
    const lines = [...debian, "mount 40 27 0:45 / /b rw - btrfs /dev/sda1 rw"];
    expect(parseView(lines, "web-01").mounts.at(-1)).toMatchObject({ device: "sda1", kind: "btrfs" });
  });

  it("knows the names of old controllers, which have a slash", () => {
    const lines = ["disk /dev/cciss/c0d0", "kernel 2.6.18-419.el5", "device cciss!c0d0 104:0"];
    expect(parseView(lines, "old")).toMatchObject({ disk: "cciss!c0d0", kernel: { major: 2, minor: 6 } });
  });

  it("says so when the host lists no such disk, or nothing that makes sense", () => {
    for (const lines of [
      debian.map((line) => line.replace("disk /dev/sda", "disk /dev/sdz")),
      ["motd"],
      [],
    ]) {
      expect(() => parseView(lines, "web-01")).toThrow(/does not list it/);
    }
  });
});

describe("what LVM tells", () => {
  it("is read as Debian 12 and CentOS 5 print it", () => {
    const now = parseLvm([
      "lv vg0|root|TestBd-0000-0000-0000-0000-0000-000001|owi-aos---|",
      "lv vg0|sampan-4e65d3fbe8ad-0|abc|sri-a-s---|sampan,sampan.id.run-1",
      "vg vg0|1048576|1372",
    ]);
    expect(now.volumes[1]).toEqual({
      ...{ group: "vg0", name: "sampan-4e65d3fbe8ad-0", uuid: "abc", attributes: "sri-a-s---" },
      tags: ["sampan", "sampan.id.run-1"],
    });
    // lvm2 2.02.46: six letters, sizes in bytes without a fraction.
    const old = parseLvm(["lv VolGroup00|LogVol00|uuid|-wi-ao|", "vg VolGroup00|33554432|12"]);
    expect(old).toEqual({
      volumes: [{ group: "VolGroup00", name: "LogVol00", uuid: "uuid", attributes: "-wi-ao", tags: [""] }],
      groups: [{ name: "VolGroup00", extentBytes: 33_554_432, freeExtents: 12 }],
    });
  });

  it("leaves out what makes no sense", () => {
    expect(parseLvm(["vg x|zero|none", "File descriptor 3 leaked", ""])).toEqual({ volumes: [], groups: [] });
  });
});
