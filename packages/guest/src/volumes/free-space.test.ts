import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteRange, isSampanError, KiB, MiB, rangeEnd } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { writeBootRecord } from "../testing/partition-tables.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { readDiskLayout } from "./read-layout.ts";
import { readUsedMap } from "./used-map.ts";

/*
 * One file, though it is long: every file system is made, filled and held to the same claims by the same few functions.
 */

const folder = mkdtempSync(join(tmpdir(), "sampan-free-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Contents of many sizes; every third is removed again where the tools can. */
const contents = Array.from({ length: 24 }, (_, i) =>
  Buffer.alloc([10, 3000, 5000, 70_000, 400_000][i % 5] as number, `content of file ${i} `),
);
const sources = contents.map((content, i) => {
  const path = join(folder, `source-${i}`);
  writeFileSync(path, content);
  return path;
});
const kept = contents.map((_, i) => i).filter((i) => i % 3 !== 0);

function emptyFile(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

async function freeOf(
  bytes: Uint8Array,
): Promise<{ free: readonly ByteRange[]; notes: readonly string[]; kind: string | undefined }> {
  const source = memorySource(bytes);
  const layout = await readDiskLayout(source);
  const { map, notes } = await readUsedMap(source, layout);
  return {
    free: map.extents.filter((extent) => extent.kind === "hole"),
    notes,
    kind: layout.volumes[0]?.fileSystem?.kind,
  };
}

const total = (ranges: readonly ByteRange[]) => ranges.reduce((sum, range) => sum + range.length, 0);

/** Fills what is free with garbage and writes the disk back. */
function spoil(path: string, bytes: Uint8Array, free: readonly ByteRange[]): void {
  for (const range of free) bytes.fill(0xa5, range.offset, rangeEnd(range));
  writeFileSync(path, bytes);
}

/** The notes of a disk after its bytes were changed; nothing of it may be called free. */
async function notesAfter(path: string, damage: (bytes: Buffer, view: DataView) => void): Promise<string> {
  const bytes = readFileSync(path);
  damage(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const { free, notes } = await freeOf(bytes);
  expect(free).toEqual([]);
  return notes.join();
}

/** Changes bytes where the metadata lies; whatever comes, it ends in a map. */
async function survivesMutation(path: string, places: readonly ByteRange[]): Promise<void> {
  const bytes = readFileSync(path);
  const place = fc.oneof(
    ...places.map(({ offset, length }) => fc.integer({ min: offset, max: offset + length - 1 })),
  );
  const mutation = fc.record({
    at: place,
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 12 }), async (mutations) => {
      const undo = mutations.map(({ at }) => [at, bytes[at] as number] as const);
      for (const { at, value } of mutations) bytes[at] = value;
      try {
        const begin = processorMs();
        await freeOf(bytes);
        expect(processorMs() - begin).toBeLessThan(10_000);
      } catch (error) {
        expect(isSampanError(error)).toBe(true);
      } finally {
        for (const [at, value] of undo.reverse()) bytes[at] = value;
      }
    }),
    { numRuns: 100 },
  );
}

describe.skipIf(!hasTools("mkfs.fat", "fsck.fat", "mcopy"))(
  "the used map of FAT (needs dosfstools and mtools)",
  () => {
    const env = "MTOOLS_SKIP_CHECK=1";
    const mtools = (...args: readonly string[]) => runTool("env", [env, ...args]);
    function make(name: string, sizeBytes: number, ...args: readonly string[]): string {
      const path = emptyFile(name, sizeBytes);
      runTool("mkfs.fat", [...args, path]);
      mtools("mmd", "-i", path, "::/sub");
      for (const [i, source] of sources.entries()) mtools("mcopy", "-i", path, source, `::/sub/file${i}.bin`);
      for (let i = 0; i < sources.length; i += 3) mtools("mdel", "-i", path, `::/sub/file${i}.bin`);
      return path;
    }

    it.each([
      ["fat12", 7 * MiB, ["-F", "12", "-s", "8"]],
      ["fat16", 24 * MiB, ["-F", "16"]],
      ["fat16", 32 * MiB, ["-F", "16", "-f", "1", "-s", "8"]],
      ["fat32", 64 * MiB, ["-F", "32", "-s", "1"]],
    ] as const)(
      "calls free in %s of %i bytes what fsck.fat does, and loses nothing",
      async (kind, sizeBytes, args) => {
        const path = make(`${kind}-${sizeBytes}`, sizeBytes, ...args);
        const said = runTool("fsck.fat", ["-nv", path]);
        const [, used = "", all = ""] = /files, (\d+)\/(\d+) clusters/.exec(said) ?? [];
        const clusterBytes = Number(/(\d+) bytes per cluster/.exec(said)?.[1]);
        const bytes = readFileSync(path);
        const { free, notes, kind: found } = await freeOf(bytes);
        expect([found, notes]).toEqual([kind, []]);
        expect(total(free)).toBe((Number(all) - Number(used)) * clusterBytes);
        spoil(path, bytes, free);
        expect(runTool("fsck.fat", ["-nv", path])).toContain(`${used}/${all} clusters`);
        for (const i of kept) {
          mtools("mcopy", "-n", "-i", path, `::/sub/file${i}.bin`, join(folder, "back"));
          expect(readFileSync(join(folder, "back")).equals(contents[i]!)).toBe(true);
          rmSync(join(folder, "back"));
        }
      },
    );

    it("is not told when the records disagree or the volume was in use", async () => {
      const wide = make("fat-doubt", 64 * MiB, "-F", "32", "-s", "1");
      const narrow = make("fat-doubt-16", 24 * MiB, "-F", "16");
      const at = (bytes: Buffer) => bytes.readUInt16LE(14) * 512;
      expect(await notesAfter(wide, (bytes) => bytes.writeUInt8(1, 65))).toContain("not unmounted cleanly");
      expect(await notesAfter(wide, (bytes) => bytes.writeUInt8(0x5a, at(bytes) + 900))).toContain(
        "copies of the FAT differ",
      );
      expect(
        await notesAfter(wide, (bytes) => bytes.writeUInt32LE(5, bytes.readUInt16LE(48) * 512 + 488)),
      ).toContain("FSInfo");
      const both = (bytes: Buffer, entry: number, value: number) => {
        for (const copy of [0, 1])
          bytes.writeUInt16LE(value, at(bytes) + copy * bytes.readUInt16LE(22) * 512 + entry * 2);
      };
      expect(await notesAfter(narrow, (bytes) => both(bytes, 1, 0x7fff))).toContain("not unmounted cleanly");
      expect(await notesAfter(narrow, (bytes) => both(bytes, 2, 6000))).toContain(
        "leads to 6000, which is free",
      );
      expect(await notesAfter(narrow, (bytes) => both(bytes, 2, 0xffe0))).toContain("does not exist");
      expect(await notesAfter(narrow, (bytes) => both(bytes, 0, 0xff00))).toContain("media byte");
      await survivesMutation(narrow, [
        { offset: 0, length: 64 },
        { offset: 0, length: 64 * KiB },
      ]);
      await survivesMutation(wide, [
        { offset: 0, length: 96 },
        { offset: 16 * KiB, length: 8 * KiB },
      ]);
    });
  },
);

describe.skipIf(!hasTools("mkfs.exfat", "fsck.exfat"))("the used map of exFAT (needs exfatprogs)", () => {
  /** Puts one file into the root directory by hand: no tool writes exFAT without mounting it. */
  function addFile(bytes: Buffer, content: Buffer): ByteRange {
    const sector = 2 ** bytes.readUInt8(108);
    const cluster = sector * 2 ** bytes.readUInt8(109);
    const place = (number: number) => bytes.readUInt32LE(88) * sector + (number - 2) * cluster;
    const root = place(bytes.readUInt32LE(96));
    let end = root;
    let bitmap = 0;
    while (bytes[end] !== 0) {
      if (bytes[end] === 0x81) bitmap = place(bytes.readUInt32LE(end + 20));
      end += 32;
    }
    const first = 100;
    const count = Math.ceil(content.length / cluster);
    for (let bit = first - 2; bit < first - 2 + count; bit++) bytes[bitmap + (bit >>> 3)]! |= 1 << (bit & 7);
    content.copy(bytes, place(first));
    const set = Buffer.alloc(96);
    const name = Buffer.from("A", "utf16le");
    set.writeUInt8(0x85, 0);
    set.writeUInt8(2, 1);
    set.writeUInt16LE(0x20, 4);
    for (const at of [8, 12, 16]) set.writeUInt32LE(0x5a210000, at);
    set.writeUInt8(0xc0, 32);
    set.writeUInt8(3, 33);
    set.writeUInt8(1, 35);
    set.writeUInt16LE(
      name.reduce((sum, byte) => ((((sum & 1) << 15) | (sum >>> 1)) + byte) & 0xffff, 0),
      36,
    );
    set.writeBigUInt64LE(BigInt(content.length), 40);
    set.writeUInt32LE(first, 52);
    set.writeBigUInt64LE(BigInt(content.length), 56);
    set.writeUInt8(0xc1, 64);
    name.copy(set, 66);
    set.writeUInt16LE(
      set.reduce(
        (sum, byte, i) => (i === 2 || i === 3 ? sum : ((((sum & 1) << 15) | (sum >>> 1)) + byte) & 0xffff),
        0,
      ),
      2,
    );
    set.copy(bytes, end);
    return { offset: place(first), length: content.length };
  }

  it("calls free what the bitmap does, and loses nothing", async () => {
    for (const size of ["4k", "32k"]) {
      const path = emptyFile(`exfat-${size}`, 40 * MiB);
      runTool("mkfs.exfat", ["-c", size, path]);
      const bytes = readFileSync(path);
      const empty = await freeOf(bytes);
      expect([empty.kind, empty.notes]).toEqual(["exfat", []]);
      const file = addFile(bytes, contents[4]!);
      writeFileSync(path, bytes);
      expect(runTool("fsck.exfat", ["-n", path])).toContain("clean");
      const { free, notes } = await freeOf(bytes);
      expect(notes).toEqual([]);
      const clusterBytes = Number.parseInt(size, 10) * KiB;
      expect(total(empty.free) - total(free)).toBe(Math.ceil(file.length / clusterBytes) * clusterBytes);
      expect(total(free)).toBeGreaterThan(36 * MiB);
      spoil(path, bytes, free);
      expect(runTool("fsck.exfat", ["-n", path])).toMatch(/clean\. directories 1, files 1/);
      expect(bytes.subarray(file.offset, rangeEnd(file)).equals(contents[4]!)).toBe(true);
    }
  });

  it("is not told when the records disagree or the volume was in use", async () => {
    const path = emptyFile("exfat-doubt", 40 * MiB);
    runTool("mkfs.exfat", ["-c", "4k", path]);
    const heap = (bytes: Buffer) => bytes.readUInt32LE(88) * 512;
    expect(await notesAfter(path, (bytes) => bytes.writeUInt8(2, 106))).toContain("not unmounted cleanly");
    expect(await notesAfter(path, (bytes) => bytes.writeUInt8(7, 93))).toContain("wrong checksum");
    expect(await notesAfter(path, (bytes) => bytes.fill(0, heap(bytes), heap(bytes) + 8))).toContain(
      "calls cluster",
    );
    await survivesMutation(path, [
      { offset: 64, length: 64 },
      { offset: 106, length: 2 },
      { offset: 1 * MiB, length: 4 * KiB },
      { offset: 2 * MiB, length: 64 * KiB },
    ]);
  });
});

describe.skipIf(!hasTools("mkfs.ntfs", "ntfscp", "ntfsinfo", "ntfscat"))(
  "the used map of NTFS (needs ntfs-3g)",
  () => {
    function make(name: string, ...args: readonly string[]): string {
      const path = emptyFile(name, 48 * MiB);
      runTool("mkfs.ntfs", ["-F", "-Q", "-q", ...args, path]);
      for (const [i, source] of sources.entries()) runTool("ntfscp", ["-q", path, source, `file${i}.bin`]);
      return path;
    }
    const freeClusters = (path: string) => {
      const said = runTool("ntfsinfo", ["-mf", path]);
      const number = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(said)?.[1]);
      return number("Free Clusters") * number("Cluster Size");
    };

    it.each([["512"], ["1024"], ["4096"], ["65536"]])(
      "calls free what ntfsinfo does with clusters of %s bytes, and loses nothing",
      async (size) => {
        const path = make(`ntfs-${size}`, "-c", size);
        const bytes = readFileSync(path);
        const { free, notes, kind } = await freeOf(bytes);
        expect([kind, notes]).toEqual(["ntfs", []]);
        expect(total(free)).toBe(freeClusters(path));
        spoil(path, bytes, free);
        expect(runTool("ntfsfix", ["-n", path])).toContain("was processed successfully");
        for (const [i, content] of contents.entries()) {
          expect(runTool("ntfscat", [path, `file${i}.bin`])).toBe(content.toString());
        }
      },
    );

    it("is not told when the volume is dirty, its log is not done, or its records disagree", async () => {
      const path = make("ntfs-doubt", "-c", "4096");
      const mft = (bytes: Buffer) => Number(bytes.readBigUInt64LE(48)) * 4096;
      const volumeFlags = (bytes: Buffer) => {
        let at = mft(bytes) + 3 * 1024;
        at += bytes.readUInt16LE(at + 20);
        while (bytes.readUInt32LE(at) !== 0x70) at += bytes.readUInt32LE(at + 4);
        return at + bytes.readUInt16LE(at + 20) + 10;
      };
      const mirror = (bytes: Buffer) => {
        bytes.copy(bytes, Number(bytes.readBigUInt64LE(56)) * 4096, mft(bytes), mft(bytes) + 4096);
      };
      expect(
        await notesAfter(path, (bytes) => {
          bytes.writeUInt8(1, volumeFlags(bytes));
          mirror(bytes);
        }),
      ).toContain("marked as dirty");
      expect(await notesAfter(path, (bytes) => bytes.writeUInt8(1, volumeFlags(bytes)))).toContain(
        "spare of its master file table differs",
      );
      expect(await notesAfter(path, (bytes) => bytes.writeUInt8(0, mft(bytes) + 6 * 1024 + 510))).toContain(
        "written in part",
      );
      const logs = bytesOfLog(readFileSync(path), mft);
      expect(await notesAfter(path, (bytes) => bytes.fill(0, logs.offset, logs.offset + 4096))).toContain(
        "no restart page",
      );
      expect(
        await notesAfter(path, (bytes) => {
          Buffer.from("6b87083876c1484eb7ae04046e6cc752", "hex").copy(bytes, 0x1e00);
          bytes.writeBigUInt64LE(0x4000n, 0x1e00 + 48);
        }),
      ).toContain("catalogue of shadow copies");
      await survivesMutation(path, [
        { offset: 0, length: 84 },
        { offset: mft(readFileSync(path)), length: 1024 },
        { offset: mft(readFileSync(path)) + 2048, length: 2048 },
        { offset: mft(readFileSync(path)) + 6144, length: 1024 },
      ]);
    });

    it("goes by the restart page that was written last", async () => {
      const path = make("ntfs-log", "-c", "4096");
      const mft = (bytes: Buffer) => Number(bytes.readBigUInt64LE(48)) * 4096;
      const bytes = readFileSync(path);
      const { offset } = bytesOfLog(bytes, mft);
      const page = (at: number, lsn: bigint, client: number, flags: number) => {
        const restart = bytes.subarray(at, at + 4096).fill(0);
        restart.write("RSTR", "latin1");
        restart.writeUInt16LE(30, 4);
        restart.writeUInt16LE(9, 6);
        restart.writeUInt32LE(4096, 16);
        restart.writeUInt32LE(4096, 20);
        restart.writeUInt16LE(64, 24);
        restart.writeBigUInt64LE(lsn, 64);
        restart.writeUInt16LE(client, 64 + 12);
        restart.writeUInt16LE(flags, 64 + 14);
      };
      const answer = async () => (await freeOf(bytes)).notes.join();
      page(offset, 10n, 0xffff, 0);
      page(offset + 4096, 9n, 0, 0);
      expect(await answer()).toBe("");
      page(offset + 4096, 11n, 0, 0);
      expect(await answer()).toContain("log is not done");
      page(offset + 4096, 11n, 0, 2);
      expect(await answer()).toBe("");
    });

    /** Where the log lies: mkntfs gives it one run. */
    function bytesOfLog(bytes: Buffer, mft: (bytes: Buffer) => number): { offset: number } {
      let at = mft(bytes) + 2 * 1024;
      at += bytes.readUInt16LE(at + 20);
      while (bytes.readUInt32LE(at) !== 0x80) at += bytes.readUInt32LE(at + 4);
      const run = at + bytes.readUInt16LE(at + 32);
      const head = bytes.readUInt8(run);
      return { offset: bytes.readUIntLE(run + 1 + (head & 15), head >>> 4) * 4096 };
    }
  },
);

describe.skipIf(!hasTools("mkfs.xfs", "xfs_db", "xfs_repair"))("the used map of XFS (needs xfsprogs)", () => {
  const proto = () => {
    const path = join(folder, "proto");
    const files = sources.map((source, i) => `file${i} ---644 0 0 ${source}`);
    writeFileSync(path, `/boot\n1 1\nd--755 0 0\nsub d--755 0 0\n${files.join("\n")}\n$\n$\n`);
    return path;
  };
  function make(name: string, ...args: readonly string[]): string {
    const path = emptyFile(name, 64 * MiB);
    runTool("mkfs.xfs", ["--unsupported", "-q", "-f", "-p", proto(), ...args, path]);
    return path;
  }
  /** The free extents of xfs_db, which reads the trees itself. */
  const freesp = (path: string): readonly ByteRange[] => {
    const said = runTool("xfs_db", [
      "-r",
      "-c",
      "sb 0",
      "-c",
      "p agblocks blocksize",
      "-c",
      "freesp -d",
      path,
    ]);
    const [agBlocks, blockBytes] = ["agblocks", "blocksize"].map((name) =>
      Number(new RegExp(`${name} = (\\d+)`).exec(said)?.[1]),
    );
    return [...said.matchAll(/^\s+(\d+)\s+(\d+)\s+(\d+)$/gm)].map(([, group, block, count]) => ({
      offset: (Number(group) * agBlocks! + Number(block)) * blockBytes!,
      length: Number(count) * blockBytes!,
    }));
  };
  /** What xfs_db counts as free beyond the trees: blocks each group keeps to grow them. */
  const reserved = (path: string, groups: number): number => {
    const commands = Array.from({ length: groups }, (_, i) => ["-c", `agf ${i}`, "-c", "p flcount"]).flat();
    const said = runTool("xfs_db", ["-r", ...commands, path]);
    return [...said.matchAll(/flcount = (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  /** Nothing but what xfs_db calls free, and all of that but the reserved blocks. */
  function compare(path: string, bytes: Buffer, free: readonly ByteRange[]): void {
    const known = joined(freesp(path));
    for (const range of free) {
      expect(known.some((one) => one.offset <= range.offset && rangeEnd(range) <= rangeEnd(one))).toBe(true);
    }
    const blockBytes = bytes.readUInt32BE(4);
    expect(total(known) - total(free)).toBe(reserved(path, bytes.readUInt32BE(88)) * blockBytes);
  }
  const joined = (ranges: readonly ByteRange[]) => {
    const found: { offset: number; length: number }[] = [];
    for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
      const last = found[found.length - 1];
      if (last && last.offset + last.length === offset) last.length += length;
      else found.push({ offset, length });
    }
    return found;
  };

  it.each([
    ["as mkfs makes it", []],
    ["version 4", ["-m", "crc=0"]],
    ["version 4, blocks of 512 bytes", ["-m", "crc=0", "-b", "size=512"]],
    ["blocks of 1 KiB", ["-b", "size=1024"]],
    ["sectors of 4 KiB", ["-s", "size=4096"]],
    ["three groups, the last one smaller", ["-d", "agcount=3"]],
    ["reverse map and reflinks", ["-m", "rmapbt=1,reflink=1"]],
    ["a log in wide stripes", ["-l", "su=64k"]],
    ["version 1 of the log", ["-m", "crc=0", "-l", "version=1"]],
  ])("%s: calls free what xfs_db does, and loses nothing", async (name, args) => {
    const path = make(`xfs-${name.replaceAll(/\W/g, "-")}`, ...args);
    const bytes = readFileSync(path);
    const { free, notes, kind } = await freeOf(bytes);
    expect([kind, notes]).toEqual(["xfs", []]);
    compare(path, bytes, free);
    spoil(path, bytes, free);
    runTool("xfs_repair", ["-n", "-f", path]);
    for (const content of contents.filter((one) => one.length > 4096)) {
      expect(bytes.indexOf(content.subarray(0, 4096))).toBeGreaterThan(0);
    }
  });

  it("is not told when the log is not done or the records disagree", async () => {
    const path = make("xfs-doubt", "-m", "crc=0");
    const modern = make("xfs-doubt-5");
    const head = (bytes: Buffer) => {
      const log = Number(bytes.readBigUInt64BE(48));
      const bits = bytes.readUInt8(124);
      return (Math.floor(log / 2 ** bits) * bytes.readUInt32BE(84) + (log % 2 ** bits)) * 4096;
    };
    expect(await notesAfter(path, (bytes) => bytes.writeUInt8(0, head(bytes) + 512 + 9))).toContain(
      "log ends in a change",
    );
    // A second record after the unmount: the file system is in use.
    expect(
      await notesAfter(path, (bytes) => {
        bytes.copy(bytes, head(bytes) + 1024, head(bytes), head(bytes) + 1024);
        bytes.writeUInt8(0, head(bytes) + 1536 + 9);
      }),
    ).toContain("log ends in a change");
    expect(
      await notesAfter(path, (bytes) => bytes.writeUInt32BE(bytes.readUInt32BE(512 + 52) + 1, 512 + 52)),
    ).toContain("its head says");
    expect(
      await notesAfter(path, (bytes) => bytes.writeUInt32BE(bytes.readUInt32BE(148) + 1, 148)),
    ).toContain("the superblock");
    expect(
      await notesAfter(path, (bytes) => bytes.writeUInt32BE(2, bytes.readUInt32BE(512 + 16) * 4096 + 16)),
    ).toMatch(/trees of group 0 differ|out of order/);
    expect(await notesAfter(modern, (bytes) => bytes.writeUInt8(9, 512 + 100))).toContain("wrong checksum");
    expect(
      await notesAfter(modern, (bytes) => bytes.writeUInt8(9, bytes.readUInt32BE(512 + 16) * 4096 + 200)),
    ).toContain("wrong checksum");
    expect(await notesAfter(modern, (bytes) => bytes.writeUInt8(9, 130))).toContain("wrong checksum");
    await survivesMutation(path, [
      { offset: 0, length: 256 },
      { offset: 512, length: 128 },
      { offset: 4096, length: 128 },
      { offset: 8192, length: 128 },
      { offset: head(readFileSync(path)), length: 1024 },
    ]);
  });

  it("is read through trees of two levels", async () => {
    const path = make("xfs-deep", "-m", "crc=0", "-b", "size=512", "-d", "agcount=1");
    const bytes = readFileSync(path);
    const agf = bytes.subarray(512, 1024);
    const roots = [agf.readUInt32BE(16), agf.readUInt32BE(20)];
    const root = bytes.subarray(roots[0]! * 512, roots[0]! * 512 + 512);
    const last = root.readUInt16BE(6) - 1;
    const before = Array.from(
      { length: last },
      (_, i) => [root.readUInt32BE(16 + i * 8), root.readUInt32BE(20 + i * 8)] as const,
    );
    const [start, count] = [root.readUInt32BE(16 + last * 8), root.readUInt32BE(20 + last * 8)];
    // The last extent becomes a hundred, apart by a block each; four blocks behind its start hold the leaves.
    const leaves = [0, 1, 2, 3, 4, 5].map((i) => start + i);
    const pieces = Array.from({ length: 100 }, (_, i) => [start + 10 + i * 200, 100 + i] as const);
    const all = [...before, ...pieces];
    expect(pieces.at(-1)![0] + 200).toBeLessThan(start + count);
    for (const bySize of [false, true]) {
      const sorted = [...all].sort(([a, m], [b, n]) => (bySize ? m - n || a - b : a - b));
      const magic = bySize ? "ABTC" : "ABTB";
      const parts = [sorted.slice(0, 50), sorted.slice(50, 90), sorted.slice(90)];
      const own = leaves.slice(bySize ? 3 : 0, bySize ? 6 : 3);
      for (const [index, part] of parts.entries()) {
        const leaf = bytes.subarray(own[index]! * 512, own[index]! * 512 + 512).fill(0);
        leaf.write(magic, "latin1");
        leaf.writeUInt16BE(part.length, 6);
        leaf.writeUInt32BE(own[index - 1] ?? 0xffffffff, 8);
        leaf.writeUInt32BE(own[index + 1] ?? 0xffffffff, 12);
        for (const [i, [block, length]] of part.entries()) {
          leaf.writeUInt32BE(block, 16 + i * 8);
          leaf.writeUInt32BE(length, 20 + i * 8);
        }
      }
      const top = bytes
        .subarray(roots[bySize ? 1 : 0]! * 512, roots[bySize ? 1 : 0]! * 512 + 512)
        .fill(0, 16);
      top.writeUInt16BE(1, 4);
      top.writeUInt16BE(3, 6);
      const maxKeys = Math.floor((512 - 16) / 12);
      for (const [index, part] of parts.entries()) {
        top.writeUInt32BE(part[0]![0], 16 + index * 8);
        top.writeUInt32BE(part[0]![1], 20 + index * 8);
        top.writeUInt32BE(own[index]!, 16 + maxKeys * 8 + index * 4);
      }
      agf.writeUInt32BE(2, bySize ? 32 : 28);
    }
    const freeBlocks = all.reduce((sum, [, length]) => sum + length, 0);
    agf.writeUInt32BE(freeBlocks, 52);
    agf.writeUInt32BE(6, 60);
    bytes.writeBigUInt64BE(BigInt(freeBlocks + 6 + agf.readUInt32BE(48)), 144);
    writeFileSync(path, bytes);
    const { free, notes } = await freeOf(bytes);
    expect(notes).toEqual([]);
    compare(path, bytes, free);
    expect(free.length).toBeGreaterThanOrEqual(100);
  });
});

describe("the used map of swap", () => {
  function disk(type: number): Buffer {
    const bytes = Buffer.alloc(9 * MiB, 0x77);
    bytes.fill(0, 0, 512);
    writeBootRecord(bytes, 0, [{ type, start: 2048, sectors: 8 * 2048 }]);
    bytes.fill(0, MiB, MiB + 4096);
    bytes.write("SWAPSPACE2", MiB + 4086, "latin1");
    bytes.writeUInt32LE(1, MiB + 1024);
    bytes.writeUInt32LE((8 * MiB) / 4096 - 1, MiB + 1028);
    return bytes;
  }

  it("keeps the first page only", async () => {
    const { free, notes } = await freeOf(disk(0x82));
    expect(notes).toEqual([]);
    expect(free).toEqual([{ offset: MiB + 4096, length: 8 * MiB - 4096, kind: "hole" }]);
  });

  it("keeps all of it in a partition of another type, after hibernation, or when the header does not fit", async () => {
    for (const [bytes, reason] of [
      [disk(0x83), "type for swap"],
      [Buffer.from(disk(0x82).fill("S1SUSPEND\0", MiB + 4086, MiB + 4096)), "no signature"],
      [Buffer.from(disk(0x82).fill(9, MiB + 1029, MiB + 1030)), "does not fit"],
      [Buffer.from(disk(0x82).fill(0, MiB + 1029, MiB + 1030)), "does not fit"],
    ] as const) {
      const { free, notes } = await freeOf(bytes);
      expect([free, notes.join()]).toEqual([[], expect.stringContaining(reason)]);
    }
  });
});
