import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { type ByteRange, KiB, MiB, rangeEnd } from "@sampan/core";
import { AllocationMap, offsetBy } from "@sampan/image";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { ExtVolume, rootInode } from "../ext/ext-volume.ts";
import { readFileBytes } from "../files/file-volume.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import { makePhonyDisk, type PhonyDisk, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { readBytes } from "./read-bytes.ts";
import { readDiskLayout } from "./read-layout.ts";
import { readUsedMap } from "./used-map.ts";

const installed = hasTools("mke2fs", "debugfs", "dumpe2fs", "e2fsck", "sfdisk");

/** Files of many sizes, so that blocks of every role are in use, and holes where some are deleted again. */
const tree: PhonyTree = Object.fromEntries(
  Array.from({ length: 60 }, (_, i) => [
    `/data/d${i % 4}/file-${i}`,
    Buffer.alloc([10, 3000, 5000, 70_000, 400_000][i % 5] as number, `content of file ${i} `),
  ]),
);
const deletions = Array.from({ length: 20 }, (_, i) => `rm /data/d${(i * 3) % 4}/file-${i * 3}`);

/** Option sets of mke2fs, by what they are about. */
const variants: Readonly<Record<string, readonly string[]>> = {
  "ext4 as mke2fs makes it": ["-b", "4096"],
  ext2: ["-t", "ext2"],
  ext3: ["-t", "ext3"],
  "blocks of 1 KiB": ["-b", "1024"],
  "blocks of 2 KiB": ["-b", "2048"],
  "small groups, most of them uninitialised": ["-b", "4096", "-g", "1024"],
  "small groups of small blocks": ["-b", "1024", "-g", "2048"],
  "no flex_bg": ["-b", "4096", "-O", "^flex_bg", "-g", "2048"],
  meta_bg: ["-b", "4096", "-O", "meta_bg,^resize_inode", "-g", "256"],
  "meta_bg with blocks of 1 KiB": ["-O", "meta_bg,^resize_inode", "-b", "1024", "-g", "1024"],
  sparse_super2: ["-b", "4096", "-O", "sparse_super2", "-g", "2048"],
  "no sparse_super": ["-b", "4096", "-O", "^sparse_super,^resize_inode", "-g", "2048"],
  "uninit_bg without metadata_csum": ["-b", "4096", "-O", "^metadata_csum,uninit_bg", "-g", "2048"],
  "no checksums at all": ["-b", "4096", "-O", "^metadata_csum,^uninit_bg", "-g", "2048"],
  "no 64bit": ["-b", "4096", "-O", "^64bit"],
  bigalloc: ["-b", "4096", "-O", "bigalloc", "-C", "16384"],
  "bigalloc in small groups": ["-b", "4096", "-O", "bigalloc", "-C", "16384", "-g", "4096"],
  "inline data": ["-b", "4096", "-O", "inline_data", "-I", "256"],
  "no journal": ["-b", "4096", "-O", "^has_journal"],
  "an orphan file": ["-b", "4096", "-O", "orphan_file"],
  "old inodes of 128 bytes": ["-b", "4096", "-I", "128"],
};

describe.skipIf(!installed)("the used map of ext (needs e2fsprogs)", () => {
  describe.each(Object.entries(variants))("%s", (name, mke2fs) => {
    it("calls free exactly what dumpe2fs does, and loses nothing when free space is overwritten", async () => {
      const offsetBytes = name.length % 2 === 0 ? MiB : 0;
      const disk = await makePhonyDisk(tree, { mke2fs, debugfs: deletions, offsetBytes });
      try {
        const layout = await readDiskLayout(disk.source);
        const volume = layout.volumes[0]!;
        const { map, notes } = await readUsedMap(disk.source, layout);
        expect(notes).toEqual([]);
        const free = map.extents.filter((extent) => extent.kind === "hole");
        expect(merge(free)).toEqual(dumpedFree(disk, offsetBytes));
        const before = await digests(disk, volume.range);
        expect(Object.keys(before)).toHaveLength(40);
        overwrite(disk.path, free);
        expect(runTool("e2fsck", ["-fn", `${disk.path}?offset=${offsetBytes}`])).toMatch(/Pass 5/);
        expect(await digests(disk, volume.range)).toEqual(before);
      } finally {
        await disk.remove();
      }
    });
  });

  /** A sound disk, damaged by what `damage` does to its bytes. */
  async function notesAfter(
    damage: (bytes: Uint8Array) => void,
    mke2fs: readonly string[] = [],
  ): Promise<readonly string[]> {
    const disk = await makePhonyDisk(tree, { mke2fs, sizeBytes: 16 * MiB });
    try {
      const bytes = await readBytes(disk.source, 0, disk.source.sizeBytes);
      damage(bytes);
      const source = memorySource(bytes);
      const { map, notes } = await readUsedMap(source, await readDiskLayout(source));
      expect(map.dataBytes).toBe(source.sizeBytes);
      return notes;
    } finally {
      await disk.remove();
    }
  }

  it("keeps a file system whole that was not unmounted cleanly", async () => {
    const notes = await notesAfter((bytes) => bytes.set([0, 0], 1024 + 58), ["-O", "^metadata_csum"]);
    expect(notes.join()).toContain("not unmounted cleanly");
  });

  it("keeps a file system whole whose journal needs replay", async () => {
    const notes = await notesAfter(
      (bytes) => bytes.set([(bytes[1024 + 96] ?? 0) | 4], 1024 + 96),
      ["-O", "^metadata_csum"],
    );
    expect(notes.join()).toContain("not unmounted cleanly");
  });

  it("keeps a file system whole whose superblock has a wrong checksum", async () => {
    const notes = await notesAfter((bytes) => bytes.set([7], 1024 + 12));
    expect(notes.join()).toContain("wrong checksum");
  });

  it("keeps a file system whole whose superblock counts other free blocks than the bitmaps", async () => {
    const notes = await notesAfter((bytes) => bytes.set([7], 1024 + 12), ["-O", "^metadata_csum,^uninit_bg"]);
    expect(notes.join()).toMatch(/the bitmaps have \d+ free blocks, the superblock \d+/);
  });

  it("keeps a file system whole when a bit of a bitmap is cleared, checksums or not", async () => {
    for (const features of ["metadata_csum", "^metadata_csum,^uninit_bg"]) {
      const notes = await notesAfter(
        (bytes) => {
          const table = new DataView(bytes.buffer).getUint32(4096, true);
          bytes[table * 4096 + 1] = 0;
        },
        ["-b", "4096", "-O", features],
      );
      expect(notes.join()).toMatch(/checksum|free clusters|calls metadata free/);
    }
  });

  it("keeps a file system whole that is larger than its partition", async () => {
    const disk = await makePhonyDisk(tree, { sizeBytes: 16 * MiB });
    try {
      const source = memorySource(await readBytes(disk.source, 0, 12 * MiB));
      const { map, notes } = await readUsedMap(source, await readDiskLayout(source));
      expect(map.dataBytes).toBe(source.sizeBytes);
      expect(notes.join()).toContain("larger than its partition");
    } finally {
      await disk.remove();
    }
  });

  it("keeps a file system whole that overlaps another partition", async () => {
    const disk = await makePhonyDisk(tree, { sizeBytes: 16 * MiB, offsetBytes: MiB });
    try {
      const bytes = await readBytes(disk.source, 0, disk.source.sizeBytes);
      const view = new DataView(bytes.buffer);
      bytes[446 + 16 + 4] = 0x83;
      view.setUint32(446 + 16 + 8, 20_000, true);
      view.setUint32(446 + 16 + 12, 100, true);
      const source = memorySource(bytes);
      const layout = await readDiskLayout(source);
      expect(layout.notes).toContain("partitions 1 and 2 overlap");
      const { map, notes } = await readUsedMap(source, layout);
      expect(map.dataBytes).toBe(source.sizeBytes);
      expect(notes[0]).toContain("overlaps another partition");
    } finally {
      await disk.remove();
    }
  });
});

describe("the used map", () => {
  it("keeps everything of a disk it knows nothing about", async () => {
    const source = memorySource(new Uint8Array(MiB).fill(7));
    const { map, notes } = await readUsedMap(source, await readDiskLayout(source));
    expect(map.extents).toEqual(AllocationMap.whole(MiB, "data").extents);
    expect(notes).toEqual(["the disk is copied whole: nothing known was found on it"]);
  });
});

/** What dumpe2fs calls free, as byte ranges of the disk. */
function dumpedFree(disk: PhonyDisk, offsetBytes: number): readonly ByteRange[] {
  const text = runTool("dumpe2fs", [`${disk.path}?offset=${offsetBytes}`]);
  const blockBytes = Number(/^Block size:\s+(\d+)/m.exec(text)?.[1]);
  // With bigalloc it names the first block of the last free cluster.
  const lastBytes = Number(/^Cluster size:\s+(\d+)/m.exec(text)?.[1] ?? blockBytes);
  const ranges: ByteRange[] = [];
  for (const line of text.matchAll(/^ {2}Free blocks: (.+)$/gm)) {
    for (const part of (line[1] ?? "").split(", ")) {
      const [first = 0, last = first] = part.split("-").map(Number);
      ranges.push({
        offset: offsetBytes + first * blockBytes,
        length: (last - first) * blockBytes + lastBytes,
      });
    }
  }
  return merge(ranges);
}

function merge(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: ByteRange[] = [];
  for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = merged[merged.length - 1];
    if (last && rangeEnd(last) === offset)
      merged[merged.length - 1] = { offset: last.offset, length: last.length + length };
    else merged.push({ offset, length });
  }
  return merged;
}

function overwrite(path: string, ranges: readonly ByteRange[]): void {
  const handle = openSync(path, "r+");
  const garbage = Buffer.alloc(256 * KiB, 0xa5);
  for (const range of ranges) {
    for (let at = range.offset; at < rangeEnd(range); at += garbage.length) {
      writeSync(handle, garbage, 0, Math.min(garbage.length, rangeEnd(range) - at), at);
    }
  }
  closeSync(handle);
}

/** Digest of every file below `/data`, read by Sampan's own reader. */
async function digests(disk: PhonyDisk, volume: ByteRange): Promise<Record<string, string>> {
  const ext = await ExtVolume.open(offsetBy(disk.source, volume), new ReadBudget(1024 * MiB));
  const found: Record<string, string> = {};
  const walk = async (number: number, path: string): Promise<void> => {
    const inode = (await ext.inode(number))!;
    if (inode.kind === "directory") {
      for (const [name, child] of await ext.directory(inode)) await walk(child, `${path}/${name}`);
    } else if (path.startsWith("/data/")) {
      found[path] = createHash("sha256")
        .update(await readFileBytes(ext, inode, MiB))
        .digest("hex");
    }
  };
  await walk(rootInode, "");
  return found;
}
