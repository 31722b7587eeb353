import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cutIntoRanges, isSampanError, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import { type BlockSource, createOverlay, openFileSource } from "@sampan/image";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { assessDisk } from "./assess-disk.ts";
import { volumeNamed } from "./facts/fstab.ts";
import { readFileBytes } from "./files/file-volume.ts";
import { MountedFiles } from "./files/mounted-files.ts";
import { ReadBudget } from "./files/paged-reader.ts";
import { inspectDisk } from "./inspect-disk.ts";
import { NtfsVolume } from "./ntfs/ntfs-volume.ts";
import { makePatch } from "./patch/make-patch.ts";
import { corporaFolder, hasTools, runTool } from "./testing/tools.ts";
import { readDiskLayout } from "./volumes/read-layout.ts";
import { readUsedMap } from "./volumes/used-map.ts";
import type { XfsInode } from "./xfs/inode.ts";
import { XfsVolume } from "./xfs/xfs-volume.ts";

const folder = corporaFolder();
const installed = folder !== undefined && hasTools("zstd", "gzip", "xz");

function unpacked(path: string): BlockSource {
  const options = { maxBuffer: 2 ** 31 };
  const bytes = path.endsWith(".gz")
    ? execFileSync("gzip", ["-dc", path], options)
    : path.endsWith(".zst")
      ? execFileSync("zstd", ["-dcq", path], options)
      : readFileSync(path);
  return memorySource(bytes);
}

function imagesIn(name: string): readonly (readonly [string, string])[] {
  if (folder === undefined) return [];
  return readdirSync(join(folder, name))
    .filter((file) => /\.(gz|zst|ext2|vfat|tar\.xz)$/.test(file))
    .map((file) => [file, join(folder, name, file)] as const);
}

describe.skipIf(!installed)("images made by others (needs the corpora)", () => {
  const images = ["ext-damaged", "ext-good", "ext4-mkfs", "fs-good", "xfs"].flatMap(imagesIn);

  /** Disks of gigabytes in archives that keep their holes. */
  const archives = imagesIn("ntfs-damaged");

  it.each([...images, ...archives])(
    "%s ends in a value or a SampanError within 10 seconds",
    async (_, path) => {
      const scratch = path.endsWith(".tar.xz") ? mkdtempSync(join(tmpdir(), "sampan-corpora-")) : undefined;
      let source: BlockSource;
      if (scratch === undefined) source = unpacked(path);
      else {
        execFileSync("tar", ["-xJf", path, "-C", scratch]);
        source = await openFileSource(join(scratch, readdirSync(scratch)[0] ?? ""));
      }
      const begin = processorMs();
      try {
        const inspection = await inspectDisk(source);
        const { map } = await readUsedMap(source, inspection.layout);
        expect(map.sizeBytes).toBe(source.sizeBytes);
        assessDisk({ inspection, disk: { sizeBytes: source.sizeBytes, system: true }, diskCount: 1 });
        await makePatch(source, inspection);
      } catch (error) {
        expect(isSampanError(error)).toBe(true);
      } finally {
        await source.close();
        if (scratch !== undefined) rmSync(scratch, { recursive: true });
      }
      expect(processorMs() - begin).toBeLessThan(10_000);
    },
  );

  it.each(archives)("every file of %s is read or refused with a SampanError", async (_, path) => {
    const scratch = mkdtempSync(join(tmpdir(), "sampan-corpora-"));
    execFileSync("tar", ["-xJf", path, "-C", scratch]);
    const source = await openFileSource(join(scratch, readdirSync(scratch)[0] ?? ""));
    const begin = processorMs();
    const files = { read: 0, refused: 0 };
    try {
      const mounted = new MountedFiles(await NtfsVolume.open(source, new ReadBudget(64 * MiB)));
      const walk = async (folderPath: string, depth: number): Promise<void> => {
        for (const name of (await mounted.list(folderPath)).slice(0, 300)) {
          const at = `${folderPath}/${name}`;
          try {
            const read = await mounted.read(at);
            if (read !== undefined) files.read++;
            else if (depth < 6) await walk(at, depth + 1);
          } catch (error) {
            expect(isSampanError(error)).toBe(true);
            files.refused++;
          }
        }
      };
      await walk("", 0);
      expect(files.read + files.refused).toBeGreaterThan(0);
    } catch (error) {
      expect(isSampanError(error)).toBe(true);
    } finally {
      await source.close();
      rmSync(scratch, { recursive: true });
    }
    expect(processorMs() - begin).toBeLessThan(10_000);
  });

  it("sound ext file systems have their free space told", async () => {
    for (const [, path] of imagesIn("ext-good")) {
      const source = unpacked(path);
      const { layout } = await inspectDisk(source);
      const { map, notes } = await readUsedMap(source, layout);
      expect(notes).toEqual([]);
      expect(map.dataBytes).toBeLessThan(source.sizeBytes);
    }
  });

  it.skipIf(!hasTools("xfs_repair"))(
    "sound XFS of others stays sound when its free space is overwritten",
    async () => {
      for (const [name, path] of imagesIn("xfs")) {
        const bytes = execFileSync("zstd", ["-dcq", path], { maxBuffer: 2 ** 31 });
        const source = memorySource(bytes);
        const { map, notes } = await readUsedMap(source, await readDiskLayout(source));
        expect(notes).toEqual([]);
        expect(map.dataBytes).toBeLessThan(source.sizeBytes);
        const scratch = mkdtempSync(join(tmpdir(), "sampan-corpora-"));
        try {
          const disk = join(scratch, name);
          for (const { kind, offset, length } of map.extents) {
            if (kind === "hole") bytes.fill(0xa5, offset, offset + length);
          }
          writeFileSync(disk, bytes);
          runTool("xfs_repair", ["-n", "-o", "force_geometry", "-f", disk]);
        } finally {
          rmSync(scratch, { recursive: true });
        }
      }
    },
  );

  it.skipIf(!hasTools("xfs_db"))("XFS of others has the names and bytes that xfs_db finds", async () => {
    for (const [name, path] of imagesIn("xfs")) {
      const bytes = execFileSync("zstd", ["-dcq", path], { maxBuffer: 2 ** 31 });
      const scratch = mkdtempSync(join(tmpdir(), "sampan-corpora-"));
      const disk = join(scratch, name);
      try {
        writeFileSync(disk, bytes);
        const ask = (commands: readonly string[]) =>
          runTool("xfs_db", ["-r", ...commands.flatMap((one) => ["-c", one]), disk]);
        const superblock = ask(["sb 0", "p blocksize agblocks"]);
        const [blockBytes, groupBlocks] = [...superblock.matchAll(/ = (\d+)/g)].map((one) =>
          Number(one[1]),
        ) as [number, number];
        const volume = await XfsVolume.open(memorySource(bytes), new ReadBudget(2 ** 31));
        const visit = async (node: XfsInode, at: string): Promise<void> => {
          const names = await volume.names(node);
          const listed = [...ask([`ls ${at}/`]).matchAll(/^\d+ +\d+ +\w+ +0x\w+ +\d+ (.*) \(good\)$/gm)];
          const wanted = listed.map((one) => one[1]).filter((one) => one !== "." && one !== "..");
          expect([...names].sort()).toEqual(wanted.sort());
          for (const one of names) {
            const child = (await volume.lookup(node, one)) as XfsInode;
            if (child.kind === "directory") await visit(child, `${at}/${one}`);
            if (child.kind !== "file" || child.sizeBytes === 0) continue;
            const length = Math.min(child.sizeBytes, 32 * MiB);
            const content = Buffer.alloc(length);
            const map = ask([`inode ${child.number}`, "bmap -d"]);
            for (const [, ...fields] of map.matchAll(
              /offset (\d+) .*\((\d+)\/(\d+)\) count (\d+) flag (\d)/g,
            )) {
              const [logical, group, block, count, unwritten] = fields.map(Number) as number[] & {
                length: 5;
              };
              if (unwritten === 1 || logical! * blockBytes >= length) continue;
              const start = (group! * groupBlocks + block!) * blockBytes;
              bytes.copy(content, logical! * blockBytes, start, start + count! * blockBytes);
            }
            const read = await readFileBytes(volume, child, length);
            expect([`${at}/${one}`, Buffer.compare(content, read)]).toEqual([`${at}/${one}`, 0]);
          }
        };
        await visit((await volume.root()) as XfsInode, "");
      } finally {
        rmSync(scratch, { recursive: true });
      }
    }
  });

  it.each([
    [
      "debian",
      {
        family: "debian",
        version: "5.0.1",
        major: 5,
        minor: 0,
        architecture: "x86_64",
        hostname: "debian.invalid",
      },
      {
        "/": "debian/root",
        "/boot": "1",
        "/usr": "debian/usr",
        "/var": "debian/var",
        "/home": "debian/home",
      },
    ],
    [
      "fedora",
      {
        family: "fedora",
        version: "14",
        major: 14,
        minor: 0,
        architecture: "x86_64",
        hostname: "fedora.invalid",
      },
      { "/": "VG/Root", "/boot": "1" },
    ],
  ])("libguestfs's %s on LVM gives the facts its own inspector gives", async (name, facts, mountPoints) => {
    const source = unpacked(join(folder ?? "", "guests", `${name}.img.zst`));
    const inspection = await inspectDisk(source);
    const { layout, guest, notes } = inspection;
    expect(notes).toEqual([]);
    expect(guest).toMatchObject({ type: "linux", ...facts });
    const entries = guest?.type === "linux" ? guest.fstab : [];
    const mounted = entries.map(({ device, mountPoint }) => {
      const volume = volumeNamed(device, layout);
      const { logicalVolume: lv = null, partition = null } = volume ?? {};
      return [mountPoint, lv === null ? String(partition?.number) : `${lv.group}/${lv.name}`];
    });
    expect(Object.fromEntries(mounted)).toEqual(mountPoints);
    const used = await readUsedMap(source, layout);
    expect(used.notes).toEqual([]);
    expect(used.map.dataBytes).toBeLessThan(64 * MiB);
    const overlay = createOverlay(source);
    for (const extent of used.map.extents) {
      if (extent.kind !== "hole") continue;
      for (const range of cutIntoRanges(extent.length, MiB)) {
        const place = { offset: extent.offset + range.offset, length: range.length };
        await overlay.write(place, new Uint8Array(range.length).fill(0xa5));
      }
    }
    expect(await inspectDisk(overlay)).toEqual(inspection);
  });

  it("libguestfs's fedora has the logical volumes of its own listing", async () => {
    const source = unpacked(join(folder ?? "", "guests", "fedora.img.zst"));
    const listing = readFileSync(join(folder ?? "", "guests", "fedora.filesystems.txt"), "utf8");
    const { layout } = await inspectDisk(source);
    const lines = layout.volumes.flatMap(({ logicalVolume: lv, range }) =>
      lv === null ? [] : [`/dev/${lv.group}/${lv.name} lv - - - ${range.length} /dev/${lv.group} ${lv.uuid}`],
    );
    const listed = listing.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
    expect(lines.sort()).toEqual(listed.filter((line) => / lv /.test(line)).sort());
    expect(layout.volumes.map((volume) => volume.fileSystem?.uuid)).toContain(
      "d07307ec-c246-4b1b-855f-df71b982b803",
    );
  });

  it("libguestfs's Windows gives the facts its own inspector gives", async () => {
    const source = unpacked(join(folder ?? "", "guests", "windows.img.zst"));
    const { layout, guest, notes } = await inspectDisk(source);
    expect(notes).toEqual([]);
    expect(guest).toMatchObject({
      type: "windows",
      family: "windows",
      name: "Microsoft Windows 7 Phony Edition",
      version: "6.1",
      major: 6,
      minor: 1,
      productType: "client",
      architecture: "i386",
      bits: 32,
      systemVolume: 1,
      systemRoot: "/Windows",
      hostname: "windows.invalid",
    });
    const used = await readUsedMap(source, layout);
    expect(used.notes).toEqual([]);
    expect(used.map.dataBytes).toBeLessThan(8 * MiB);
  });
});
