import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { inspectDisk } from "./inspect-disk.ts";
import { writeBootRecord } from "./testing/partition-tables.ts";
import { debianTree, makePhonyDisk, type PhonyTree } from "./testing/phony-disk.ts";
import { hasTools, runTool } from "./testing/tools.ts";

const tools = ["mke2fs", "debugfs"];

/** Makes a Btrfs with the files of a tree. */
function makeBtrfs(tree: PhonyTree): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "sampan-guest-"));
  try {
    for (const [path, content] of Object.entries(tree)) {
      const at = join(folder, "root", path);
      mkdirSync(dirname(at), { recursive: true });
      if (content === null) mkdirSync(at);
      else if (typeof content === "object" && "link" in content) symlinkSync(content.link, at);
      else writeFileSync(at, content);
    }
    const disk = join(folder, "disk.img");
    writeFileSync(disk, "");
    truncateSync(disk, 128 * MiB);
    runTool("mkfs.btrfs", ["-q", "-m", "single", "--rootdir", join(folder, "root"), disk]);
    return readFileSync(disk);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const below = (folder: string, tree: PhonyTree): PhonyTree =>
  Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${folder}${path}`, content]));

/** The files of an ext4 of 16 MiB. */
async function ext4(tree: PhonyTree): Promise<Buffer> {
  const disk = await makePhonyDisk(tree, { sizeBytes: 16 * MiB });
  try {
    return readFileSync(disk.path);
  } finally {
    await disk.remove();
  }
}

describe("the root of a guest", () => {
  it.skipIf(!hasTools("mkfs.btrfs"))(
    "is found in a subvolume of Btrfs, with the others its fstab mounts",
    async () => {
      const image = makeBtrfs({
        ...below("/@", {
          ...debianTree,
          "/etc/fstab": "/dev/sda / btrfs subvol=@ 0 0\n/dev/sda /boot btrfs rw,subvol=/@boot 0 0\n",
          "/boot/vmlinuz-1.0": "hidden by what is mounted",
        }),
        "/@boot/vmlinuz-6.1.0": "kernel",
      });
      const { guest, notes } = await inspectDisk(memorySource(image));
      expect(guest).toMatchObject({
        type: "linux",
        family: "debian",
        hostname: "phony",
        kernels: [{ version: "6.1.0", path: "/boot/vmlinuz-6.1.0" }],
      });
      expect(notes).toEqual([]);
    },
  );

  const deployment = (commit: string) => `/ostree/deploy/fedora-coreos/deploy/${commit}.0`;
  const fedora = (version: string): PhonyTree => ({
    "/etc/hostname": `coreos-${version}\n`,
    "/etc/os-release": `NAME="Fedora Linux"\nID=fedora\nVERSION_ID=${version}\nVARIANT_ID=coreos\n`,
    "/var": null,
  });
  const entry = (version: number, commit: string) =>
    `title Fedora\nversion ${version}\noptions rw ostree=/ostree/boot.1/fedora-coreos/${commit}/0\n` +
    `linux /boot/ostree/fedora-coreos-${commit}/vmlinuz-6.${version}.0\n`;

  it.skipIf(!hasTools(...tools))(
    "is the deployment of ostree that boots, with the others named",
    async () => {
      const disk = await makePhonyDisk({
        ...below(deployment("aaaa"), fedora("40")),
        ...below(deployment("bbbb"), fedora("41")),
        "/ostree/deploy/fedora-coreos/var/lib/x": "",
        "/ostree/boot.1/fedora-coreos/aaaa/0": { link: `../../../..${deployment("aaaa")}` },
        "/ostree/boot.1/fedora-coreos/bbbb/0": { link: `../../../..${deployment("bbbb")}` },
        "/boot/ostree/fedora-coreos-bbbb/vmlinuz-6.2.0": "kernel",
        "/boot/loader/entries/ostree-1.conf": entry(1, "aaaa"),
        "/boot/loader/entries/ostree-2.conf": entry(2, "bbbb"),
      });
      try {
        const { guest, notes } = await inspectDisk(disk.source);
        expect(guest).toMatchObject({
          family: "fedora-coreos",
          version: "41",
          hostname: "coreos-41",
          kernels: [{ version: "6.2.0", path: "/boot/ostree/fedora-coreos-bbbb/vmlinuz-6.2.0" }],
        });
        expect(notes.join()).toContain("2 systems were found");
        expect(notes.join()).toContain(deployment("aaaa"));
      } finally {
        await disk.remove();
      }
    },
  );

  it.skipIf(!hasTools(...tools))(
    "is the one of several that names itself as root and has a kernel",
    async () => {
      const first = await ext4({
        ...debianTree,
        "/etc/hostname": "copy\n",
        "/etc/fstab": "/dev/sda2 / ext4\n",
      });
      const second = await ext4({
        ...debianTree,
        "/boot/vmlinuz-6.1.0": "kernel",
        "/etc/fstab": "/dev/sda2 / ext4\n",
        "/etc/hostname": "original\n",
      });
      const image = Buffer.concat([Buffer.alloc(MiB), first, second]);
      writeBootRecord(image, 0, [
        { type: 0x83, start: 2048, sectors: 32_768 },
        { type: 0x83, start: 2048 + 32_768, sectors: 32_768 },
      ]);
      const { guest, notes } = await inspectDisk(memorySource(image));
      expect(guest).toMatchObject({ hostname: "original", rootVolume: 1 });
      expect(notes.join()).toContain("the others: Debian GNU/Linux 12 (bookworm) on partition 1");
    },
  );
});
