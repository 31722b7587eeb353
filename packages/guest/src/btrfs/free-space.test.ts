import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteRange, isSampanError, MiB, rangeEnd } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc32c } from "../ext/checksum.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { readDiskLayout } from "../volumes/read-layout.ts";
import { readUsedMap } from "../volumes/used-map.ts";
import { readBtrfsFreeRanges } from "./free-space.ts";

const sizeBytes = 128 * MiB;
const superblockAt = 64 * 1024;

async function usedMapOf(bytes: Uint8Array) {
  const source = memorySource(bytes);
  const layout = await readDiskLayout(source);
  const { map, notes } = await readUsedMap(source, layout);
  const free: ByteRange[] = map.extents.filter((extent) => extent.kind === "hole");
  return { free, notes, kind: layout.volumes[0]?.fileSystem?.kind };
}

/** What is left of a disk without these ranges. */
function complement(ranges: readonly ByteRange[], sizeBytes: number): ByteRange[] {
  const left: ByteRange[] = [];
  let position = 0;
  const sorted = [...ranges].sort((a, b) => a.offset - b.offset);
  for (const { offset, length } of [...sorted, { offset: sizeBytes, length: 0 }]) {
    if (offset > position) left.push({ offset: position, length: offset - position });
    position = Math.max(position, offset + length);
  }
  return left;
}

/** Puts the checksum of the superblock right. */
function sign(bytes: Buffer): void {
  const sum = ~crc32c(0xffffffff, bytes.subarray(superblockAt + 32, superblockAt + 4096)) >>> 0;
  bytes.writeUInt32LE(sum, superblockAt);
}

describe.skipIf(!hasTools("mkfs.btrfs", "btrfs"))("the used map of Btrfs (needs btrfs-progs)", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sampan-btrfs-"));
    mkdirSync(join(folder, "files/deep"), { recursive: true });
    for (let i = 0; i < 120; i++) {
      const content = Buffer.alloc((i * 7919) % 200_000, `content of file ${i} `);
      writeFileSync(join(folder, i % 2 ? "files" : "files/deep", `file${i}`), content);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function make(...args: readonly string[]): string {
    const path = join(folder, `${args.join("").replaceAll(/\W/g, "-")}.img`);
    writeFileSync(path, "");
    truncateSync(path, sizeBytes);
    runTool("mkfs.btrfs", ["-q", "--rootdir", join(folder, "files"), ...args, path]);
    // What does not fit makes mkfs take more; what is left behind the file system is data.
    truncateSync(path, Math.max(sizeBytes, statSync(path).size));
    return path;
  }

  /** What the file system needs, by the tree dumps of btrfs-progs: extents in each of their copies, superblocks, the first MiB. */
  function usedOf(path: string, nodeBytes: number): readonly ByteRange[] {
    const dump = (tree: string) => runTool("btrfs", ["inspect-internal", "dump-tree", "-t", tree, path]);
    const chunks: { start: number; length: number; places: number[] }[] = [];
    for (const line of dump("chunk").split("\n")) {
      const start = /CHUNK_ITEM (\d+)\)/.exec(line)?.[1];
      if (start !== undefined) chunks.push({ start: Number(start), length: 0, places: [] });
      const chunk = chunks.at(-1);
      const [, length] = /^\s+length (\d+) owner/.exec(line) ?? [];
      const [, place] = /stripe \d+ devid 1 offset (\d+)/.exec(line) ?? [];
      if (chunk && length) chunk.length = Number(length);
      if (chunk && place) chunk.places.push(Number(place));
    }
    const used: ByteRange[] = [
      { offset: 0, length: MiB },
      { offset: 64 * MiB, length: 64 * 1024 },
    ];
    for (const line of dump("extent").split("\n")) {
      const [, at, type, offset] = /key \((\d+) (EXTENT_ITEM|METADATA_ITEM) (\d+)\)/.exec(line) ?? [];
      if (!at) continue;
      const chunk = chunks.find(({ start, length }) => Number(at) >= start && Number(at) < start + length);
      const length = type === "METADATA_ITEM" ? nodeBytes : Number(offset);
      for (const place of chunk?.places ?? [])
        used.push({ offset: place + Number(at) - chunk!.start, length });
    }
    return used;
  }

  it.each([
    ["as mkfs makes it", [], 16384],
    ["one copy of everything", ["-m", "single", "-d", "single"], 16384],
    ["two copies of everything", ["-m", "dup", "-d", "dup"], 16384],
    ["data and metadata mixed", ["-M", "-n", "4096"], 4096],
    ["SHA-256", ["--csum", "sha256"], 16384],
    [
      "the features of older kernels",
      ["-n", "65536", "-O", "^no-holes,^skinny-metadata", "-R", "^free-space-tree"],
      65536,
    ],
  ] as const)("%s: calls free what no extent takes, and loses nothing", async (_, args, nodeBytes) => {
    const path = make(...args);
    const bytes = readFileSync(path);
    const { free, notes, kind } = await usedMapOf(bytes);
    expect([kind, notes]).toEqual(["btrfs", []]);
    const deviceBytes = Number(bytes.readBigUInt64LE(superblockAt + 209));
    const tail = { offset: deviceBytes, length: bytes.length - deviceBytes };
    expect(free).toEqual(
      complement([...usedOf(path, nodeBytes), tail], bytes.length).map((range) => ({
        ...range,
        kind: "hole",
      })),
    );
    for (const range of free) bytes.fill(0xa5, range.offset, rangeEnd(range));
    writeFileSync(path, bytes);
    runTool("btrfs", ["check", "--check-data-csum", path]);
  });

  describe("is not told", () => {
    let bytes: Buffer;
    beforeAll(() => {
      bytes = readFileSync(make("-L", "doubt"));
    });

    /** The notes after the superblock was changed; nothing may be called free. */
    async function notesAfter(change: (superblock: Buffer) => void, signed = true): Promise<string> {
      const before = Buffer.from(bytes.subarray(superblockAt, superblockAt + 4096));
      change(bytes.subarray(superblockAt, superblockAt + 4096));
      if (signed) sign(bytes);
      const { free, notes } = await usedMapOf(bytes);
      before.copy(bytes, superblockAt);
      expect(free).toEqual([]);
      return notes.join();
    }

    it("when a log must be replayed, or the disk may be in use", async () => {
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(0x100000n, 96))).toContain("log must be replayed");
      const source = memorySource(bytes);
      const moving = { ...source, sizeBytes, features: { ...source.features, stable: false } };
      await expect(readBtrfsFreeRanges(moving)).rejects.toMatchObject({ code: "GUEST_FS_DIRTY" });
    });

    it("when there are other devices, RAID, unknown features, or it is a seed", async () => {
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(2n, 136))).toContain("2 devices");
      expect(await notesAfter((sb) => sb.writeUInt32LE(sb.readUInt32LE(188) | 0x4000, 188))).toContain(
        "features",
      );
      expect(await notesAfter((sb) => sb.writeUInt32LE(16, 180))).toContain("features");
      expect(await notesAfter((sb) => sb.writeUInt32LE(1, 60))).toContain("seed");
      expect(await notesAfter((sb) => sb.writeUInt16LE(1, 196))).toContain("checksums that are not computed");
      // The first chunk of the superblock's own list, as RAID1.
      expect(await notesAfter((sb) => sb.writeUInt8(0x12, 811 + 17 + 24))).toContain("stripes in a chunk");
    });

    it("when checksums, times or counts disagree", async () => {
      expect(await notesAfter((sb) => sb.writeUInt8(1, 300), false)).toContain("wrong checksum");
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(999n, 72))).toContain("another time");
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(4096n, 120))).toContain("superblock says 4096");
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(4096n, 217))).toContain("superblock says 4096");
      expect(await notesAfter((sb) => sb.writeBigUInt64LE(2n ** 40n, 209))).toContain(
        "larger than its partition",
      );
      // A node of the tree of extents.
      const root = Number(bytes.readBigUInt64LE(superblockAt + 80));
      const chunk = bytes.indexOf(bytes.subarray(superblockAt + 32, superblockAt + 48), 4 * MiB);
      expect([root > 0, chunk > 0]).toEqual([true, true]);
      const node = chunk - 32;
      bytes.writeUInt8(bytes.readUInt8(node + 200) ^ 1, node + 200);
      const { notes } = await usedMapOf(bytes);
      bytes.writeUInt8(bytes.readUInt8(node + 200) ^ 1, node + 200);
      expect(notes.join()).toContain("is wrong");
    });

    it("whatever the superblock says: it ends in a map", async () => {
      const sound = Buffer.from(bytes.subarray(superblockAt, superblockAt + 4096));
      const change = fc.tuple(
        fc.oneof(fc.integer({ min: 48, max: 230 }), fc.integer({ min: 811, max: 1010 })),
        fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          for (const [at, value] of changes) bytes[superblockAt + at] = value;
          sign(bytes);
          try {
            await readBtrfsFreeRanges(memorySource(bytes)).catch((error: unknown) => {
              expect(isSampanError(error) && error.code.startsWith("GUEST_")).toBe(true);
            });
          } finally {
            sound.copy(bytes, superblockAt);
          }
        }),
        { numRuns: 300 },
      );
    });
  });
});
