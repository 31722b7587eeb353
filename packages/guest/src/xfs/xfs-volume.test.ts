import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc32c } from "../ext/checksum.ts";
import { type FileNode, readFileBytes } from "../files/file-volume.ts";
import { MountedFiles } from "../files/mounted-files.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { XfsVolume } from "./xfs-volume.ts";

/** What a walk through a file system found: bytes of files, targets of links, `null` for folders. */
type Found = Map<string, Buffer | string | null>;

async function walk(volume: XfsVolume): Promise<Found> {
  const found: Found = new Map();
  const visit = async (node: FileNode, path: string): Promise<void> => {
    for (const name of await volume.names(node as never)) {
      const child = await volume.lookup(node as never, name);
      const at = `${path}/${name}`;
      if (child === undefined) continue;
      if (child.kind === "file") found.set(at, Buffer.from(await readFileBytes(volume, child, MiB)));
      else if (child.kind === "link") found.set(at, (await volume.readLink(child)) ?? "");
      else found.set(at, null);
      // A damaged directory may hold itself.
      if (child.kind === "directory" && path.length < 40) await visit(child, at);
    }
  };
  const root = await volume.root();
  if (root) await visit(root, "");
  return found;
}

const open = (bytes: Uint8Array, budgetBytes = 256 * MiB) =>
  XfsVolume.open(memorySource(bytes), new ReadBudget(budgetBytes));

const longTarget = "../long/".repeat(110);
const pattern = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3));

describe.skipIf(!hasTools("mkfs.xfs", "xfs_db"))("the files of XFS (needs xfsprogs)", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sampan-xfs-"));
    writeFileSync(join(folder, "small"), "a few bytes\n");
    writeFileSync(join(folder, "large"), pattern);
    writeFileSync(join(folder, "empty"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Makes a file system with the files of {@link expected}. */
  function make(manyNames: number, ...args: readonly string[]): Buffer {
    const path = join(folder, "xfs.img");
    const file = (name: string, mode: string, content: string) =>
      `${name} ---${mode} 0 0 ${join(folder, content)}`;
    const many = Array.from({ length: manyNames }, (_, i) => file(`name-${i}`, "644", "small"));
    const some = Array.from({ length: 30 }, (_, i) => file(`some-${i}`, "644", "empty"));
    const lines = [
      ...["/boot", "1 1", "d--755 0 0", "etc d--755 0 0", file("small", "640", "small"), "$"],
      ...[file("large", "755", "large"), "link l--777 0 0 etc/small", `long l--777 0 0 ${longTarget}`],
      ...["many d--755 0 0", ...many, "$", "some d--700 0 0", ...some, "$", "$", ""],
    ];
    writeFileSync(join(folder, "proto"), lines.join("\n"));
    writeFileSync(path, "");
    truncateSync(path, 64 * MiB);
    runTool("mkfs.xfs", ["--unsupported", "-q", "-f", "-p", join(folder, "proto"), ...args, path]);
    return readFileSync(path);
  }

  function expected(manyNames: number): Found {
    const small = Buffer.from("a few bytes\n");
    const found: Found = new Map();
    found.set("/etc", null).set("/many", null).set("/some", null);
    found.set("/etc/small", small).set("/large", pattern).set("/link", "etc/small").set("/long", longTarget);
    for (let i = 0; i < manyNames; i++) found.set(`/many/name-${i}`, small);
    for (let i = 0; i < 30; i++) found.set(`/some/some-${i}`, Buffer.alloc(0));
    return found;
  }

  const ask = (bytes: Buffer, ...commands: readonly string[]) => {
    writeFileSync(join(folder, "asked.img"), bytes);
    return runTool("xfs_db", ["-r", ...commands.flatMap((one) => ["-c", one]), join(folder, "asked.img")]);
  };
  const number = (said: string, name: string) =>
    Number(new RegExp(`^${name.replaceAll(".", "\\.")} = (\\d+)`, "m").exec(said)?.[1]);
  /** Where the blocks of what a path names lie, from xfs_db. */
  const placeOf = (bytes: Buffer, path: string, position: "inode" | "first block") => {
    const go = position === "inode" ? [] : ["dblock 0"];
    return Number(/byte offset (\d+)/.exec(ask(bytes, `path ${path}`, ...go, "daddr", "stack"))?.[1]);
  };

  /** This version of mkfs.xfs leaves out what the kernel writes before a link's target with version 5. */
  function mendLongLink(bytes: Buffer): void {
    const block = placeOf(bytes, "/long", "first block");
    const inode = placeOf(bytes, "/long", "inode");
    const inInode = bytes.readUInt8(inode + 5) === 1;
    if (inInode || bytes.toString("latin1", block, block + 4) === "XSLM") return;
    bytes.copyWithin(block + 56, block, block + longTarget.length);
    bytes.fill(0, block, block + 56).write("XSLM", block);
    bytes.writeUInt32BE(longTarget.length, block + 8);
    bytes.copy(bytes, block + 16, 32, 48);
    bytes.copy(bytes, block + 32, inode + 152, inode + 160);
    seal(bytes, block, Number(bytes.readUInt32BE(4)), 12);
  }

  it.each<[string, number, readonly string[]]>([
    ["version 5 as by default", 400, []],
    ["version 5 with blocks of 1 KiB", 400, ["-b", "size=1024"]],
    ["version 5 with inodes of 2 KiB and no sparse ones", 60, ["-i", "size=2048,sparse=0"]],
    ["version 5 with directories in blocks of 64 KiB", 2500, ["-n", "size=65536"]],
    ["version 5 with blocks of 64 KiB", 60, ["-b", "size=65536", "-d", "agcount=1"]],
    ["version 5 with old times and no reflinks", 60, ["-m", "bigtime=0,reflink=0,finobt=0,inobtcount=0"]],
    ["version 4 with types of names", 400, ["-m", "crc=0", "-n", "ftype=1"]],
    ["version 4 without types of names", 400, ["-m", "crc=0", "-n", "ftype=0"]],
    ["version 4 with blocks of 512 bytes", 400, ["-m", "crc=0", "-b", "size=512", "-i", "size=256"]],
    ["version 4 with directories in blocks of 16 KiB", 900, ["-m", "crc=0", "-n", "size=16384"]],
  ])("are read as mkfs.xfs put them there, of %s", { timeout: 60_000 }, async (_, manyNames, args) => {
    const bytes = make(manyNames, ...args);
    if (!args.includes("crc=0")) mendLongLink(bytes);
    const volume = await open(bytes);
    expect(volume.clean).toBe(true);
    expect(await walk(volume)).toEqual(expected(manyNames));
    const files = new MountedFiles(volume);
    expect((await files.stat("/etc/small"))?.mode).toBe(0o640);
    expect(await files.readText("/link")).toBe("a few bytes\n");
  });

  /** Writes the checksum of a structure of version 5, which lies at `at` in it. */
  function seal(bytes: Buffer, start: number, length: number, at: number): void {
    bytes.writeUInt32LE(0, start + at);
    bytes.writeUInt32LE(~crc32c(0xffffffff, bytes.subarray(start, start + length)) >>> 0, start + at);
  }

  /** Moves the extents of `/large` from its inode into a tree of three levels, one record a block, last block unwritten. */
  function growTree(bytes: Buffer, checked: boolean): { inode: number; leaf: number; node: number } {
    const inode = placeOf(bytes, "/large", "inode");
    const said = ask(bytes, "sb 0", "p blocksize agblocks agblklog inodesize", "freesp -d");
    const blockBytes = number(said, "blocksize");
    const [, group, free] = [...said.matchAll(/^\s+(\d+)\s+(\d+)\s+(\d+)$/gm)]
      .sort((a, b) => Number(b[3]) - Number(a[3]))[0]!
      .map(Number) as [number, number, number];
    const block = (i: number) => (group * number(said, "agblocks") + free + i) * blockBytes;
    const pointer = (i: number) =>
      BigInt(group) * (1n << BigInt(number(said, "agblklog"))) + BigInt(free + i);
    const fork = inode + (checked ? 176 : 100);
    const high = bytes.readBigUInt64BE(fork);
    const low = bytes.readBigUInt64BE(fork + 8);
    const start = ((high & 0x1ffn) << 43n) | (low >> 21n);
    const count = Number(low & 0x1fffffn);
    const headBytes = checked ? 72 : 24;
    const max = Math.floor((blockBytes - headBytes) / 16);
    const head = (i: number, level: number, records: number) => {
      const at = block(i);
      bytes.fill(0, at, at + blockBytes).write(checked ? "BMA3" : "BMAP", at);
      bytes.writeUInt16BE(level, at + 4);
      bytes.writeUInt16BE(records, at + 6);
      bytes.fill(0xff, at + 8, at + 24);
      if (checked) {
        bytes.copy(bytes, at + 40, 32, 48);
        bytes.copy(bytes, at + 56, inode + 152, inode + 160);
      }
      return at + headBytes;
    };
    const end = (i: number) => checked && seal(bytes, block(i), blockBytes, 64);
    const records = head(1, 0, count);
    for (let i = 0; i < count; i++) {
      const unwritten = i === count - 1 ? 1n << 63n : 0n;
      bytes.writeBigUInt64BE(unwritten | (BigInt(i) << 9n) | ((start + BigInt(i)) >> 43n), records + i * 16);
      bytes.writeBigUInt64BE((((start + BigInt(i)) << 21n) & 0xffffffffffffffffn) | 1n, records + i * 16 + 8);
    }
    end(1);
    const keys = head(0, 1, 1);
    bytes.writeBigUInt64BE(pointer(1), keys + max * 8);
    end(0);
    bytes.writeUInt8(3, inode + 5);
    const forkBytes = number(said, "inodesize") - (checked ? 176 : 100);
    bytes.fill(0, fork, fork + forkBytes);
    bytes.writeUInt16BE(2, fork);
    bytes.writeUInt16BE(1, fork + 2);
    bytes.writeBigUInt64BE(pointer(0), fork + 4 + Math.floor((forkBytes - 4) / 16) * 8);
    if (checked) seal(bytes, inode, number(said, "inodesize"), 100);
    return { inode, leaf: block(1), node: block(0) };
  }

  it.each([
    ["5", []],
    ["4", ["-m", "crc=0"]],
  ])("are read from a tree of extents, of version %s", async (version, args) => {
    const bytes = make(5, ...args);
    growTree(bytes, version === "5");
    const content = Buffer.from(pattern);
    content.fill(0, Math.floor(pattern.length / 4096) * 4096);
    const files = new MountedFiles(await open(bytes));
    expect(Buffer.compare((await files.read("/large")) ?? Buffer.alloc(0), content)).toBe(0);
    expect(await files.read("/large", 9000)).toEqual(Uint8Array.from(content.subarray(0, 9000)));
  });

  it("end in GUEST_FS_CORRUPT where a tree leads back into itself", async () => {
    const bytes = make(5, "-m", "crc=0");
    const { node } = growTree(bytes, false);
    const max = Math.floor((4096 - 24) / 16);
    // The node claims to be full, and all of its children to be the one there is.
    bytes.writeUInt16BE(max, node + 6);
    for (let i = 1; i < max; i++)
      bytes.copy(bytes, node + 24 + max * 8 + i * 8, node + 24 + max * 8, node + 32 + max * 8);
    const files = new MountedFiles(await open(bytes));
    await expect(files.read("/large")).rejects.toMatchObject({ code: "GUEST_FS_CORRUPT" });
  });

  it("say of version 5 when a checksum does not hold", async () => {
    const sound = make(60);
    for (const [path, position] of [
      ["/etc/small", "inode"],
      ["/many", "first block"],
      ["/large", "inode"],
    ] as const) {
      const bytes = Buffer.from(sound);
      const at = placeOf(bytes, path, position) + 60;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      await expect(walk(await open(bytes))).rejects.toMatchObject({
        code: "GUEST_FS_CORRUPT",
        message: expect.stringContaining("wrong checksum"),
      });
    }
  });

  it("are read, and called unclean, when the log ends in a change", async () => {
    const bytes = make(5);
    const said = ask(bytes, "sb 0", "p blocksize agblocks agblklog logstart");
    const start = number(said, "logstart");
    const group = Math.floor(start / 2 ** number(said, "agblklog"));
    const block = group * number(said, "agblocks") + (start % 2 ** number(said, "agblklog"));
    // The flags of the only operation in the only record.
    bytes.writeUInt8(0, block * number(said, "blocksize") + 512 + 9);
    mendLongLink(bytes);
    const volume = await open(bytes);
    expect(volume.clean).toBe(false);
    expect((await walk(volume)).get("/large")).toEqual(pattern);
  });

  it("end in files or a SampanError however their metadata is damaged", { timeout: 120_000 }, async () => {
    const bytes = make(60, "-m", "crc=0");
    const { inode, leaf, node } = growTree(bytes, false);
    const inodes = ["/", "/etc", "/many", "/some", "/link", "/long"];
    const blocks = ["/many", "/some", "/long"];
    const places: readonly (readonly [start: number, length: number])[] = [
      [0, 264],
      [inode, 256],
      [leaf, 128],
      [node, 4096],
      ...inodes.map((path) => [placeOf(bytes, path, "inode"), 256] as const),
      ...blocks.map((path) => [placeOf(bytes, path, "first block"), 4096] as const),
    ];
    const change = fc.record({
      place: fc.nat(places.length - 1),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      // Bytes at the edges do the most harm.
      with: fc.uint8Array({ minLength: 1, maxLength: 8 }).chain((given) =>
        fc.constantFrom(
          given,
          given.fill(0xff),
          given.map(() => 0),
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const kept = changes.map(({ place, at, with: given }) => {
          const [start, length] = places[place] as readonly [number, number];
          const offset = start + Math.floor(at * length);
          const before = Buffer.from(bytes.subarray(offset, offset + given.length));
          bytes.set(given, offset);
          return { offset, before };
        });
        try {
          await walk(await open(bytes, 32 * MiB));
        } catch (error) {
          if (!isSampanError(error)) throw error;
        } finally {
          for (const { offset, before } of kept.reverse()) bytes.set(before, offset);
        }
      }),
      { numRuns: 300 },
    );
  });
});
