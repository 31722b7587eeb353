import { KiB, MiB } from "@sampan/core";
import { type BlockSource, createOverlay, type Overlay } from "@sampan/image";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectDisk } from "../inspect-disk.ts";
import { makePatch } from "../patch/make-patch.ts";
import { type MdSuperblockOptions, mdSuperblock } from "../testing/md-member.ts";
import { debianTree, makePhonyDisk, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools } from "../testing/tools.ts";
import { readDiskLayout } from "../volumes/read-layout.ts";
import { readUsedMap } from "../volumes/used-map.ts";
import { parseMirrorMember } from "./mirror-member.ts";

const partition = { offset: MiB, length: 60 * MiB };
const place = { dataOffsetBytes: 2 * MiB, dataBytes: 56 * MiB };
const uuid = "01020304-0506-0708-090a-0b0c0d0e0f10";

function head(options: Partial<MdSuperblockOptions> = {}): Uint8Array {
  const bytes = new Uint8Array(160 * KiB);
  bytes.set(mdSuperblock({ ...place, ...options }), 4 * KiB);
  return bytes;
}

describe("the superblock of a mirror's member", () => {
  it("says where the array's bytes lie", () => {
    expect(parseMirrorMember(head(), partition.length)).toEqual({
      name: "0",
      uuid,
      devices: 2,
      content: { offset: 2 * MiB, length: 56 * MiB },
    });
  });

  it.each([
    ["another level", { level: 5 }, /level 5/],
    ["a linear array, whose level is negative", { level: -1 }, /level -1/],
    ["a spare", { role: 0xffff }, /spare/],
    ["a member that was taken out", { role: 0xfffe }, /taken out/],
    ["a member that is being filled", { features: 2 }, /rebuilt/],
    ["a content longer than the member", { dataBytes: 59 * MiB }, /beyond its end/],
  ] as const)("refuses %s, and says why", (_, options, why) => {
    expect(parseMirrorMember(head(options), partition.length)).toMatch(why);
  });

  it("gives a member, a reason or nothing whatever byte is changed, and never a place outside", () => {
    const sound = head();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 511 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const bytes = sound.slice();
        bytes[4 * KiB + at] = value;
        const parsed = parseMirrorMember(bytes, partition.length);
        if (typeof parsed !== "object") return;
        expect(parsed.content.offset + parsed.content.length).toBeLessThanOrEqual(partition.length);
      }),
    );
  });
});

const installed = hasTools("mke2fs", "debugfs", "sfdisk");

const dataAt = partition.offset + place.dataOffsetBytes;

/** Runs a check on a disk whose one partition is a mirror's member with an ext4 file system in it. */
async function onMirror(
  tree: PhonyTree,
  check: (disk: Overlay, content: BlockSource) => Promise<void>,
): Promise<void> {
  const content = await makePhonyDisk(tree, { sizeBytes: place.dataBytes });
  const disk = await makePhonyDisk({}, { sizeBytes: partition.length, offsetBytes: partition.offset });
  try {
    const overlay = createOverlay(disk.source);
    await overlay.write({ offset: partition.offset, length: 160 * KiB }, head());
    const bytes = new Uint8Array(place.dataBytes);
    await content.source.read({ offset: 0, length: bytes.length }, bytes);
    await overlay.write({ offset: dataAt, length: bytes.length }, bytes);
    await check(overlay, content.source);
  } finally {
    await content.remove();
    await disk.remove();
  }
}

describe.skipIf(!installed)("a guest on a mirror (needs e2fsprogs)", () => {
  it("is known, judged free of what is free, and mended, from one member", () => {
    const tree = {
      ...debianTree,
      "/etc/fstab": "/dev/md0 / ext4 defaults 0 1\n",
      "/etc/selinux/config": "SELINUX=enforcing\n",
    };
    return onMirror(tree, async (disk, content) => {
      const { guest, layout, notes } = await inspectDisk(disk);
      expect(notes).toEqual([]);
      expect(layout.volumes[1]).toMatchObject({
        mirror: { name: "0", uuid, devices: 2, member: 0 },
        range: { offset: dataAt, length: place.dataBytes },
        fileSystem: { kind: "ext4" },
      });
      expect(guest).toMatchObject({ type: "linux", family: "debian", rootVolume: 1 });
      expect(guest?.type === "linux" && guest.fstab[0]).toMatchObject({ naming: "mapper", resolved: true });

      const alone = await readUsedMap(content, await readDiskLayout(content));
      const used = await readUsedMap(disk, layout);
      expect(used.notes).toEqual([]);
      const freeBytes = (map: typeof used.map) => map.sizeBytes - map.dataBytes;
      expect(freeBytes(alone.map)).toBeGreaterThan(10 * MiB);
      expect(freeBytes(used.map)).toBe(freeBytes(alone.map));

      const { record, overlay: mended } = await makePatch(disk, { guest, layout, notes });
      expect(record.changes.map((change) => change.path)).toEqual(["/etc/selinux/config"]);
      const again = await inspectDisk(mended);
      expect(again.guest).toMatchObject({ rootVolume: 1, selinux: { configured: "disabled" } });
    });
  });

  it("is not looked for behind a superblock left over from before, and nothing counts as free", () =>
    onMirror(debianTree, async (disk) => {
      // The partition was formatted anew, and what it was before shines through.
      const xfs = head();
      xfs.set(new TextEncoder().encode("XFSB"));
      new DataView(xfs.buffer).setUint32(4, 4096);
      new DataView(xfs.buffer).setUint16(102, 512);
      await disk.write({ offset: partition.offset, length: xfs.length }, xfs);
      const layout = await readDiskLayout(disk);
      expect(layout.volumes).toMatchObject([{ fileSystem: { kind: "linux_raid" }, ambiguous: true }]);
      const used = await readUsedMap(disk, layout);
      expect(used.map.dataBytes).toBe(disk.sizeBytes);
      expect(used.notes).toEqual([expect.stringContaining("copied whole")]);
    }));
});
