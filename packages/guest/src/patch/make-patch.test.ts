import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GiB, KiB, MiB } from "@sampan/core";
import { AllocationMap, type BlockSource, createOverlay } from "@sampan/image";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import { inspectDisk } from "../inspect-disk.ts";
import { debianTree, makePhonyDisk, type PhonyDiskOptions, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { makePatch } from "./make-patch.ts";

const installed = hasTools("mke2fs", "debugfs", "e2fsck", "sfdisk");

const guestTree: PhonyTree = {
  ...debianTree,
  "/etc/selinux/config": "# before\nSELINUX=enforcing\nSELINUXTYPE=default\n",
  "/etc/network/interfaces": "auto lo\niface lo inet loopback\n\nallow-hotplug eth0\niface eth0 inet dhcp\n",
  "/etc/systemd/system/multi-user.target.wants/NetworkManager.service": {
    link: "/lib/systemd/system/NetworkManager.service",
  },
  "/etc/systemd/system/multi-user.target.wants/networking.service": {
    link: "/lib/systemd/system/networking.service",
  },
  "/etc/systemd/system/sysinit.target.wants/nftables.service": {
    link: "/lib/systemd/system/nftables.service",
  },
  "/lib/systemd/system/NetworkManager.service": "[Unit]\n",
  "/lib/systemd/system/networking.service": "[Unit]\n",
  "/lib/systemd/system/nftables.service": "[Unit]\n",
  "/sbin/ifup": "",
  "/sbin/dhclient": "",
  "/usr/lib/udev/rules.d/80-net-setup-link.rules": "",
  "/boot/grub/grub.cfg":
    "menuentry 'Debian' {\n  linux /boot/vmlinuz root=/dev/sda1 ro\n  initrd /boot/initrd.img\n}\n",
  "/etc/udev/rules.d/70-persistent-net.rules":
    'SUBSYSTEM=="net", ATTR{address}=="00:0c:29:00:00:01", NAME="eth0"\n',
  "/etc/resolv.conf": "nameserver 192.0.2.1\n",
  "/etc/ssh/ssh_host_ed25519_key": "the guest's own key\n",
};

async function withDisk<T>(
  tree: PhonyTree,
  options: PhonyDiskOptions,
  use: (source: BlockSource, path: string) => Promise<T>,
): Promise<T> {
  const disk = await makePhonyDisk(tree, options);
  try {
    return await use(disk.source, disk.path);
  } finally {
    await disk.remove();
  }
}

/** Writes a source to a sparse file and gives what e2fsck and debugfs say of the file system at an offset. */
async function checkedBy(source: BlockSource, offset: number, commands: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "sampan-patched-"));
  try {
    const path = join(folder, "disk.raw");
    writeFileSync(path, "");
    truncateSync(path, source.sizeBytes);
    const handle = openSync(path, "r+");
    const map = await AllocationMap.read(source);
    for (const extent of map.extents) {
      if (extent.kind !== "data") continue;
      for (let at = extent.offset; at < extent.offset + extent.length; at += MiB) {
        const bytes = new Uint8Array(Math.min(MiB, extent.offset + extent.length - at));
        await source.read({ offset: at, length: bytes.length }, bytes);
        writeSync(handle, bytes, 0, bytes.length, at);
      }
    }
    closeSync(handle);
    runTool("e2fsck", ["-fn", `${path}?offset=${offset}`]);
    return commands
      .map((command) => runTool("debugfs", ["-R", command, `${path}?offset=${offset}`]))
      .join("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!installed)("a patch (needs e2fsprogs)", () => {
  const variants: Readonly<Record<string, PhonyDiskOptions>> = {
    "ext4 in a partition": { offsetBytes: MiB, mke2fs: ["-b", "4096"] },
    ext3: { offsetBytes: MiB, mke2fs: ["-t", "ext3"] },
    "ext2 with small blocks": { offsetBytes: MiB, mke2fs: ["-t", "ext2", "-b", "1024"] },
    "ext4 without checksums": { offsetBytes: MiB, mke2fs: ["-O", "^metadata_csum,^64bit"] },
    "inline data": { offsetBytes: MiB, mke2fs: ["-b", "4096", "-O", "inline_data", "-I", "256"] },
    "a partition beyond 4 GiB": { offsetBytes: 4 * GiB + 7 * MiB, mke2fs: ["-b", "4096"] },
  };

  it.each(Object.entries(variants))(
    "mends the copy of %s, e2fsck finds it clean, and there is nothing to mend twice",
    async (_, options) => {
      await withDisk(guestTree, options, async (source) => {
        const inspection = await inspectDisk(source);
        const uuid = inspection.layout.volumes[0]?.fileSystem?.uuid;
        const { record, overlay } = await makePatch(source, inspection);
        expect(record.changes.map(({ path, kind, fixups }) => [path, kind, fixups.join()])).toEqual([
          ["/boot/grub/grub.cfg", "modify", "grub-root,serial-console,dhcp"],
          ["/etc/fstab", "modify", "fstab"],
          ["/etc/selinux/config", "modify", "selinux"],
          ["/etc/systemd/system/multi-user.target.wants/NetworkManager.service", "remove", "network-manager"],
          ["/etc/systemd/system/sysinit.target.wants/nftables.service", "remove", "firewall"],
          ["/etc/udev/rules.d/70-persistent-net.rules", "remove", "persistent-net"],
        ]);
        expect(record.notes).toEqual([]);
        expect(record.changes[3]?.link).toEqual({
          before: "/lib/systemd/system/NetworkManager.service",
          after: null,
        });
        expect(record.diff).toBe(
          [
            "--- a/boot/grub/grub.cfg",
            "+++ b/boot/grub/grub.cfg",
            "@@ -1,4 +1,4 @@",
            " menuentry 'Debian' {",
            "-  linux /boot/vmlinuz root=/dev/sda1 ro",
            `+  linux /boot/vmlinuz root=UUID=${uuid} ro console=tty0 console=ttyS0,115200n8 net.ifnames=0`,
            "   initrd /boot/initrd.img",
            " }",
            "--- a/etc/fstab",
            "+++ b/etc/fstab",
            "@@ -1 +1,2 @@",
            "-/dev/sda1 / ext4 errors=remount-ro 0 1",
            "+# was /dev/sda1 on the old machine",
            `+UUID=${uuid} / ext4 errors=remount-ro 0 1`,
            "--- a/etc/selinux/config",
            "+++ b/etc/selinux/config",
            "@@ -1,3 +1,3 @@",
            " # before",
            "-SELINUX=enforcing",
            "+SELINUX=disabled",
            " SELINUXTYPE=default",
            "--- a/etc/udev/rules.d/70-persistent-net.rules",
            "+++ /dev/null",
            "@@ -1 +0,0 @@",
            '-SUBSYSTEM=="net", ATTR{address}=="00:0c:29:00:00:01", NAME="eth0"',
            "",
          ].join("\n"),
        );
        const seen = await checkedBy(overlay, options.offsetBytes ?? 0, [
          "cat /etc/fstab",
          "cat /etc/selinux/config",
          "cat /etc/hostname",
          "cat /etc/ssh/ssh_host_ed25519_key",
          "ls -p /etc/systemd/system/sysinit.target.wants",
        ]);
        expect(seen).toContain(`UUID=${uuid} / ext4 errors=remount-ro 0 1\n`);
        expect(seen).toContain("SELINUX=disabled\n");
        // Who the guest is stays as it is.
        for (const own of ["phony\n", "the guest's own key\n"]) expect(seen).toContain(own);
        // A removed entry of inline data is still printed, as inode 0.
        expect(seen).not.toMatch(/^\/[1-9]\d*\/.*nftables/m);
        const again = await inspectDisk(overlay);
        expect(
          assessDisk({
            inspection: again,
            disk: { sizeBytes: source.sizeBytes, system: true },
            diskCount: 1,
          }).filter((one) => one.fixup !== null),
        ).toEqual([]);
        const second = await makePatch(overlay, again);
        expect(second.record).toEqual({ changes: [], diff: "", notes: [] });
        expect(second.overlay.dirtyBytes).toBe(0);
      });
    },
  );

  it("never writes to its source and leaves fix-ups out as told", async () => {
    await withDisk(guestTree, {}, async (source, path) => {
      const before = readFileSync(path);
      const inspection = await inspectDisk(source);
      const skip = ["fstab", "firewall", "grub-root", "serial-console", "dhcp"];
      const all = await makePatch(source, inspection, { skip });
      expect(all.record.changes.map((change) => change.fixups.join())).toEqual([
        "network-manager",
        "selinux",
        "network-manager",
        "persistent-net",
      ]);
      const one = await makePatch(source, inspection, { only: ["selinux"] });
      expect(one.record.changes.map((change) => change.fixups)).toEqual([["selinux"]]);
      await expect(makePatch(source, inspection, { only: ["selinucks"] })).rejects.toMatchObject({
        code: "CORE_ARGUMENT",
      });
      expect(readFileSync(path).equals(before)).toBe(true);
    });
  });

  it("adds to and removes from directories that have a hash index", async () => {
    const wants = "/etc/systemd/system/multi-user.target.wants";
    const many = (folder: string) =>
      Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`${folder}/a-rather-long-name-${i}`, { link: "x" }]),
      );
    const { "/sbin/ifup": _tool, ...tree } = guestTree;
    const networkd = { "/lib/systemd/system/systemd-networkd.service": "[Unit]\n" };
    for (const features of ["metadata_csum", "^metadata_csum"]) {
      const options = { offsetBytes: MiB, mke2fs: ["-b", "1024", "-O", features], indexDirectories: true };
      const indexed = { ...tree, ...networkd, ...many(wants), ...many("/etc/systemd/network") };
      await withDisk(indexed, options, async (source, path) => {
        expect(runTool("debugfs", ["-R", `stat ${wants}`, `${path}?offset=${MiB}`])).toMatch(
          /Flags: 0x.?[138]*1000/,
        );
        const { record, overlay } = await makePatch(source, await inspectDisk(source));
        expect(record.changes.map(({ path: changed, kind }) => `${kind} ${changed}`)).toContain(
          `create ${wants}/systemd-networkd.service`,
        );
        const seen = await checkedBy(overlay, MiB, [
          "cat /etc/systemd/network/80-sampan-dhcp.network",
          `ls ${wants}`,
        ]);
        expect(seen).toContain("DHCP=ipv4");
        expect(seen).toContain("systemd-networkd.service");
        // debugfs also lists the emptied first entry of a block, under its old name with inode 0.
        expect(seen).not.toMatch(/\b[1-9]\d* +\(\d+\) NetworkManager\.service/);
        expect(seen).toMatch(/\b[1-9]\d* +\(\d+\) systemd-networkd\.service/);
      });
    }
  });

  it("makes two patches at the same time", async () => {
    await withDisk(guestTree, {}, async (source) => {
      const inspection = await inspectDisk(source);
      const [a, b] = await Promise.all([makePatch(source, inspection), makePatch(source, inspection)]);
      expect(a.record).toEqual(b.record);
      await checkedBy(a.overlay, 0, []);
      await checkedBy(b.overlay, 0, []);
    });
  });

  it("refuses a file system that was not unmounted cleanly", async () => {
    await withDisk(guestTree, { mke2fs: ["-O", "^metadata_csum"] }, async (source) => {
      const dirty = createOverlay(source);
      await dirty.write({ offset: 1024 + 58, length: 2 }, Uint8Array.of(0, 0));
      const inspection = await inspectDisk(dirty);
      await expect(makePatch(dirty, inspection)).rejects.toMatchObject({ code: "GUEST_FS_DIRTY" });
    });
  });

  it.each(["mmp", "casefold", "verity", "quota", "bigalloc"])(
    "refuses a file system with %s before it touches it",
    async (feature) => {
      await withDisk(guestTree, { mke2fs: ["-O", feature] }, async (source) => {
        const inspection = await inspectDisk(source);
        if (inspection.guest === null) return expect(inspection.notes.join()).toContain("could not be read");
        await expect(makePatch(source, inspection)).rejects.toMatchObject({
          code: "GUEST_FS_UNSUPPORTED",
          message: expect.stringContaining(feature),
        });
      });
    },
  );

  it("says so when there is no room for a change", async () => {
    const { "/sbin/ifup": _tool, ...rest } = guestTree;
    const tree = { ...rest, "/lib/systemd/system/systemd-networkd.service": "[Unit]\n" };
    const options = { sizeBytes: 4 * MiB, mke2fs: ["-t", "ext2", "-b", "1024", "-N", "1024", "-m", "0"] };
    await withDisk({ ...tree, ...filling }, options, async (source) => {
      const inspection = await inspectDisk(source);
      await expect(makePatch(source, inspection)).rejects.toMatchObject({ code: "GUEST_PATCH_FAILED" });
    });
  });

  it("gives an empty record for a disk without a guest", async () => {
    await withDisk({ "/readme": "data only\n" }, {}, async (source) => {
      const { record, overlay } = await makePatch(source, await inspectDisk(source));
      expect([record, overlay.dirtyBytes]).toEqual([{ changes: [], diff: "", notes: [] }, 0]);
    });
  });
});

/** More than fits: large files first, then small ones, until every block is taken. */
const filling: PhonyTree = Object.fromEntries(
  Array.from({ length: 700 }, (_, i) => [
    `/fill-${String(i).padStart(3, "0")}`,
    Buffer.alloc(i < 60 ? 64 * KiB : KiB, 1),
  ]),
);
