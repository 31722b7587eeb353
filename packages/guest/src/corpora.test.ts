import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { assessDisk } from "./assess-disk.ts";
import { inspectDisk } from "./inspect-disk.ts";
import { makePatch } from "./patch/make-patch.ts";
import { corporaFolder, hasTools } from "./testing/tools.ts";
import { readUsedMap } from "./volumes/used-map.ts";

const folder = corporaFolder();
const installed = folder !== undefined && hasTools("zstd", "gzip");

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
    .filter((file) => /\.(gz|zst|ext2|vfat)$/.test(file))
    .map((file) => [file, join(folder, name, file)] as const);
}

describe.skipIf(!installed)("images made by others (needs the corpora)", () => {
  const images = ["ext-damaged", "ext-good", "ext4-mkfs", "fs-good", "xfs"].flatMap(imagesIn);

  it.each(images)("%s ends in a value or a SampanError within 10 seconds", async (_, path) => {
    const source = unpacked(path);
    const begin = performance.now();
    try {
      const inspection = await inspectDisk(source);
      const { map } = await readUsedMap(source, inspection.layout);
      expect(map.sizeBytes).toBe(source.sizeBytes);
      assessDisk({ inspection, disk: { sizeBytes: source.sizeBytes, system: true }, diskCount: 1 });
      await makePatch(source, inspection);
    } catch (error) {
      expect(isSampanError(error)).toBe(true);
    }
    expect(performance.now() - begin).toBeLessThan(10_000);
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

  it("the guests of libguestfs have the partitions its own listing gives", async () => {
    for (const [name, kinds] of [
      ["debian", ["ext2", "lvm2"]],
      ["fedora", ["ext2", "lvm2"]],
      ["windows", ["ntfs", "ntfs"]],
    ] as const) {
      const source = unpacked(join(folder ?? "", "guests", `${name}.img.zst`));
      const { layout, guest, notes } = await inspectDisk(source);
      expect(layout.volumes.map((volume) => volume.fileSystem?.kind)).toEqual(kinds);
      // Their roots lie where this version does not look, and it says so.
      expect(guest).toBeNull();
      expect(notes.join()).toContain("cannot be looked into");
      const findings = assessDisk({
        inspection: { layout, guest, notes },
        disk: { sizeBytes: source.sizeBytes, system: true },
        diskCount: 1,
      });
      expect(findings[0]).toMatchObject({ rule: "GUESTOS.SystemImage", severity: "blocker" });
    }
  });
});
