import { gzipSync } from "node:zlib";
import { GiB, isSampanError, KiB, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import { type BlockSource, createOverlay } from "@sampan/image";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectDisk } from "./inspect-disk.ts";
import { writeBootRecord } from "./testing/partition-tables.ts";
import { debianTree, makePhonyDisk, type PhonyTree } from "./testing/phony-disk.ts";
import { hasTools, runTool } from "./testing/tools.ts";
import { readBytes } from "./volumes/read-bytes.ts";
import { readUsedMap } from "./volumes/used-map.ts";

const installed = hasTools("mke2fs", "debugfs", "sfdisk");
const kernel = "6.1.0-13-amd64";
const driver = (path: string) => `/lib/modules/${kernel}/kernel/drivers/${path}`;

/** A cpio archive of empty files. */
function initramfs(names: readonly string[]): Uint8Array {
  const entries = [...names, "TRAILER!!!"].map((name) => {
    const head = `070701${[1, 0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length + 1, 0].map((n) => n.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return head.padEnd(Math.ceil(head.length / 4) * 4, "\0");
  });
  return gzipSync(entries.join(""));
}

const kernelTree: PhonyTree = {
  [`/boot/vmlinuz-${kernel}`]: "kernel",
  [`/boot/initrd.img-${kernel}`]: initramfs([driver("block/virtio_blk.ko").slice(1), "init"]),
  [`/lib/modules/${kernel}/modules.builtin`]: "kernel/drivers/virtio/virtio_pci.ko\n",
  [`/lib/modules/${kernel}/modules.dep`]:
    "kernel/drivers/net/virtio_net.ko: kernel/net/x.ko\nkernel/drivers/block/virtio_blk.ko:\n",
};

/** Counts what is read of a source. */
function counted(source: BlockSource): { source: BlockSource; readBytes(): number } {
  let total = 0;
  return {
    readBytes: () => total,
    source: {
      sizeBytes: source.sizeBytes,
      features: source.features,
      extents: (range, signal) => source.extents(range, signal),
      close: () => source.close(),
      read(range, into, signal) {
        total += range.length;
        return source.read(range, into, signal);
      },
    },
  };
}

describe.skipIf(!installed)("inspecting a disk (needs e2fsprogs)", () => {
  it("tells the facts of a Debian guest, where its drivers are included", async () => {
    const disk = await makePhonyDisk({ ...debianTree, ...kernelTree }, { offsetBytes: MiB });
    try {
      const { guest, notes } = await inspectDisk(disk.source);
      expect(notes).toEqual([]);
      expect(guest).toMatchObject({
        type: "linux",
        family: "debian",
        version: "12.4",
        major: 12,
        minor: 4,
        architecture: "x86_64",
        hostname: "phony",
        rootVolume: 0,
        fstab: [{ device: "/dev/sda1", naming: "device", resolved: true }],
        kernels: [
          {
            version: kernel,
            drivers: {
              virtio_blk: "initramfs",
              virtio_net: "module",
              virtio_pci: "builtin",
              nvme: "missing",
            },
          },
        ],
      });
    } finally {
      await disk.remove();
    }
  });

  it("reads a disk of 4 GiB within 3 seconds and 64 MiB, an initramfs of 30 MiB included", async () => {
    const large = Buffer.alloc(30 * MiB);
    for (let i = 0; i < large.length; i += 4) large.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
    const packed = gzipSync(Buffer.concat([Buffer.from(initramfs(["init"])), large]), { level: 1 });
    const tree = { ...debianTree, ...kernelTree, [`/boot/initrd.img-${kernel}`]: packed };
    const disk = await makePhonyDisk(tree, { sizeBytes: 4 * GiB, offsetBytes: MiB });
    try {
      const { source, readBytes: total } = counted(disk.source);
      const begin = processorMs();
      const { layout } = await inspectDisk(source);
      expect(total()).toBeLessThan(64 * MiB);
      const { map } = await readUsedMap(source, layout);
      expect(processorMs() - begin).toBeLessThan(3000);
      expect(map.dataBytes).toBeLessThan(512 * MiB);
    } finally {
      await disk.remove();
    }
  });

  it("finds /boot and /usr on partitions of their own, as fstab says", async () => {
    const fstab =
      "LABEL=root / ext4 defaults\nLABEL=boot /boot ext4 defaults\n/dev/sda3 /usr ext3 defaults\n";
    const root = await makePhonyDisk(
      {
        "/etc/fstab": fstab,
        "/etc/os-release": { link: "../usr/lib/os-release" },
        "/etc/debian_version": "11.2\n",
        "/etc/passwd": "",
        "/boot/placeholder": "",
        "/usr/placeholder": "",
        "/bin": { link: "usr/bin" },
        "/lib": { link: "usr/lib" },
      },
      { sizeBytes: 8 * MiB, mke2fs: ["-L", "root"] },
    );
    const boot = await makePhonyDisk(
      { [`/vmlinuz-${kernel}`]: "kernel" },
      { sizeBytes: 8 * MiB, mke2fs: ["-L", "boot"] },
    );
    const usr = await makePhonyDisk(
      {
        "/lib/os-release": 'ID=debian\nVERSION_ID="11"\n',
        "/bin/sh": { link: "/bin/dash" },
        "/bin/dash": debianTree["/usr/bin/dash"] as Uint8Array,
        [`/lib/modules/${kernel}/modules.builtin`]: "kernel/drivers/block/virtio_blk.ko\n",
      },
      { sizeBytes: 8 * MiB, mke2fs: ["-t", "ext3"] },
    );
    try {
      const bytes = new Uint8Array(25 * MiB);
      const parts = [root, boot, usr];
      writeBootRecord(
        bytes,
        0,
        parts.map((_, i) => ({ type: 0x83, start: (1 + i * 8) * 2048, sectors: 8 * 2048 })),
      );
      for (const [i, part] of parts.entries())
        bytes.set(await readBytes(part.source, 0, 8 * MiB), (1 + i * 8) * MiB);
      const { guest, notes } = await inspectDisk(memorySource(bytes));
      expect(notes).toEqual([]);
      expect(guest).toMatchObject({
        version: "11.2",
        architecture: "x86_64",
        kernels: [{ version: kernel, drivers: { virtio_blk: "builtin" } }],
      });
    } finally {
      for (const part of [root, boot, usr]) await part.remove();
    }
  });

  it("finds no guest on a disk of data", async () => {
    const disk = await makePhonyDisk({ "/photos/a.jpg": "…" });
    try {
      expect((await inspectDisk(disk.source)).guest).toBeNull();
    } finally {
      await disk.remove();
    }
  });

  it("ends on links that lead in a circle or out of the guest", async () => {
    const tree: PhonyTree = {
      ...debianTree,
      "/etc/hostname": { link: "/etc/a" },
      "/etc/a": { link: "b" },
      "/etc/b": { link: "hostname" },
      "/etc/selinux/config": { link: "../../../../../../../../etc/debian_version" },
    };
    const disk = await makePhonyDisk(tree);
    try {
      const { guest } = await inspectDisk(disk.source);
      expect(guest).toMatchObject({ hostname: null, selinux: { configured: null } });
    } finally {
      await disk.remove();
    }
  });

  it("gives a value or a SampanError whatever byte of the metadata is changed", async () => {
    const variants = [
      ["-b", "1024", "-O", "^metadata_csum,^64bit"],
      ["-t", "ext2", "-b", "1024"],
    ];
    for (const mke2fs of variants) {
      const disk = await makePhonyDisk({ ...debianTree, ...kernelTree }, { sizeBytes: 8 * MiB, mke2fs });
      try {
        const used = (await readUsedMap(disk.source, (await inspectDisk(disk.source)).layout)).map.extents;
        const metadata = used.filter((extent) => extent.kind === "data").map((extent) => extent.offset);
        expect(metadata.length).toBeGreaterThan(0);
        const place = fc.oneof(
          fc.integer({ min: 1024, max: 2047 }),
          fc.integer({ min: 2048, max: 600 * KiB }),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.record({ at: place, value: fc.uint8Array({ minLength: 1, maxLength: 8 }) }), {
              minLength: 1,
              maxLength: 30,
            }),
            async (mutations) => {
              const overlay = createOverlay(disk.source);
              for (const { at, value } of mutations)
                await overlay.write({ offset: at, length: value.length }, value);
              try {
                const { layout } = await inspectDisk(overlay);
                await readUsedMap(overlay, layout);
              } catch (error) {
                expect(isSampanError(error)).toBe(true);
              }
            },
          ),
          { numRuns: 150 },
        );
      } finally {
        await disk.remove();
      }
    }
  });

  it("reads what debugfs reads, through indirect blocks and deep extent trees alike", async () => {
    const content = Buffer.alloc(3 * MiB, "0123456789abcdef\n");
    // Writing every other file and removing them again leaves the disk in pieces, so that the last file is in pieces too.
    const pieces: PhonyTree = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`/p${i}`, Buffer.alloc(4 * KiB, i)]),
    );
    for (const mke2fs of [
      ["-b", "1024", "-t", "ext2"],
      ["-b", "1024"],
    ]) {
      const disk = await makePhonyDisk(
        {
          ...pieces,
          "/etc/big": content,
          "/etc/passwd": "",
          "/sbin/x": "",
          "/etc/hostname": { link: "/etc/big" },
        },
        {
          sizeBytes: 16 * MiB,
          mke2fs,
          debugfs: Array.from({ length: 200 }, (_, i) => `rm /p${i * 2}`),
        },
      );
      try {
        const { guest } = await inspectDisk(disk.source);
        expect(guest).toMatchObject({ hostname: "0123456789abcdef", family: "unknown" });
        expect(runTool("debugfs", ["-R", "stat /etc/big", disk.path])).toContain(String(content.length));
      } finally {
        await disk.remove();
      }
    }
  });
});
