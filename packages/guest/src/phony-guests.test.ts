import { MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { readLinuxFacts } from "./facts/linux.ts";
import type { LinuxFacts } from "./facts.ts";
import { MountedFiles } from "./files/mounted-files.ts";
import { ReadBudget } from "./files/paged-reader.ts";
import { inspectDisk } from "./inspect-disk.ts";
import { phonyLayout, phonyUuid } from "./testing/apply-fixup.ts";
import { groupText, phonyExtentsOffset, writePhysicalVolume } from "./testing/lvm-disk.ts";
import { MemoryVolume } from "./testing/memory-volume.ts";
import { writeBootRecord } from "./testing/partition-tables.ts";
import { makePhonyDisk } from "./testing/phony-disk.ts";
import { phonyGuests as guests } from "./testing/phony-guests/index.ts";
import { type PhonyGuest, plainFacts } from "./testing/phony-guests/phony-guest.ts";
import { hasTools } from "./testing/tools.ts";
import { readBytes } from "./volumes/read-bytes.ts";

const partitions = phonyLayout.volumes.flatMap(({ partition }) => (partition === null ? [] : [partition]));
const layout = { ...phonyLayout, table: { ...phonyLayout.table, partitions } };

describe("the facts of a phony guest", () => {
  it.each(guests.map((guest) => [guest.title, guest] as const))(
    "are whole for %s",
    async (_, { tree, facts }) => {
      const volume = new MemoryVolume(tree);
      const root = layout.volumes[0]!;
      const notes: string[] = [];
      const opened = {
        files: new MountedFiles(volume),
        root,
        windowsFolder: null,
        volumes: new Map([[volume, root]]),
      };
      const sources = {
        source: memorySource(new Uint8Array(layout.sizeBytes)),
        layout,
        budget: new ReadBudget(MiB),
        notes,
        signal: undefined,
      };
      expect(await readLinuxFacts(opened, sources)).toEqual({ ...plainFacts, ...facts });
      expect(notes).toEqual([]);
    },
  );
});

const named = (title: string) => guests.find((guest) => guest.title === title)!;

/** The facts on a disk of its own: there the file system says how full it is. */
function onDisk({ facts }: PhonyGuest): LinuxFacts {
  const inodes = { total: expect.any(Number), used: expect.any(Number) };
  const use = [
    { ...plainFacts.use[0]!, sizeBytes: expect.any(Number), usedBytes: expect.any(Number), inodes },
  ];
  return { ...plainFacts, ...facts, use };
}

describe.skipIf(!hasTools("mke2fs", "debugfs", "sfdisk"))("a phony guest on a disk (needs e2fsprogs)", () => {
  it.each([
    ["Debian 12", ["-t", "ext4"]],
    ["CentOS 7", ["-t", "ext4", "-O", "inline_data"]],
    ["CentOS 6", ["-t", "ext4", "-b", "1024", "-O", "^extent,^64bit"]],
    ["Debian 5", ["-t", "ext3"]],
    ["Alpine", ["-t", "ext2", "-b", "4096"]],
    ["SLES 11", ["-t", "ext3", "-I", "128"]],
  ])("has the same facts: %s with %o", async (title, mke2fs) => {
    const guest = named(title);
    const options = { sizeBytes: 16 * MiB, offsetBytes: MiB, mke2fs: [...mke2fs, "-U", phonyUuid] };
    const disk = await makePhonyDisk(guest.tree, options);
    try {
      const { guest: facts, notes } = await inspectDisk(disk.source);
      expect(facts).toEqual(onDisk(guest));
      expect(notes).toEqual([]);
    } finally {
      await disk.remove();
    }
  });

  it("has the same facts on a logical volume: RHEL 8", async () => {
    const guest = named("RHEL 8");
    const root = await makePhonyDisk(guest.tree, { sizeBytes: 16 * MiB, mke2fs: ["-U", phonyUuid] });
    try {
      const bytes = new Uint8Array(22 * MiB);
      const uuid = "a".repeat(32);
      writeBootRecord(bytes, 0, [{ type: 0x8e, start: 2048, sectors: 20 * 2048 }]);
      const text = groupText({
        name: "rhel",
        members: [{ uuid, extents: 18 }],
        logicalVolumes: [{ name: "root", segments: [{ extents: 16, stripes: [["pv0", 0]] }] }],
      });
      writePhysicalVolume(bytes, MiB, { uuid, sizeBytes: 20 * MiB, text });
      bytes.set(await readBytes(root.source, 0, 16 * MiB), MiB + phonyExtentsOffset);
      const { guest: facts, notes } = await inspectDisk(memorySource(bytes));
      const expected = onDisk(guest);
      expect(facts).toEqual({
        ...expected,
        rootVolume: 1,
        use: expected.use.map((one) => ({ ...one, volume: 1 })),
      });
      expect(notes).toEqual([]);
    } finally {
      await root.remove();
    }
  });
});
