import { createHash } from "node:crypto";
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
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { isSampanError, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32c } from "../ext/checksum.ts";
import { readFileBytes } from "../files/file-volume.ts";
import { MountedFiles } from "../files/mounted-files.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { type BtrfsNode, BtrfsVolume } from "./btrfs-volume.ts";

const nodeBytes = 16_384;
const text = Buffer.from(
  Array.from({ length: 4000 }, (_, i) => `line ${i} of a file\n`)
    .join("")
    .slice(0, 40_000),
);

const open = (bytes: Uint8Array, budgetBytes = 256 * MiB) =>
  BtrfsVolume.open(memorySource(bytes), new ReadBudget(budgetBytes));

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Every file by its path, with a digest of its bytes; targets of links, `null` for folders. */
async function walk(volume: BtrfsVolume): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  const visit = async (node: BtrfsNode, path: string): Promise<void> => {
    for (const name of await volume.names(node)) {
      const child = await volume.lookup(node, name);
      const at = `${path}/${name}`;
      if (child === undefined) continue;
      if (child.kind === "file") found.set(at, digest(await readFileBytes(volume, child, 2 * MiB)));
      else found.set(at, child.kind === "link" ? ((await volume.readLink(child)) ?? "") : null);
      // A damaged directory may hold itself.
      if (child.kind === "directory" && path.length < 40) await visit(child, at);
    }
  };
  const root = await volume.root();
  if (root) await visit(root, "");
  return found;
}

/** Writes the checksum of a node or superblock. */
function seal(bytes: Buffer, start: number, length: number): void {
  bytes.writeUInt32LE(~crc32c(0xffffffff, bytes.subarray(start + 32, start + length)) >>> 0, start);
}

interface LeafItem {
  readonly object: bigint;
  readonly type: number;
  readonly offset: bigint;
  readonly data: Buffer;
}

function readLeaf(bytes: Buffer, start: number): LeafItem[] {
  return Array.from({ length: bytes.readUInt32LE(start + 96) }, (_, i) => {
    const at = start + 101 + i * 25;
    const from = start + 101 + bytes.readUInt32LE(at + 17);
    return {
      object: bytes.readBigUInt64LE(at),
      type: bytes.readUInt8(at + 8),
      offset: bytes.readBigUInt64LE(at + 9),
      data: Buffer.from(bytes.subarray(from, from + bytes.readUInt32LE(at + 21))),
    };
  });
}

function writeLeaf(bytes: Buffer, start: number, items: readonly LeafItem[]): void {
  bytes.fill(0, start + 101, start + nodeBytes);
  bytes.writeUInt32LE(items.length, start + 96);
  let end = nodeBytes - 101;
  items.forEach(({ object, type, offset, data }, i) => {
    const at = start + 101 + i * 25;
    end -= data.length;
    bytes.writeBigUInt64LE(object, at);
    bytes.writeUInt8(type, at + 8);
    bytes.writeBigUInt64LE(offset, at + 9);
    bytes.writeUInt32LE(end, at + 17);
    bytes.writeUInt32LE(data.length, at + 21);
    data.copy(bytes, start + 101 + end);
  });
  seal(bytes, start, nodeBytes);
}

describe.skipIf(!hasTools("mkfs.btrfs", "btrfs", "btrfs-map-logical"))(
  "the files of Btrfs (needs btrfs-progs)",
  () => {
    let folder: string;
    let path: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "sampan-btrfs-"));
      path = join(folder, "disk.img");
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** Makes a file system without copies, with some files. */
    function make(manyNames: number, ...args: readonly string[]): Buffer {
      const root = join(folder, "root");
      mkdirSync(join(root, "etc"), { recursive: true });
      mkdirSync(join(root, "many"));
      writeFileSync(join(root, "etc", "text"), text);
      writeFileSync(join(root, "etc", "small"), "a few bytes\n", { mode: 0o640 });
      writeFileSync(join(root, "holes"), "x");
      truncateSync(join(root, "holes"), MiB + 5);
      symlinkSync("etc/small", join(root, "link"));
      for (let i = 0; i < manyNames; i++) writeFileSync(join(root, "many", `name-${i}`), `${i}`);
      writeFileSync(path, "");
      truncateSync(path, 128 * MiB);
      runTool("mkfs.btrfs", ["-q", "-m", "single", ...args, "--rootdir", root, path]);
      return readFileSync(path);
    }

    function expected(manyNames: number): Map<string, string | null> {
      const holes = Buffer.alloc(MiB + 5);
      holes.write("x");
      const found = new Map<string, string | null>();
      found.set("/etc", null).set("/many", null).set("/etc/text", digest(text)).set("/holes", digest(holes));
      found.set("/etc/small", digest(Buffer.from("a few bytes\n"))).set("/link", "etc/small");
      for (let i = 0; i < manyNames; i++) found.set(`/many/name-${i}`, digest(Buffer.from(`${i}`)));
      return found;
    }

    /** Where a logical address lies on the device. */
    const placeOf = (address: number) =>
      Number(/physical (\d+)/.exec(runTool("btrfs-map-logical", ["-l", String(address), path]))?.[1]);
    const treeRoot = (tree: string) =>
      placeOf(
        Number(
          /^leaf (\d+)/m.exec(runTool("btrfs", ["inspect-internal", "dump-tree", "-t", tree, path]))?.[1],
        ),
      );
    /** What `btrfs restore` takes out of the image. */
    const restored = (bytes: Buffer, name: string, ...args: readonly string[]): Buffer => {
      writeFileSync(path, bytes);
      rmSync(join(folder, "restored"), { recursive: true, force: true });
      mkdirSync(join(folder, "restored"));
      runTool("btrfs", ["restore", ...args, path, join(folder, "restored")]);
      return readFileSync(join(folder, "restored", name));
    };

    it.each<[string, number, readonly string[]]>([
      ["in one leaf", 3, []],
      ["in nodes of 4 KiB", 1500, ["-n", "4096"]],
      ["with two copies of metadata", 600, ["-m", "dup"]],
      ["with data and metadata mixed", 100, ["--mixed", "-d", "single"]],
      ["with SHA-256", 100, ["--csum", "sha256"]],
      ["with BLAKE2", 100, ["--csum", "blake2"]],
      ["with items for holes", 100, ["-O", "^no-holes"]],
    ])("are read as mkfs.btrfs put them there, %s", { timeout: 60_000 }, async (_, manyNames, args) => {
      const volume = await open(make(manyNames, ...args));
      expect(volume.clean).toBe(true);
      expect(await walk(volume)).toEqual(expected(manyNames));
      const files = new MountedFiles(volume);
      expect((await files.stat("/etc/small"))?.mode).toBe(0o640);
      expect(await files.readText("/link")).toBe("a few bytes\n");
      expect(await files.read("/etc/text", 30_001)).toEqual(Uint8Array.from(text.subarray(0, 30_001)));
    });

    /** Each sector as one run of literals, which is LZO too. */
    const lzo = () => {
      const parts = [Buffer.alloc(4)];
      let length = 4;
      for (let at = 0; at < 40_960; at += 4096) {
        const sector = Buffer.alloc(4096);
        text.copy(sector, 0, at);
        const block = Buffer.concat([Buffer.alloc(16), Buffer.of(253), sector, Buffer.of(0x11, 0, 0)]);
        const padding = 4096 - (length % 4096) < 4 ? 4096 - (length % 4096) : 0;
        const size = Buffer.alloc(4);
        size.writeUInt32LE(block.length);
        parts.push(Buffer.alloc(padding), size, block);
        length += padding + 4 + block.length;
      }
      parts[0]?.writeUInt32LE(length);
      return Buffer.concat(parts);
    };
    const padded = Buffer.concat([text, Buffer.alloc(960)]);
    const zstd = () => {
      writeFileSync(join(folder, "padded"), padded);
      runTool("zstd", ["-q", "-9", join(folder, "padded"), "-o", join(folder, "packed")]);
      return readFileSync(join(folder, "packed"));
    };

    it.each([
      ["zlib", 1, () => deflateSync(padded)],
      ["lzo", 2, lzo],
      ["zstd", 3, zstd],
    ])("are read where they are packed with %s, as btrfs restore reads them", async (_, packing, pack) => {
      const bytes = make(3);
      const packed = pack();
      const leaf = treeRoot("fs");
      const items = readLeaf(bytes, leaf);
      const item = items.find(
        ({ type, data }) => type === 108 && data.length === 53 && data.readBigUInt64LE(8) === 40_960n,
      );
      if (item === undefined) throw new Error("the file has no extent");
      // In place of a file of holes, whose room is larger than what lzo without compression takes.
      const target = placeOf(Number(item.data.readBigUInt64LE(21)));
      packed.copy(bytes.fill(0, target, target + 49_152), target);
      item.data.writeBigUInt64LE(BigInt(Math.ceil(packed.length / 4096) * 4096), 29);
      item.data.writeUInt8(packing, 16);
      writeLeaf(bytes, leaf, items);
      expect(restored(bytes, "etc/text")).toEqual(text);
      const files = new MountedFiles(await open(bytes));
      expect(await files.read("/etc/text")).toEqual(Uint8Array.from(text));
      expect(await files.read("/etc/text", 5000)).toEqual(Uint8Array.from(text.subarray(0, 5000)));
      bytes.fill(0xff, target + 12, target + 2000);
      await expect(open(bytes).then(walk)).rejects.toMatchObject({
        code: "GUEST_FS_CORRUPT",
      });
    });

    /** Adds the subvolume 256 with one small file, and a name for it in the root. */
    function addSubvolume(bytes: Buffer): void {
      const roots = treeRoot("root");
      const top = treeRoot("fs");
      const items = readLeaf(bytes, roots);
      const model = items.find(({ object, type }) => object === 5n && type === 132) as LeafItem;
      // A copy of the top's leaf, further on in the chunk that holds it.
      const address = Number(bytes.readBigUInt64LE(top + 48)) + 2 * MiB;
      const copy = top + 2 * MiB;
      bytes.copy(bytes, copy, top, top + nodeBytes);
      bytes.writeBigUInt64LE(BigInt(address), copy + 48);
      bytes.writeBigUInt64LE(256n, copy + 88);
      writeLeaf(bytes, copy, readLeaf(bytes, top));
      const data = Buffer.from(model.data);
      data.writeBigUInt64LE(BigInt(address), 176);
      const at = items.findIndex(({ object }) => object > 256n);
      items.splice(at, 0, { object: 256n, type: 132, offset: 0n, data });
      writeLeaf(bytes, roots, items);
      // The top itself loses its file, so that the two can be told apart; its folder `many` becomes the subvolume.
      const tops = readLeaf(bytes, top);
      for (const { type, data: entry } of tops) {
        if ((type !== 84 && type !== 96) || entry.toString("latin1", 30) !== "many") continue;
        entry.writeBigUInt64LE(256n, 0);
        entry.writeUInt8(132, 8);
        entry.fill(0xff, 9, 17);
      }
      writeLeaf(bytes, top, tops);
    }

    it("are reached in subvolumes: by name, by number and as the default", async () => {
      const bytes = make(3);
      addSubvolume(bytes);
      const volume = await open(bytes);
      const files = new MountedFiles(volume);
      expect(await files.readText("/many/etc/small")).toBe("a few bytes\n");
      expect(await files.list("/many/many")).toEqual(["name-0", "name-1", "name-2"]);
      expect(await volume.subvolume("/many")).toEqual(await volume.subvolume(256));
      expect(await volume.subvolume("many/etc/small")).toBeUndefined();
      expect(await volume.subvolume(1000)).toBeUndefined();
      expect(restored(bytes, "etc/small", "-s", "-r", "256").toString()).toBe("a few bytes\n");

      const roots = treeRoot("root");
      const items = readLeaf(bytes, roots);
      items.find(({ object, type }) => object === 6n && type === 84)?.data.writeBigUInt64LE(256n, 0);
      writeLeaf(bytes, roots, items);
      expect(await new MountedFiles(await open(bytes)).list("/many")).toEqual(["name-0", "name-1", "name-2"]);
    });

    it("are called unclean when there is a log of fsync", async () => {
      const bytes = make(3);
      bytes.writeBigUInt64LE(4096n, 65_536 + 0x60);
      seal(bytes, 65_536, 4096);
      expect((await open(bytes)).clean).toBe(false);
    });

    it("end in GUEST_FS_CORRUPT when a checksum does not hold", async () => {
      const bytes = make(3);
      for (const at of [
        65_536 + 0x80,
        treeRoot("fs") + 5000,
        treeRoot("root") + 200,
        treeRoot("chunk") + 105,
      ]) {
        const damaged = Buffer.from(bytes);
        damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
        await expect(open(damaged).then(walk)).rejects.toMatchObject({ code: "GUEST_FS_CORRUPT" });
      }
    });

    it("end in files or a SampanError however their trees are damaged", { timeout: 120_000 }, async () => {
      const bytes = make(60, "-n", "4096");
      const nodes = [
        ...runTool("btrfs", ["inspect-internal", "dump-tree", path]).matchAll(/^(?:leaf|node) (\d+) /gm),
      ]
        .map((match) => placeOf(Number(match[1])))
        .map((start) => [start, 4096] as const);
      const places = [[65_536, 4096] as const, ...new Set(nodes)];
      const change = fc.record({
        place: fc.nat(places.length - 1),
        // Heads and keys are at the beginning.
        at: fc.oneof(fc.nat(500), fc.nat(4000)),
        with: fc.uint8Array({ minLength: 1, maxLength: 8 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const kept = changes.map(({ place, at, with: given }) => {
            const [start, length] = places[place] as readonly [number, number];
            const before = Buffer.from(bytes.subarray(start, start + length));
            bytes.set(given, start + 32 + (at % (length - 40)));
            seal(bytes, start, length);
            return { start, before };
          });
          try {
            await walk(await open(bytes, 32 * MiB));
          } catch (error) {
            if (!isSampanError(error)) throw error;
          } finally {
            for (const { start, before } of kept.reverse()) bytes.set(before, start);
          }
        }),
        { numRuns: 200 },
      );
    });
  },
);
